"""Means, variances and correlations, where they exist."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap
from math import fsum, sqrt
from operator import mul


def mean(values: Sequence[float]) -> float:
    """Return the mean of at least one value."""
    return fsum(values) / len(values)


def covariance(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the covariance of at least two pairs, with n - 1 beneath."""
    left, right = mean(first), mean(second)
    return fsum((a - left) * (b - right) for a, b in zip(first, second, strict=True)) / (len(first) - 1)


def variance(values: Sequence[float]) -> float:
    """Return the variance of at least two values, with n - 1 beneath."""
    return covariance(values, values)


def correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return Pearson's correlation, from -1 to 1; None where one side is the same for everybody."""
    left, right = mean(first), mean(second)
    one = [each - left for each in first]
    two = [each - right for each in second]
    spread = sqrt(fsum(each * each for each in one) * fsum(each * each for each in two))
    if spread < 1e-12:
        return None
    return max(-1.0, min(1.0, fsum(starmap(mul, zip(one, two, strict=True))) / spread))
