"""Rules of competencies."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lms.competencies import rules
from lms.competencies.rules import Gain, Piece
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


@pytest.mark.parametrize(("minutes", "required", "attained"), [(9, 10, False), (10, 10, True), (99, None, False)])
def test_attained_when_the_minutes_are_reached(minutes: int, required: int | None, attained: bool) -> None:
    assert rules.is_attained(minutes, required) == attained


def test_the_latest_gain_is_the_moment() -> None:
    days = [datetime(2026, 3, day, tzinfo=UTC) for day in (2, 4, 3)]
    gains = [Gain(1, "skills/talk", f"m{n}", 1, 5, day) for n, day in enumerate(days)]
    other = Gain(2, "skills/talk", "m", 1, 5, days[0])
    assert rules.latest_moments([*gains, other]) == {(1, "skills/talk"): days[1], (2, "skills/talk"): days[0]}


def test_a_name_is_framework_and_competency() -> None:
    assert rules.split("skills/talk") == ("skills", "talk")
