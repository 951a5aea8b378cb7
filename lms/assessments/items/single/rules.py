"""Grades a single choice: right or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lms.assessments.items.choosing import check_options, shuffle
from lms.assessments.items.kinds import Answer, Grade

if TYPE_CHECKING:
    from lms.assessments.items.single.spec import Item

draw = shuffle


def check(item: Item, shown: Sequence[str], sent: Sequence[str]) -> Answer:  # noqa: ARG001 -- as every type's
    """Return the chosen option."""
    return check_options(shown, sent, most=1)


def lacks(item: Item, answer: Answer) -> str | None:  # noqa: ARG001 -- as every type's
    """Return "choice" when nothing is chosen."""
    return None if answer else "choice"


def grade(item: Item, answer: Answer) -> Grade:
    """Return every point for the right option, none for another."""
    is_right = answer == item.key
    return Grade(item.points if is_right else 0, correct=is_right)


def perfect(item: Item, locale: str) -> Answer:  # noqa: ARG001 -- as every type's
    """Return the right option."""
    return item.key


def tally(item: Item, answer: Answer) -> tuple[str, ...]:  # noqa: ARG001 -- as every type's
    """Return the chosen option."""
    return answer
