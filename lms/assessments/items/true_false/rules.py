"""Grades a statement: right or not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lms.assessments.items.choosing import check_options
from lms.assessments.items.kinds import Answer, Grade

if TYPE_CHECKING:
    from lms.assessments.items.true_false.spec import Item


def draw(item: Item, chance: random.Random) -> tuple[str, ...]:  # noqa: ARG001 -- as every type's
    """Return true before false, always: readers know where to look."""
    return item.choices


def check(item: Item, shown: Sequence[str], sent: Sequence[str]) -> Answer:  # noqa: ARG001 -- as every type's
    """Return the chosen word."""
    return check_options(shown, sent, most=1)


def lacks(item: Item, answer: Answer) -> str | None:  # noqa: ARG001 -- as every type's
    """Return "choice" when nothing is chosen."""
    return None if answer else "choice"


def grade(item: Item, answer: Answer) -> Grade:
    """Return every point for the right word, none for the other."""
    is_right = answer == perfect(item, "en")
    return Grade(item.points if is_right else 0, correct=is_right)


def perfect(item: Item, locale: str) -> Answer:  # noqa: ARG001 -- as every type's
    """Return the right word."""
    return ("true" if item.key else "false",)


def tally(item: Item, answer: Answer) -> tuple[str, ...]:  # noqa: ARG001 -- as every type's
    """Return the chosen word."""
    return answer
