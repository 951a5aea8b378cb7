"""Keeps a text; an assessor decides about it where there is a rubric."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lms.assessments.items.kinds import Answer, Grade
from lms.assessments.items.typed import one_text

if TYPE_CHECKING:
    from lms.assessments.items.reflection.spec import Item

#: How many characters may be written.
LONGEST = 4000


def draw(item: Item, chance: random.Random) -> tuple[str, ...]:  # noqa: ARG001 -- as every type's
    """Return what will be looked at, in the order of the file."""
    return item.rows


def check(item: Item, shown: Sequence[str], sent: Sequence[str]) -> Answer:  # noqa: ARG001 -- as every type's
    """Return the text, with its lines."""
    return one_text(sent, LONGEST, is_long=True)


def lacks(item: Item, answer: Answer) -> str | None:  # noqa: ARG001 -- as every type's
    """Return "words" when nothing is written."""
    return None if answer else "words"


def grade(item: Item, answer: Answer) -> Grade | None:
    """Return None where an assessor decides; else nothing can be wrong and nothing is earned."""
    if item.rubric:
        return None if answer else Grade(0, correct=False)
    return Grade(0, correct=True)


def perfect(item: Item, locale: str) -> Answer:  # noqa: ARG001 -- as every type's
    """Return some text: every one that is written counts."""
    return ("...",)


def tally(item: Item, answer: Answer) -> tuple[str, ...]:  # noqa: ARG001 -- as every type's
    """Return "written" where something is."""
    return ("written",) if answer else ()
