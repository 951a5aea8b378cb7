"""What the analysis of a quiz is made of: one person's answers in one attempt, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

#: No figure is made of fewer answers: they would tell of persons, and next to nothing of the question.
MINIMUM_GROUP = 11


class ItemKey(NamedTuple):
    """One version of a question: its id, and what stands for its English words, options and key."""

    item_id: str
    version: str


class Unit(NamedTuple):
    """What has figures of its own: a version of a question, in one wording of one language ("" in English)."""

    item: ItemKey
    language: str
    wording: str


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: its share of the points (0 to 1), whether it was all right, and what it counts as.

    `wording` stands for the translated words that were read; None where they were read in another language than
    the rest of the attempt: such an answer tells of the reader, not of this wording.
    """

    share: float
    correct: bool
    tally: tuple[str, ...] = ()
    wording: str | None = ""
    with_english: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One person's attempt: the language read, the answers, the version of the quiz, the seconds it took if known."""

    language: str
    responses: Mapping[ItemKey, Response]
    quiz_version: str = ""
    seconds: int | None = None


@dataclass(frozen=True)
class TooFew:
    """Stands where a figure would: there are not enough answers yet."""

    needed: int = MINIMUM_GROUP


TOO_FEW = TooFew()
