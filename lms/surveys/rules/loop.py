"""Rules of the loop: from what figures tell, to what is changed, to what workers read of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lms.errors import RuleBroken


@dataclass(frozen=True)
class Version:
    """A publication in which the text of a subject changed: its number, when, and the revision that came with it."""

    publication_id: int
    number: int
    revision_id: int
    published_at: datetime
    published_on: date


def taught(subject_key: str) -> tuple[str, str]:
    """Return kind and key of the module or track that a subject is about: a certificate is about its track."""
    kind, _colon, key = subject_key.partition(":")
    return "track" if kind == "certificate" else kind, key


@dataclass(frozen=True)
class Told:
    """What workers read of a change, in one language."""

    said: str
    changed: str

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was written."""
        return not self.said and not self.changed

    @property
    def is_whole(self) -> bool:
        """Return whether both sentences are there."""
        return bool(self.said) and bool(self.changed)


def answering(versions: Sequence[Version], found_at: datetime) -> list[Version]:
    """Return the versions that can answer what was found then: those that came later, the newest first."""
    later = [each for each in versions if each.published_at > found_at]
    return sorted(later, key=lambda each: each.number, reverse=True)


def check_told(told: Mapping[str, Told]) -> dict[str, dict[str, str]]:
    """Return what is stored: languages with both sentences. Raise `RuleBroken`.

    "english_missing" without English, which stands in for every language; "half_told" where one sentence is missing.
    """
    if not told.get("en", Told("", "")).is_whole:
        raise RuleBroken("english_missing")
    written = {language: each for language, each in told.items() if not each.is_empty}
    if not all(each.is_whole for each in written.values()):
        raise RuleBroken("half_told")
    return {language: {"said": each.said, "changed": each.changed} for language, each in written.items()}


def in_language(told: Mapping[str, Mapping[str, str]], language: str) -> tuple[Told, str]:
    """Return what a reader is told, and in which language: hers, or English where nobody has put it into hers."""
    found = language if language in told else "en"
    return Told(**told[found]), found
