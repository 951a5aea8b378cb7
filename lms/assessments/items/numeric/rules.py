"""Grades a number: the best of the ranges that it lies in."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from lms.assessments.items.kinds import Answer, Grade
from lms.assessments.items.numeric.numbers import LONGEST, readings, written
from lms.assessments.items.numeric.spec import EXACT
from lms.assessments.items.parts import joined, parted, values_of
from lms.assessments.items.typed import tidy
from lms.errors import RuleBroken

if TYPE_CHECKING:
    from lms.assessments.items.numeric.spec import Item, RangeSpec


def draw(item: Item, chance: random.Random) -> tuple[str, ...]:  # noqa: ARG001 -- as every type's
    """Return the units in the order of the file."""
    return item.choices


def check(item: Item, shown: Sequence[str], sent: Sequence[str]) -> Answer:
    """Return the number as it was typed, and the unit."""
    parts = parted(sent, ("unit", "value"))
    offered = [unit for unit in item.choices if unit in shown]
    if "unit" in parts and (parts["unit"] not in offered or len(offered) < 2):
        raise RuleBroken("foreign_answer")
    parts["value"] = tidy(parts.get("value", ""), LONGEST)
    return joined({part: value for part, value in parts.items() if value})


def lacks(item: Item, answer: Answer) -> str | None:
    """Return "number" without a number that can be read, "unit" while none of several is chosen."""
    parts = values_of(answer)
    if not _numbers(item, parts.get("value", "")):
        return "number"
    return "unit" if len(item.units) > 1 and "unit" not in parts else None


def _numbers(item: Item, typed: str) -> frozenset[Decimal]:
    """Return what was typed as numbers; where there is one unit, it may stand behind them."""
    if len(item.units) == 1:
        typed = typed.casefold().removesuffix(item.units[0].text.casefold())
    return readings(typed)


def _best(item: Item, answer: Answer) -> tuple[int, RangeSpec] | None:
    """Return the range that earns most of those the answer lies in, and its place; None outside all."""
    parts = values_of(answer)
    factor = _factor(item, parts.get("unit", ""))
    if factor is None:
        return None
    numbers = [EXACT.multiply(number, factor) for number in _numbers(item, parts.get("value", ""))]
    found = [
        (place, each)
        for place, each in enumerate(item.accepted, start=1)
        if any(each.bounds[0] <= number <= each.bounds[1] for number in numbers)
    ]
    return max(found, key=lambda pair: pair[1].share, default=None)


def _factor(item: Item, unit_id: str) -> Decimal | None:
    """Return how much of the first unit one of the chosen unit is; None while none of several is chosen."""
    if len(item.units) < 2:
        return Decimal(1)
    return next((unit.factor for unit in item.units if unit.id == unit_id), None)


def grade(item: Item, answer: Answer) -> Grade:
    """Return the points of the best range that the number lies in, rounded down to whole points.

    A number that can be read in two ways ("1,250") is right where one of them is.
    """
    best = _best(item, answer)
    share = best[1].share if best else 0
    return Grade(item.points * share // 100, correct=share == 100)


def perfect(item: Item, locale: str) -> Answer:
    """Return the value of the first range, or its least, in the first unit."""
    first = item.accepted[0]
    value = first.bounds[0] if first.value is None else first.value
    parts = {"value": written(value, locale)}
    if len(item.units) > 1:
        parts["unit"] = item.units[0].id
    return joined(parts)


def tally(item: Item, answer: Answer) -> tuple[str, ...]:
    """Return "range-1" and so on for the range that the number lies in, "outside" for none of them."""
    if not answer:
        return ()
    best = _best(item, answer)
    return (f"range-{best[0]}" if best else "outside",)
