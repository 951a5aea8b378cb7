"""Rules of surveys: what an answer may hold, and what a group must be before anything is shown."""

from __future__ import annotations

from datetime import date

import pytest

from lms.content.library import Source
from lms.errors import RuleBroken
from lms.surveys import rules
from lms.surveys.specs import SurveySpec
from tests.factories.learning import SURVEY as DRAFT

SURVEY = SurveySpec.from_source(Source("survey", "feedback", 1, "", DRAFT.body))
SHEET = {"useful": 4, "length": "short", "change": "Listen more"}


def test_answers_in_their_stored_shape() -> None:
    checked = rules.check_answers(SURVEY.questions, {"useful": "4", "length": "short", "change": "  Listen\r\nmore "})
    assert checked.answers == {"useful": 4, "length": "short", "change": "Listen\nmore"}
    assert checked.errors == {}


def test_open_answers_are_left_out_and_required_ones_named() -> None:
    checked = rules.check_answers(SURVEY.questions, {"useful": " ", "change": ""})
    assert (checked.answers, checked.errors) == ({}, {"useful": "missing"})


@pytest.mark.parametrize(("length", "errors"), [(1000, {}), (1001, {"change": "too_long"})])
def test_words_have_a_limit(length: int, errors: dict[str, str]) -> None:
    assert rules.check_answers(SURVEY.questions, {"useful": "1", "change": "ā" * length}).errors == errors


@pytest.mark.parametrize(
    "typed",
    [{"stranger": "1"}, {"useful": "6"}, {"useful": "0"}, {"useful": "²"}, {"useful": "NaN"}, {"length": "huge"}],
)
def test_what_does_not_belong_is_refused(typed: dict[str, str]) -> None:
    with pytest.raises(RuleBroken) as caught:
        rules.check_answers(SURVEY.questions, {"useful": "1", **typed})
    assert caught.value.code == "foreign_answer"


def test_words_are_tidied_and_nothing_else() -> None:
    assert rules.tidy("\x00a\u0301\x07 ʻ\tb\r c ") == "á ʻ\tb\n c"
    assert rules.tidy("\ud800x") == "x"


def test_only_the_month_is_kept() -> None:
    assert rules.first_of_month(date(2026, 3, 31)) == date(2026, 3, 1)
