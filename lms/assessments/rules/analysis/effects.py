"""Effect classes: how much a difference between two languages matters."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from statistics import NormalDist
from typing import Literal

from lms.assessments.rules.analysis.mantel_haenszel import DELTA, Odds

Effect = Literal["A", "B", "C"]
#: In delta units: below the first a difference is negligible, from the second on it is large.
SLIGHT, LARGE = 1.0, 1.5
#: Of the differences that are flagged in one quiz and language, so large a part may be there by chance alone.
FALSE_FLAGS = 0.10
_Z_ONE_SIDED = NormalDist().inv_cdf(0.95)


class Verdict(StrEnum):
    """What a reader of the figures is told."""

    DIFFERS = "differs"
    ALIKE = "alike"
    TOO_FEW = "too_few"


def effect_of(odds: Odds, chance: float) -> Effect:
    """Return the class of the Educational Testing Service.

    C (large): |delta| at least 1.5 and, one-sided at 5 percent, above 1. A (negligible): |delta| below 1, or not
    told from nought. B (slight to moderate): all else. N. J. Dorans and P. W. Holland, and M. Zieky, both in Holland
    and Wainer, Differential Item Functioning (1993). In one thing this is stricter than they are: `chance`, how
    likely the difference is by chance alone, is corrected for the number of questions looked at (`corrected`).
    """
    delta, error = abs(odds.delta), odds.error * -DELTA
    if delta < SLIGHT or chance > FALSE_FLAGS:
        return "A"
    return "C" if delta >= LARGE and delta - SLIGHT > _Z_ONE_SIDED * error else "B"


def verdict_of(effect: Effect, odds: Odds) -> Verdict:
    """Return the verdict: B and C differ. Where a large difference may yet hide in the interval, nobody can tell."""
    if effect != "A":
        return Verdict.DIFFERS
    reach = max(abs(odds.low), abs(odds.high)) * -DELTA
    return Verdict.ALIKE if reach < LARGE else Verdict.TOO_FEW


def corrected(chances: Sequence[float]) -> list[float]:
    """Return chances corrected for their number, in the same order: a limit for them bounds the share of false flags.

    Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995).
    """
    count, lowest = len(chances), 1.0
    found = [1.0] * count
    order = sorted(range(count), key=lambda number: chances[number])
    for rank, number in reversed(list(enumerate(order, 1))):
        lowest = min(lowest, chances[number] * count / rank)
        found[number] = lowest
    return found
