"""The exact test for small groups: no curve stands in for the counts."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

from lms.assessments.rules.analysis.strata import Stratum


def exact_chance(tables: Sequence[Stratum]) -> float:
    """Return how likely right answers as uneven as these are where nothing but knowledge counts, on either side.

    The exact conditional test of a common odds ratio of one (J. J. Gart, Biometrika 57 (1970)): given the sums of
    each table, the right answers of English readers in it follow the hypergeometric law; their sum over the tables
    follows what these laws make together. Twice the smaller tail, at most 1.
    """
    seen, start, chances = 0, 0, [1.0]
    for table in tables:
        seen += table.reference_right
        first, own = _hypergeometric(table)
        start, chances = start + first, _together(chances, own)
    low = sum(chances[: seen - start + 1])
    high = sum(chances[seen - start :])
    return min(1.0, 2 * min(low, high))


def _hypergeometric(table: Stratum) -> tuple[int, list[float]]:
    """Return the fewest right answers that English readers can have in a table, and the chance of each number on."""
    least, most = max(0, table.right - table.focal), min(table.reference, table.right)
    ways = comb(table.total, table.right)
    return least, [
        comb(table.reference, right) * comb(table.focal, table.right - right) / ways for right in range(least, most + 1)
    ]


def _together(first: Sequence[float], second: Sequence[float]) -> list[float]:
    """Return the chances of each sum of two independent numbers."""
    found = [0.0] * (len(first) + len(second) - 1)
    for left, chance in enumerate(first):
        for right, other in enumerate(second):
            found[left + right] += chance * other
    return found
