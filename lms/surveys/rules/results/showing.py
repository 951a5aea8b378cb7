"""Which counts may be shown: never those of fewer people than a survey promises, 11 at least, on any slice.

Sheets are released in cells of that many people, and each is in one cell. So all that whole cells add up to, by any
filter, on any day, and every difference between two such sums, is again whole cells or nothing. A question that may
be left open has smaller groups inside a cell. Its answers wait until those of several cells with the same labels are
enough together; then they are shown together, and never taken apart: they are the cells of that question.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """The answers to one question in one cell that nobody has seen. `sheets` is how many the cell holds."""

    batch: str
    answered: int
    sheets: int


def needed(part: Part, group: int, *, is_pooled: bool) -> int:
    """Return how many answers of a part are certainly those of `group` people.

    Nobody answers twice about one subject. A cell that is pooled over k subjects holds at least k times as many
    sheets as a group, so that its size bounds k.
    """
    return group * max(1, part.sheets // group) if is_pooled else group


def showable(parts: Iterable[Part], group: int, *, is_pooled: bool) -> frozenset[str]:
    """Return the cells whose answers to one question may be shown now; all of them have the same labels.

    What is enough alone is shown alone; the rest together, or not yet. `is_pooled` says that the cells are those of
    several subjects.
    """
    alone: set[str] = set()
    rest: list[Part] = []
    for part in parts:
        if part.answered >= needed(part, group, is_pooled=is_pooled):
            alone.add(part.batch)
        else:
            rest.append(part)
    most = sum(needed(part, group, is_pooled=True) for part in rest) if is_pooled else group
    if rest and sum(part.answered for part in rest) >= most:
        alone |= {part.batch for part in rest}
    return frozenset(alone)
