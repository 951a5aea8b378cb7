"""Grades typed words: one of the accepted ones, however it is spelled, and of whatever language."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lms.assessments.items.kinds import Answer, Grade
from lms.assessments.items.typed import SHORT, folded, is_among, one_text, word_in

if TYPE_CHECKING:
    from lms.assessments.items.short.spec import Item


def draw(item: Item, chance: random.Random) -> tuple[str, ...]:  # noqa: ARG001 -- as every type's
    """Return nothing: there is nothing to choose."""
    return ()


def check(item: Item, shown: Sequence[str], sent: Sequence[str]) -> Answer:  # noqa: ARG001 -- as every type's
    """Return the words as they were typed, with single blanks."""
    return one_text(sent, SHORT)


def lacks(item: Item, answer: Answer) -> str | None:  # noqa: ARG001 -- as every type's
    """Return "words" when none are typed."""
    return None if answer and folded(answer[0]) else "words"


def _share(item: Item, answer: Answer) -> int:
    """Return the percent of the points that the words earn."""
    typed = answer[0] if answer else ""
    if is_among(typed, item.accepted):
        return 100
    return item.partly.share if item.partly and is_among(typed, item.partly.words) else 0


def grade(item: Item, answer: Answer) -> Grade:
    """Return every point for an accepted word, the share of one that is nearly right, rounded down."""
    share = _share(item, answer)
    return Grade(item.points * share // 100, correct=share == 100)


def perfect(item: Item, locale: str) -> Answer:
    """Return the first accepted word of the language."""
    return (word_in(item.accepted, locale),)


def tally(item: Item, answer: Answer) -> tuple[str, ...]:
    """Return "right", "partly" or "other"."""
    if not answer:
        return ()
    share = _share(item, answer)
    return ("right" if share == 100 else "partly" if share else "other",)
