"""How easy a question was: the mean share of its points, and how sure that is."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

#: Two-sided, 95 percent.
Z95 = NormalDist().inv_cdf(0.975)


def wilson(facility: float, answers: int, z: float = Z95) -> tuple[float, float]:
    """Return the interval of a share that was seen in `answers` answers, from 0 to 1.

    E. B. Wilson, Journal of the American Statistical Association 22 (1927). Of right and wrong it is the usual
    interval; where parts of the points are given it is wider than need be, since the variance of a share is at
    most that of right and wrong with the same mean.
    """
    square = z * z
    middle = facility + square / (2 * answers)
    reach = z * sqrt(facility * (1 - facility) / answers + square / (4 * answers * answers))
    scale = 1 + square / answers
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)
