"""The figures of one wording of one question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from lms.assessments.rules.analysis.facility import wilson
from lms.assessments.rules.analysis.moments import correlation, mean
from lms.assessments.rules.analysis.options import OptionFigures, option_table
from lms.assessments.rules.analysis.resting import expected_shares, rest_scores
from lms.assessments.rules.analysis.values import MINIMUM_GROUP, TOO_FEW, ItemKey, Response, Sheet, TooFew, Unit

_Z_ONE_SIDED = NormalDist().inv_cdf(0.95)


@dataclass(frozen=True)
class ItemFigures:
    """What is known of a wording. Shares are from 0 to 1, the discrimination from -1 to 1.

    `facility` is the mean share of the points, with its 95 percent interval. `discrimination` is None where
    everybody earned the same, or had no other question.
    """

    answers: int
    with_english: int
    facility: float
    facility_low: float
    facility_high: float
    discrimination: float | None
    options: tuple[OptionFigures, ...]


def item_figures(responses: Sequence[Response], rests: Sequence[float]) -> ItemFigures | TooFew:
    """Return the figures of these answers, whose readers had the rest scores `rests`.

    The discrimination is the corrected point-biserial correlation: between the share of points here and the rest
    score, without the question itself (S. Henrysson, Psychometrika 28 (1963)).
    """
    if len(responses) < MINIMUM_GROUP:
        return TOO_FEW
    shares = [response.share for response in responses]
    facility = mean(shares)
    low, high = wilson(facility, len(shares))
    return ItemFigures(
        answers=len(shares),
        with_english=sum(response.with_english for response in responses),
        facility=facility,
        facility_low=low,
        facility_high=high,
        discrimination=correlation(shares, rests),
        options=option_table([response.tally for response in responses], rests),
    )


def runs_backwards(discrimination: float | None, answers: int) -> bool:
    """Return whether those who do well elsewhere do worse here, and more than by chance (one-sided, 5 percent).

    Mostly the key is wrong then. The error of a correlation about nought is one over the root of the answers.
    """
    return discrimination is not None and discrimination < -_Z_ONE_SIDED / sqrt(answers)


def figures_of(language: str, sheets: Sequence[Sheet]) -> dict[Unit, ItemFigures | TooFew]:
    """Return the figures of every wording that the readers of one language answered."""
    found: dict[Unit, tuple[list[Response], list[float]]] = {}
    expected: Mapping[ItemKey, float] = expected_shares(sheets)
    for sheet, rests in zip(sheets, rest_scores(sheets, expected), strict=True):
        for item, response in sheet.responses.items():
            if response.wording is not None:
                responses, theirs = found.setdefault(Unit(item, language, response.wording), ([], []))
                responses.append(response)
                theirs.append(rests.get(item, 0.0))
    return {unit: item_figures(*each) for unit, each in found.items()}
