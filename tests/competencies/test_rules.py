"""Rules of competencies."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lms.competencies import rules
from lms.competencies.rules import Gain, Piece, Recorded
from lms.competencies.specs import FrameworkSpec
from lms.content.library import Source
from tests.factories.learning import FRAMEWORK

FRAMEWORKS = {"skills": FrameworkSpec.from_source(Source("framework", "skills", 1, "", FRAMEWORK.body))}


def test_a_repeated_module_counts_once_with_its_best_round() -> None:
    pieces = [Piece("alpha", 10), Piece("beta", 5), Piece("alpha", 12), Piece("beta", 3)]
    assert rules.counted_minutes(pieces) == 17
    assert rules.counted_minutes([]) == 0


@pytest.mark.parametrize(
    ("competency", "minutes"),
    [("skills/talk", 10), ("skills/walk", 30), ("skills/fly", None), ("other/talk", None)],
)
def test_what_a_competency_asks_for(competency: str, minutes: int | None) -> None:
    assert rules.required_minutes(FRAMEWORKS, competency) == minutes


DAYS = [datetime(2026, 3, day, tzinfo=UTC) for day in range(1, 9)]


def gain(day: int, minutes: int, source_key: str = "", round_number: int = 1) -> Gain:
    return Gain(1, "skills/talk", source_key or f"m{day}", round_number, minutes, DAYS[day])


def test_attained_at_the_gain_that_crosses_whatever_the_order() -> None:
    gains = [gain(5, 9), gain(1, 4), gain(3, 6), gain(2, 5, "m1", 2)]
    assert rules.crossing(gains, 4) == DAYS[1]
    assert rules.crossing(gains, 10) == DAYS[3]
    assert rules.crossing(gains, 11) == DAYS[3], "of a repeated module its best round"
    assert rules.crossing(gains, 12) == rules.crossing(gains, 20) == DAYS[5]
    assert rules.crossing(gains, 21) is None
    assert rules.crossing(gains, None) is None
    assert rules.crossing([], 1) is None


def test_what_of_evidence_does_not_follow() -> None:
    day = DAYS[1].date()
    assert rules.evidence_fault(gain(1, 5), day, Recorded(5, day)) is None
    assert rules.evidence_fault(None, None, Recorded(5, day)) == "does not follow from a completed module"
    for wrong in (Recorded(6, day), Recorded(5, DAYS[2].date())):
        told = f"has {wrong.minutes} minutes of {wrong.earned_on}, it should have 5 of 2026-03-02"
        assert rules.evidence_fault(gain(1, 5), day, wrong) == told


def test_a_name_is_framework_and_competency() -> None:
    assert rules.split("skills/talk") == ("skills", "talk")
