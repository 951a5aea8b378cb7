"""What a report needs, what it is about, and how far a translation is, as plain functions."""

from __future__ import annotations

from typing import Any

import pytest

from lms.assessments.specs import QuizSpec
from lms.errors import RuleBroken
from lms.translating import rules
from lms.translating.messages import FAULTS, SENTENCES, STAFF_STATES, STATES
from tests.factories.learning import QUIZ, item

CASE = {"id": "home-visit", "type": "scenario", "prompt": "A story.", "items": [item("q-in"), item("q-also")]}


@pytest.mark.parametrize(
    ("fault", "words", "recent", "code"),
    [
        ("no-sense", "", 0, None),
        ("other", "Too long.", rules.MOST_A_DAY - 1, None),
        ("other", " ", 0, "words_needed"),
        ("rude", "", 0, "unknown_fault"),
        ("no-sense", "", rules.MOST_A_DAY, "too_many_reports"),
    ],
)
def test_what_a_report_needs(fault: str, words: str, recent: int, code: str | None) -> None:
    if code is None:
        rules.check_report(fault, words, recent)
        return
    with pytest.raises(RuleBroken, match=code):
        rules.check_report(fault, words, recent)


def test_who_is_told_no_is_told_why() -> None:
    rules.check_answer("confirmed", "")
    rules.check_answer("not-wrong", "It is the word of the glossary.")
    with pytest.raises(RuleBroken, match="answer_needed"):
        rules.check_answer("not-wrong", " ")


@pytest.mark.parametrize(
    ("address", "at", "is_there"),
    [
        ("quiz.yml:q-one.prompt", "quiz.yml:q-one", True),
        ("quiz.yml:q-one.prompt", "quiz.yml:q-one.prompt", True),
        ("quiz.yml:q-one-more.prompt", "quiz.yml:q-one", False),
        ("quiz.yml:q-one.prompt", "", False),
        ("quiz.yml:q-one.prompt", "quiz", False),
        ("quiz.yml:q-one.prompt", "quiz.yml:", False),
    ],
)
def test_which_sentences_stand_at_an_address(address: str, at: str, is_there: bool) -> None:
    assert rules.is_under(address, at) is is_there


@pytest.mark.parametrize(
    ("at", "item_ids"),
    [
        ("quiz.yml:q-one", ("q-one",)),
        ("quiz.yml:q-one.a", ("q-one",)),
        ("quiz.yml:home-visit.prompt", ("q-in", "q-also")),
        ("quiz.yml:none", ()),
        ("lessons/first.md:q-one", ()),
    ],
)
def test_which_questions_an_address_is_about(at: str, item_ids: tuple[str, ...]) -> None:
    quiz: Any = QuizSpec.read({**QUIZ, "items": [*QUIZ["items"], CASE]})
    assert rules.questions_of(quiz, at) == item_ids


def test_sentences_are_counted_by_state() -> None:
    count = rules.count_states(["missing", "stale", "draft", "approved"])
    assert dict(count.states) == dict.fromkeys(rules.COUNTED, 0) | {"missing": 1, "stale": 1, "draft": 1, "approved": 1}
    assert (count.total, count.percent_translated, count.percent_approved) == (4, 50, 25)
    nothing = rules.count_states([])
    assert (nothing.total, nothing.percent_translated, nothing.percent_approved) == (0, 100, 100)
    with pytest.raises(KeyError):
        rules.count_states(["source"])


def test_every_fault_and_state_has_words() -> None:
    assert tuple(FAULTS) == rules.FAULTS
    assert tuple(STATES) == tuple(STAFF_STATES) == rules.STATES
    assert tuple(SENTENCES) == rules.COUNTED
