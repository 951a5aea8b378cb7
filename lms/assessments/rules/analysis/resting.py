"""The rest score: how well somebody did on all other questions, whichever those were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lms.assessments.rules.analysis.moments import mean
from lms.assessments.rules.analysis.values import ItemKey, Sheet


def expected_shares(sheets: Sequence[Sheet]) -> dict[ItemKey, float]:
    """Return the mean share of points of each question, over all who were asked it."""
    shares: dict[ItemKey, list[float]] = {}
    for sheet in sheets:
        for item, response in sheet.responses.items():
            shares.setdefault(item, []).append(response.share)
    return {item: mean(each) for item, each in shares.items()}


def rest_scores(sheets: Sequence[Sheet], expected: Mapping[ItemKey, float]) -> list[dict[ItemKey, float]]:
    """Return for each sheet, and each question of it, the mean of what the other answers were above expectation.

    An answer is held against the mean of its question, so that somebody who drew hard questions is not taken for
    a weak reader. Where all are asked the same, this is the plain rest score but for its origin and its scale. A
    question that was asked alone has no rest score.
    """
    found: list[dict[ItemKey, float]] = []
    for sheet in sheets:
        above = {item: response.share - expected[item] for item, response in sheet.responses.items()}
        total, others = sum(above.values()), len(above) - 1
        found.append({item: (total - each) / others for item, each in above.items()} if others else {})
    return found
