"""Rules of assessors and of entered results."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lms.actor import Actor, Span
from lms.assessments import rules
from lms.assessments.messages import assessing_sentence
from lms.assessments.rules import Grade, Look
from lms.assessments.specs import QuizSpec
from lms.errors import RuleBroken
from tests.assessments.assessing import BEST, QUIZ, WORST, assessed, criterion

SPEC = QuizSpec.read(QUIZ)
WAITING = ("q-write", "q-show")
DAY = date(2026, 3, 5)


def code_of(act: Any, *arguments: Any) -> str:
    with pytest.raises(RuleBroken) as caught:
        act(*arguments)
    return caught.value.code


def test_levels_earn_their_points() -> None:
    assert rules.grades_of(SPEC, WAITING, BEST) == {
        "q-write": Grade(3, correct=True),
        "q-show": Grade(1, correct=True),
    }
    assert rules.grades_of(SPEC, WAITING, WORST)["q-write"] == Grade(0, correct=False)


@pytest.mark.parametrize(
    ("levels", "code"),
    [
        ({"q-write": BEST["q-write"]}, "rubric_open"),
        ({**BEST, "q-write": {"asks": "strong"}}, "rubric_open"),
        ({**BEST, "q-write": {"asks": "strong", "hears": "best"}}, "rubric_unknown"),
        ({**BEST, "q-one": {"asks": "strong"}}, "rubric_unknown"),
        ({**BEST, "nothing": {}}, "rubric_unknown"),
    ],
)
def test_what_is_open_or_foreign_is_refused(levels: Any, code: str) -> None:
    assert code_of(rules.grades_of, SPEC, WAITING, levels) == code


def test_only_a_question_with_a_rubric_is_scored() -> None:
    assert code_of(rules.grades_of, SPEC, ("q-one",), {}) == "rubric_unknown"
    assert code_of(rules.grades_of, SPEC, ("gone",), {}) == "rubric_unknown"


def changed(**levels: str) -> Any:
    return {"q-write": {**BEST["q-write"], **levels}, "q-show": BEST["q-show"]}


@pytest.mark.parametrize(
    ("looks", "following"),
    [
        ([], "first"),
        ([Look(1, BEST)], None),
        ([Look(1, BEST, wants_second=True)], "second"),
        ([Look(1, BEST, wants_second=True), Look(2, BEST)], None),
        ([Look(1, BEST, wants_second=True), Look(2, changed(asks="shown"))], None),
        ([Look(1, changed(asks="shown"), wants_second=True), Look(2, BEST)], None),
        ([Look(1, BEST, wants_second=True), Look(2, changed(asks="not-yet"))], "certifier"),
        ([Look(1, changed(asks="not-yet"), wants_second=True), Look(2, BEST)], "certifier"),
        ([Look(1, BEST, wants_second=True), Look(2, changed(asks="not-yet")), Look(3, WORST)], None),
    ],
)
def test_who_looks_next(looks: list[Look], following: str | None) -> None:
    assert rules.next_look(SPEC, looks) == following


def test_the_last_criterion_counts_as_the_first_does() -> None:
    quiz = QuizSpec.read(
        {
            "pass_mark": 50,
            "items": [assessed("q", "practical", criterion("one", "a", "b", "c"), criterion("two", "a", "b", "c"))],
        }
    )
    one = Look(1, {"q": {"one": "a", "two": "a"}}, wants_second=True)
    assert rules.next_look(quiz, [one, Look(2, {"q": {"one": "a", "two": "c"}})]) == "certifier"


@pytest.mark.parametrize("typed", ["7k3p9qx0", "7K3P-9QX0", " 7K3P 9QXO ", "7k3p—9qxo"])
def test_the_number_of_a_sheet_is_read_however_it_is_typed(typed: str) -> None:
    assert rules.sheet_number(typed) == "7k3p9qx0"
    assert rules.sheet_number(rules.shown_number("1abc00il")) == "1abc0011"
    assert rules.shown_number("7k3p9qx0") == "7K3P-9QX0"


def test_the_day_of_the_test_lies_between_the_sheet_and_today() -> None:
    rules.check_taken(DAY, DAY, DAY)
    assert code_of(rules.check_taken, date(2026, 3, 6), DAY, DAY) == "taken_ahead"
    assert code_of(rules.check_taken, date(2026, 3, 4), DAY, DAY) == "taken_before_sheet"


@pytest.mark.parametrize(
    ("supervises", "spans", "place"),
    [
        ((), [Span(1, DAY)], None),
        ((1,), [], None),
        ((1, 2), [Span(2, DAY), Span(1, DAY)], 1),
        ((1,), [Span(1, date(2025, 1, 1), date(2026, 3, 4))], None),
        ((1,), [Span(2, DAY)], None),
    ],
)
def test_whose_staff_somebody_is(supervises: tuple[int, ...], spans: list[Span], place: int | None) -> None:
    actor = Actor(1, 1, "x", "X", "en", DAY, supervises=supervises)
    assert rules.place_of(actor, spans) == place


def test_words_are_there_and_short() -> None:
    assert rules.check_words("  why ") == "why"
    assert rules.check_note("  ") == ""
    assert code_of(rules.check_words, "  ") == "words_empty"
    assert code_of(rules.check_words, "x" * 1001) == "words_long"
    assert rules.check_note("x" * 1000)


def test_every_code_has_its_sentence(app: Any) -> None:
    codes = (
        "consent_needed rubric_open rubric_unknown scored_before scored_meanwhile words_empty words_long "
        "foreign_answer "
        "sent_before settled_before sheet_missing sheet_of_another sheet_unknown sheet_used taken_ahead "
        "taken_before_sheet already_passed attempt_open attempt_waits attempts_used entry_waits wait prerequisite "
        "file_kind"
    ).split()
    with app.test_request_context():
        assert len({assessing_sentence(RuleBroken(code)) for code in codes}) == len(codes)
