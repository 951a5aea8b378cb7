"""Chances under the normal curve and its square."""

from __future__ import annotations

from math import erfc, sqrt


def two_sided(z: float) -> float:
    """Return the chance that a standard normal value lies at least so far from zero, on either side."""
    return erfc(abs(z) / sqrt(2))


def chi_square_tail(statistic: float) -> float:
    """Return the chance that a chi-square value of one degree of freedom is at least `statistic`."""
    return erfc(sqrt(statistic / 2))
