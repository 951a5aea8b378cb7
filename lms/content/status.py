"""How far the translations are: English words of each track by language and state. Reads files, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms.content.folder import LOCALES, ContentObject, Folder
from lms.content.lessons import count_words
from lms.content.translations import published_words

#: What is counted: every state of a translation, worst first.
COUNTED = ("missing", "stale", "draft", "in review", "reviewed", "approved")


@dataclass(frozen=True)
class TrackStatus:
    """One track in one language; `words` counts English words by the state of their translation."""

    track: str
    locale: str
    words: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return how many English words the track has."""
        return sum(self.words.values())


def list_status(folder: Folder, kind: str = "track") -> list[TrackStatus]:
    """Return one row for each object of `kind` and language: its own words and those of all it refers to."""
    rows = []
    for (of, key), made in sorted(folder.objects.items(), key=lambda pair: pair[0]):
        if of == kind:
            parts = parts_of(folder, made)
            rows += [TrackStatus(key, locale, _count(parts, locale)) for locale in LOCALES]
    return rows


def parts_of(folder: Folder, made: ContentObject) -> list[ContentObject]:
    """Return `made` and the objects it refers to, directly or not."""
    offered = {
        each: other
        for other in folder.objects.values()
        for file in other.files.values()
        for each in (file.spec.offers() if file.spec else ())
    }
    parts, waiting = [], [made]
    while waiting:
        part = waiting.pop()
        if part in parts:
            continue
        parts.append(part)
        for _, reference in part.references():
            address = (reference.kind, reference.name)
            other = folder.objects.get(address) or offered.get(address)
            waiting += [other] if other else []
    return parts


def _count(parts: list[ContentObject], locale: str) -> dict[str, int]:
    counted = dict.fromkeys(COUNTED, 0)
    for part in parts:
        sentences = part.sentences()
        catalog = part.catalogs.get(locale)
        words = published_words(sentences, catalog.entries if catalog else ())
        for context, english in sentences.items():
            state = words[context]["state"] if context in words else "missing"
            counted[state] += count_words(english)
    return counted
