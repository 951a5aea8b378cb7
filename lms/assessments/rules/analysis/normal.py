"""Chances under the square of the normal curve."""

from __future__ import annotations

from math import erfc, sqrt


def chi_square_tail(statistic: float) -> float:
    """Return the chance that a chi-square value of one degree of freedom is at least `statistic`."""
    return erfc(sqrt(statistic / 2))
