"""Planted faults are found: one question of twenty that is a logit harder, or easier, in a translation.

Five fixed seeds of 20 quizzes each, 500 answers per language, as the issue asks for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from lms.assessments.rules.analysis import Fairness, Verdict, compare
from tests.assessments.analysis.simulated import ITEMS, Setup, simulate

SEEDS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Rates:
    """Which share of planted questions, and of fair ones, was flagged."""

    planted: float
    fair: float


def judged(seed: int, setup: Setup) -> Iterable[tuple[bool, Fairness]]:
    """Yield for each question whether it is the planted one, and how it was judged."""
    quiz = simulate(seed, setup)
    for unit, found in compare(quiz.english, quiz.tongan).items():
        yield unit.item == quiz.planted, found


def rates(setup: Setup, quizzes: int = 20) -> Rates:
    """Return the rates over so many quizzes of each seed."""
    planted, fair = [], []
    for seed in SEEDS:
        for number in range(quizzes):
            for is_planted, found in judged(1000 * seed + number, setup):
                (planted if is_planted else fair).append(found.verdict is Verdict.DIFFERS)
    assert len(planted) == quizzes * len(SEEDS)
    assert len(fair) == len(planted) * (ITEMS - 1)
    return Rates(sum(planted) / len(planted), sum(fair) / len(fair))


def test_planted_faults_are_found_and_fair_questions_left_alone() -> None:
    found = rates(Setup())
    print(f"planted {found.planted:.1%}, fair {found.fair:.2%}")
    assert found.planted >= 0.9
    assert found.fair <= 0.05


@pytest.mark.soak
@pytest.mark.parametrize(
    "setup",
    [
        Setup(gap=0.5),
        Setup(gap=1.0),
        Setup(gap=0.5, slope=(0.7, 1.5)),
        Setup(difficulty=(-3, 3)),
        Setup(english=1000, tongan=1000, drawn=10),
    ],
    ids=[
        "less known",
        "much less known",
        "questions that tell differently well",
        "very easy and very hard",
        "drawn by lot",
    ],
)
def test_they_are_found_in_harder_cases_too(setup: Setup) -> None:
    found = rates(setup)
    print(f"planted {found.planted:.1%}, fair {found.fair:.2%}")
    assert found.planted >= 0.9
    assert found.fair <= 0.05


def test_without_a_fault_next_to_nothing_is_flagged() -> None:
    found = rates(Setup(shift=0.0), quizzes=2)
    assert found.planted <= 0.1
    assert found.fair <= 0.02


@pytest.mark.parametrize(("english", "tongan"), [(500, 8), (8, 500), (8, 8), (10, 10)])
def test_of_eight_answers_nobody_can_tell(english: int, tongan: int) -> None:
    for _, found in judged(1, Setup(english=english, tongan=tongan)):
        assert found == Fairness(Verdict.TOO_FEW)


def test_of_thirty_answers_most_that_is_fair_stays_open_and_is_not_called_fair() -> None:
    """A figure is there, its interval is wide, and a small group is told by the exact test."""
    open_ones = [found for _, found in judged(1, Setup(tongan=30)) if found.verdict is Verdict.TOO_FEW]
    assert len(open_ones) >= 15
    assert all(found.odds and found.effect is None for found in open_ones)
    assert all(found.shrunken is not None and abs(found.shrunken) < 1.5 for found in open_ones)


def test_which_side_is_favored() -> None:
    for seed in range(1001, 1006):
        quiz = simulate(seed)
        harder = simulate(seed, Setup(shift=-1.0))
        signs = []
        for each in (quiz, harder):
            (unit,) = (unit for unit in compare(each.english, each.tongan) if unit.item == quiz.planted)
            odds = compare(each.english, each.tongan)[unit].odds
            assert odds is not None
            signs.append(odds.log_odds > 0)
        assert signs[0] is not signs[1]
