"""Grades gaps: each right one earns its share."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lms.assessments.items.kinds import Answer, Grade, shared
from lms.assessments.items.parts import joined, parted, values_of
from lms.assessments.items.typed import SHORT, folded, is_among, tidy, word_in
from lms.errors import RuleBroken

if TYPE_CHECKING:
    from lms.assessments.items.fill_in.spec import GapSpec, Item


def draw(item: Item, chance: random.Random) -> tuple[str, ...]:
    """Return the gaps in the order of the file, and the options of each in a random one."""
    shown = list(item.rows)
    for gap in item.gaps:
        choices = list(gap.choices)
        chance.shuffle(choices)
        shown += choices
    return tuple(shown)


def check(item: Item, shown: Sequence[str], sent: Sequence[str]) -> Answer:
    """Return what stands in each gap, sorted by gap."""
    values = parted(sent, [gap for gap in item.rows if gap in shown])
    gaps = {gap.id: gap for gap in item.gaps}
    kept = {gap_id: _kept(gaps[gap_id], shown, value) for gap_id, value in values.items()}
    return joined({gap_id: value for gap_id, value in kept.items() if value})


def _kept(gap: GapSpec, shown: Sequence[str], value: str) -> str:
    """Return what stands in one gap: an option's id, or tidy words."""
    if not gap.options:
        return tidy(value, SHORT)
    if f"{gap.id}.{value}" not in set(gap.choices).intersection(shown):
        raise RuleBroken("foreign_answer")
    return value


def lacks(item: Item, answer: Answer) -> str | None:
    """Return "gaps" while one is open."""
    filled = [gap for gap, value in values_of(answer).items() if folded(value)]
    return None if len(filled) == len(item.gaps) else "gaps"


def _is_right(gap: GapSpec, value: str) -> bool:
    return is_among(value, gap.accepted) if gap.accepted else value == gap.key


def grade(item: Item, answer: Answer) -> Grade:
    """Return the share of right gaps among all, rounded down to whole points."""
    values = values_of(answer)
    right = sum(_is_right(gap, values[gap.id]) for gap in item.gaps if gap.id in values)
    return shared(item, right, len(item.gaps))


def perfect(item: Item, locale: str) -> Answer:
    """Return the right options, and the first accepted word of the language in typed gaps."""
    return joined({gap.id: word_in(gap.accepted, locale) if gap.accepted else str(gap.key) for gap in item.gaps})


def tally(item: Item, answer: Answer) -> tuple[str, ...]:
    """Return "gap=option" where an option was chosen, "gap=right" or "gap=other" where words were typed."""
    values = values_of(answer)
    found = {}
    for gap in item.gaps:
        if gap.id in values:
            word = "right" if _is_right(gap, values[gap.id]) else "other"
            found[gap.id] = values[gap.id] if gap.options else word
    return joined(found)
