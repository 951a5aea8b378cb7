"""Two attackers, written without a look at the auditor: they work out hidden counts from what is shown."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lms.reports.rules import Figures, Label

Bounds = dict[Label, tuple[int, int]]
FAR = 10**6


def knowledge(figures: Figures, hidden: Collection[Label]) -> Bounds:
    """Return what everybody knows: shown counts, hidden ones from 1 (0 when a zero is hidden), others from 0."""
    lowest = 0 if any(figures.counts[label] == 0 for label in hidden) else 1
    return {
        label: (count, count)
        if label in figures.ranks and label not in hidden
        else (lowest if label in figures.ranks else 0, FAR)
        for label, count in figures.counts.items()
    }


def _equations(figures: Figures) -> list[tuple[list[tuple[Label, int]], int]]:
    """Return every sum as signed counts that add up to a known number: zero, or the overlap."""
    found = []
    for each in figures.sums:
        signed = [(each.total, -1), *((part, 1) for part in each.parts)]
        found.append((signed, sum(sign * figures.counts[label] for label, sign in signed)))
    return found


def told(figures: Figures, hidden: Collection[Label]) -> list[int]:
    """Return what is left of each shown total when its shown rows are taken away.

    Above zero it counts what the hidden rows hold together, below it those that are in more than one row.
    """
    known = {label: count for label, count in figures.counts.items() if label in figures.ranks and label not in hidden}
    return [
        known[each.total] - sum(known.get(part, 0) for part in each.parts)
        for each in figures.sums
        if each.total in known
    ]


def propagate(figures: Figures, bounds: Bounds) -> Bounds | None:
    """Return narrower bounds by going from sum to sum until nothing changes; None when they contradict."""
    bounds, equations, changed = dict(bounds), _equations(figures), True
    while changed:
        changed = False
        for signed, constant in equations:
            for label, sign in signed:
                rest = [(bounds[other], s) for other, s in signed if other != label]
                low = sum(s * (b[0] if s > 0 else b[1]) for b, s in rest)
                high = sum(s * (b[1] if s > 0 else b[0]) for b, s in rest)
                new = (constant - high, constant - low) if sign > 0 else (low - constant, high - constant)
                tight = (max(bounds[label][0], new[0]), min(bounds[label][1], new[1]))
                if tight[0] > tight[1]:
                    return None
                if tight != bounds[label]:
                    bounds[label], changed = tight, True
    return bounds


def can_be(figures: Figures, bounds: Bounds, label: Label, value: int) -> bool:
    """Return whether there is a whole table, agreeing with all that is known, in which the count is `value`."""
    fixed = propagate(figures, {**bounds, label: (value, value)})
    return fixed is not None and _solve(figures, fixed)


def _solve(figures: Figures, bounds: Bounds) -> bool:
    """Return whether whole numbers fit: enumerates, the count with the fewest possible values first."""
    open_ones = [(high - low, str(label), label) for label, (low, high) in bounds.items() if low < high]
    if not open_ones:
        return True
    _, _, label = min(open_ones)
    low, high = bounds[label]
    for value in range(low, min(high, low + 60) + 1):
        fixed = propagate(figures, {**bounds, label: (value, value)})
        if fixed is not None and _solve(figures, fixed):
            return True
    return False


def possible_range(figures: Figures, bounds: Bounds, label: Label, width: int) -> tuple[int, int]:
    """Return the lowest value that a hidden count can take, and one as far above it as `width` where there is one."""
    outer: Any = propagate(figures, bounds)
    truth = figures.counts[label]
    lowest = next(value for value in range(outer[label][0], truth + 1) if can_be(figures, bounds, label, value))
    reach = range(min(outer[label][1], lowest + width + 5), truth, -1)
    return lowest, next((value for value in reach if can_be(figures, bounds, label, value)), truth)
