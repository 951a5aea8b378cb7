"""Which versions and wordings are today's: figures of others tell of words that nobody reads any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms.assessments.queries.analysis.reading import FILE, Asked, asked_in
from lms.assessments.rules import analysis as rules
from lms.assessments.rules.languages import ENGLISH
from lms.content.cache import Cache
from lms.content.library import Library, Source, Words

_asked: Cache[Asked] = Cache(500)
_wordings: Cache[Mapping[str, str]] = Cache(1_000)


@dataclass(frozen=True)
class Today:
    """A quiz as it is published: its module, and its questions."""

    source: Source
    asked: Asked
    library: Library

    def wording(self, item_id: str, locale: str) -> str:
        """Return what stands for today's words of a question in a language; "" in English."""
        if locale == ENGLISH:
            return ""
        words = self.library.words("module", self.source.key, locale)
        return wordings_of(self.source, words).get(item_id, "")

    def has(self, item_id: str, version: str, locale: str, wording: str) -> bool:
        """Return whether these are today's words of a question of today."""
        item = self.asked.items.get(item_id)
        return item is not None and item.version == version and self.wording(item_id, locale) == wording


def find_today(library: Library, module_key: str) -> Today | None:
    """Return the quiz of a module as it is published; None where there is none."""
    source = library.find("module", module_key)
    if source is None or FILE not in source.files:
        return None
    return Today(source, asked_of(source), library)


def asked_of(source: Source) -> Asked:
    """Return the questions of a revision, worked out once for each."""
    return _asked.get(source.sha256, lambda: asked_in(source))


def wordings_of(source: Source, words: Words) -> Mapping[str, str]:
    """Return {item id: what stands for its words} of a translation, worked out once for each."""
    address = (source.sha256, words.locale, words.sha256)
    return _wordings.get(address, lambda: rules.wordings(source.file(FILE), words.entries))
