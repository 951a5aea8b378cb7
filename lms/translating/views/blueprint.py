"""The blueprint of pages about translations, and the titles that they share."""

from __future__ import annotations

from flask import Blueprint

from lms.content.library import Library, Text
from lms.i18n import LANGUAGES, language

bp = Blueprint("translating", __name__, template_folder="../templates")
TONGUES = dict(LANGUAGES)
#: Who may read how far languages are; translators of theirs (`policy.can_read`).
WHO = ("translator", "certifier", "trainer", "analyst", "administrator")


def title_of(library: Library, kind: str, key: str) -> Text:
    """Return the title of an object in the reader's language; its key where it has none, or is not taught any more."""
    source = library.find(kind, key)
    file, place = "module.yml" if kind == "module" else f"{key}.yml", "title"
    data = source.files.get(file, {}) if source else {}
    if kind == "certificate":
        data, place = data.get("words", {}), "words.heading"
    title = data.get(place.rpartition(".")[2])
    if title is None:
        return Text(key, "source", key)
    return library.words(kind, key, language()).text(f"{file}:{place}", title)
