"""Grades several choices: the right ones minus the wrong ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lms.assessments.items.choosing import check_options, shuffle
from lms.assessments.items.kinds import Answer, Grade

if TYPE_CHECKING:
    from lms.assessments.items.multiple.spec import Item

draw = shuffle


def check(item: Item, shown: Sequence[str], sent: Sequence[str]) -> Answer:  # noqa: ARG001 -- as every type's
    """Return the chosen options, sorted."""
    return check_options(shown, sent, most=len(shown))


def lacks(item: Item, answer: Answer) -> str | None:  # noqa: ARG001 -- as every type's
    """Return "choice" when nothing is chosen."""
    return None if answer else "choice"


def grade(item: Item, answer: Answer) -> Grade:
    """Return what the chosen options earn.

    All right and nothing else: every point. Partly right: the right ones minus the wrong ones (never below
    none) as a share of the right ones, rounded down to whole points.
    """
    picked, key = frozenset(answer), frozenset(item.key)
    if picked == key:
        return Grade(item.points, correct=True)
    net = max(0, len(picked & key) - len(picked - key))
    return Grade(item.points * net // len(key), correct=False)


def perfect(item: Item, locale: str) -> Answer:  # noqa: ARG001 -- as every type's
    """Return the right options."""
    return tuple(sorted(item.key))


def tally(item: Item, answer: Answer) -> tuple[str, ...]:  # noqa: ARG001 -- as every type's
    """Return the chosen options."""
    return answer
