"""Figures move in steps of eleven: from two nights' figures nobody can take one person's answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from lms.assessments.rules.analysis.values import MINIMUM_GROUP, Sheet, Unit


def whole_elevens(count: int) -> int:
    """Return the largest multiple of eleven that is not above `count`."""
    return count - count % MINIMUM_GROUP


def part_shown(part: int, whole: int) -> int | None:
    """Return a part of a group where it may be shown: neither it nor what is left is a group of one to ten."""
    smaller = min(part, whole - part)
    return part if not smaller or smaller >= MINIMUM_GROUP else None


def in_elevens(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Return the sheets, the oldest first as they came, without the newest answers that make no whole eleven.

    Of each wording of a question a multiple of eleven answers stays. What was read in another language than the
    rest stays beside them, since it is only used to tell how much somebody knows. Sheets without any are left out.
    """
    room = Counter(unit for sheet in sheets for unit in _units(sheet))
    room = Counter({unit: whole_elevens(count) for unit, count in room.items()})
    kept = []
    for sheet in sheets:
        left = {}
        for item, response in sheet.responses.items():
            unit = Unit(item, sheet.language, response.wording or "")
            if response.wording is None or room[unit] > 0:
                left[item] = response
                room[unit] -= response.wording is not None
        if any(response.wording is not None for response in left.values()):
            kept.append(replace(sheet, responses=left))
    return kept


def _units(sheet: Sheet) -> list[Unit]:
    return [
        Unit(item, sheet.language, response.wording)
        for item, response in sheet.responses.items()
        if response.wording is not None
    ]
