"""Reliability: how far a quiz would rank its readers alike another time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from lms.assessments.rules.analysis.moments import covariance, variance
from lms.assessments.rules.analysis.values import MINIMUM_GROUP, TOO_FEW, ItemKey, Sheet, TooFew


def alpha(sheets: Sequence[Sheet]) -> float | TooFew | None:
    """Return Cronbach's alpha of the shares of points; None where it has no meaning: one question, or no spread.

    L. J. Cronbach, Psychometrika 16 (1951): k / (k - 1) times the share of the total's variance that the
    covariances of the questions make up. Where each reader is asked a part of the questions, drawn by lot, each
    variance is that of all who were asked the question, each covariance that of all who were asked both, and each
    counts as often as the question or the pair is drawn; k is the mean number asked. Nothing is filled in, and
    when all are asked everything this is the usual figure. Below 11 readers: `TOO_FEW`.
    """
    if len(sheets) < MINIMUM_GROUP:
        return TOO_FEW
    size = sum(len(sheet.responses) for sheet in sheets) / len(sheets)
    if size <= 1:
        return None
    own = _variances(sheets)
    same = len({frozenset(sheet.responses) for sheet in sheets}) == 1
    total = _total_of_all(sheets) if same else _total_of_parts(sheets, own)
    return None if total < 1e-12 else size / (size - 1) * (1 - own / total)


def _variances(sheets: Sequence[Sheet]) -> float:
    """Return the sum of the questions' variances, each weighed by how often it is asked."""
    shares: dict[ItemKey, list[float]] = {}
    for sheet in sheets:
        for item, response in sheet.responses.items():
            shares.setdefault(item, []).append(response.share)
    return sum(variance(each) * len(each) / len(sheets) for each in shares.values() if len(each) > 1)


def _total_of_all(sheets: Sequence[Sheet]) -> float:
    """Return the variance of the totals of readers who were all asked the same."""
    return variance([sum(response.share for response in sheet.responses.values()) for sheet in sheets])


def _total_of_parts(sheets: Sequence[Sheet], own: float) -> float:
    """Return what the variance of a total is expected to be, from the variances and the pairs' covariances."""
    pairs: dict[tuple[ItemKey, ItemKey], tuple[list[float], list[float]]] = {}
    for sheet in sheets:
        for first, second in combinations(sorted(sheet.responses), 2):
            left, right = pairs.setdefault((first, second), ([], []))
            left.append(sheet.responses[first].share)
            right.append(sheet.responses[second].share)
    shared = sum(covariance(left, right) * len(left) for left, right in pairs.values() if len(left) > 1)
    return own + 2 * shared / len(sheets)
