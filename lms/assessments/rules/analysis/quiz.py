"""The figures of a whole quiz in one language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from lms.assessments.rules.analysis.elevens import whole_elevens
from lms.assessments.rules.analysis.moments import mean
from lms.assessments.rules.analysis.reliability import alpha
from lms.assessments.rules.analysis.values import MINIMUM_GROUP, TOO_FEW, Sheet, TooFew


@dataclass(frozen=True)
class QuizFigures:
    """What is known of a version of a quiz in one language; each person counts once a round.

    `score` is the mean share of points, from 0 to 1. `alpha` is None where reliability has no meaning. `seconds` is the
    median time from the start to handing in, breaks included, of eleven people or more; None where fewer were timed.
    """

    people: int
    score: float
    alpha: float | None
    seconds: int | None


def quiz_figures(sheets: Sequence[Sheet]) -> QuizFigures | TooFew:
    """Return the figures of these sheets, the oldest first, in whole elevens; `TOO_FEW` below eleven."""
    kept = [sheet for sheet in sheets if sheet.responses]
    kept = kept[: whole_elevens(len(kept))]
    if len(kept) < MINIMUM_GROUP:
        return TOO_FEW
    scores = [mean([response.share for response in sheet.responses.values()]) for sheet in kept]
    reliability = alpha(kept)
    return QuizFigures(
        people=len(kept),
        score=mean(scores),
        alpha=None if isinstance(reliability, TooFew) else reliability,
        seconds=_median([sheet.seconds for sheet in kept if sheet.seconds is not None]),
    )


def _median(seconds: Sequence[int]) -> int | None:
    """Return the median of times, in whole elevens."""
    timed = seconds[: whole_elevens(len(seconds))]
    return round(median(timed)) if timed else None
