"""The blueprint of pages about translations, and the titles that they share."""

from __future__ import annotations

from flask import Blueprint

from lms.content.library import Library, Text
from lms.i18n import LANGUAGES, language

bp = Blueprint("translating", __name__, template_folder="../templates")
TONGUES = dict(LANGUAGES)
_FILES = {"module": "module.yml", "survey": "{key}.yml"}


def title_of(library: Library, kind: str, key: str) -> Text:
    """Return the title of a module or survey in the reader's language; its key where it is not taught any more."""
    source = library.find(kind, key)
    if source is None:
        return Text(key, "source", key)
    file = _FILES[kind].format(key=key)
    return library.words(kind, key, language()).text(f"{file}:title", source.file(file)["title"])
