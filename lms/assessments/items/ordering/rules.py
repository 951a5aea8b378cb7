"""Grades an order: each step that comes right after the one before it earns its share."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from lms.assessments.items.kinds import Answer, Grade, shared
from lms.assessments.items.parts import joined, parted, values_of
from lms.errors import RuleBroken

if TYPE_CHECKING:
    from lms.assessments.items.ordering.spec import Item


def draw(item: Item, chance: random.Random) -> tuple[str, ...]:
    """Return the steps in a random order that is not the right one; of two steps either may come first."""
    steps = list(item.rows)
    chance.shuffle(steps)
    while len(steps) > 2 and tuple(steps) == item.rows:
        chance.shuffle(steps)
    return tuple(steps)


def check(item: Item, shown: Sequence[str], sent: Sequence[str]) -> Answer:
    """Return the places that were given, sorted by step."""
    places = parted(sent, [row for row in item.rows if row in shown])
    if not {*places.values()} <= {str(place) for place in _places(item)}:
        raise RuleBroken("foreign_answer")
    return joined(places)


def _places(item: Item) -> range:
    return range(1, len(item.rows) + 1)


def lacks(item: Item, answer: Answer) -> str | None:
    """Return "places" while a step has no place, "same_place" when two steps have one."""
    if len(answer) < len(item.rows):
        return "places"
    return None if len(set(values_of(answer).values())) == len(answer) else "same_place"


def grade(item: Item, answer: Answer) -> Grade:
    """Return the share of steps that come right after the step before them, rounded down to whole points.

    Of n steps n - 1 can; so one step in the wrong place costs little, and the reverse order earns nothing.
    """
    places = {step: int(place) for step, place in values_of(answer).items()}
    follows = [places.get(later, 0) == places[step] + 1 for step, later in pairwise(item.rows) if step in places]
    return shared(item, sum(follows), len(item.rows) - 1)


def perfect(item: Item, locale: str) -> Answer:  # noqa: ARG001 -- as every type's
    """Return the right places."""
    return joined({step: str(place) for step, place in zip(item.rows, _places(item), strict=True)})


def tally(item: Item, answer: Answer) -> tuple[str, ...]:  # noqa: ARG001 -- as every type's
    """Return which step was put where."""
    return answer
