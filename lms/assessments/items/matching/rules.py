"""Grades pairs: each right one earns its share."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lms.assessments.items.kinds import Answer, Grade, shared
from lms.assessments.items.parts import joined, parted, values_of
from lms.errors import RuleBroken

if TYPE_CHECKING:
    from lms.assessments.items.matching.spec import Item


def draw(item: Item, chance: random.Random) -> tuple[str, ...]:
    """Return the left and then the right, each in a random order."""
    left, right = list(item.rows), list(item.choices)
    chance.shuffle(left)
    chance.shuffle(right)
    return (*left, *right)


def check(item: Item, shown: Sequence[str], sent: Sequence[str]) -> Answer:
    """Return the pairs that were made, sorted by the left."""
    pairs = parted(sent, [row for row in item.rows if row in shown])
    if not {*pairs.values()} <= {choice for choice in item.choices if choice in shown}:
        raise RuleBroken("foreign_answer")
    return joined(pairs)


def lacks(item: Item, answer: Answer) -> str | None:
    """Return "pairs" while something on the left has no pair."""
    return None if len(answer) == len(item.rows) else "pairs"


def grade(item: Item, answer: Answer) -> Grade:
    """Return the share of right pairs among all, rounded down to whole points."""
    right = sum(item.key[row] == choice for row, choice in values_of(answer).items())
    return shared(item, right, len(item.rows))


def perfect(item: Item, locale: str) -> Answer:  # noqa: ARG001 -- as every type's
    """Return the right pairs."""
    return joined(item.key)


def tally(item: Item, answer: Answer) -> tuple[str, ...]:  # noqa: ARG001 -- as every type's
    """Return the pairs."""
    return answer
