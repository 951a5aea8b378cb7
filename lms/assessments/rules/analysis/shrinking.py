"""Estimates of small groups, drawn towards what the other questions of the quiz show."""

from __future__ import annotations

from collections.abc import Sequence

from lms.assessments.rules.analysis.mantel_haenszel import Odds
from lms.assessments.rules.analysis.moments import mean, variance

#: Of fewer questions nothing is learned about how much questions differ.
FEWEST = 3


def shrunken(odds: Sequence[Odds]) -> list[float | None]:
    """Return the empirical Bayes estimate of each log odds; None where there are fewer than three questions.

    R. Zwick, D. T. Thayer and C. Lewis, Journal of Educational Measurement 36 (1999): questions' true values are
    taken to lie about their mean with a variance that is what is left of the seen one after the squared errors; each
    estimate is the mean of its own value and theirs, weighted by how sure each is.
    """
    if len(odds) < FEWEST:
        return [None] * len(odds)
    values = [each.log_odds for each in odds]
    middle = mean(values)
    spread = max(0.0, variance(values) - mean([each.error**2 for each in odds]))
    return [middle + (each.log_odds - middle) * spread / (spread + each.error**2) for each in odds]
