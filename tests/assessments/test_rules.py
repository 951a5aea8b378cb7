"""Rules of quizzes, with hypothesis for grading."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lms.assessments import rules
from lms.assessments.rules import FormItem
from lms.assessments.specs import QuizSpec
from lms.errors import RuleBroken
from tests.factories.learning import QUIZ, RIGHT, UNSAFE, item

OPTIONS = "abcd"


def quiz_of(*items: dict, **changes: object) -> QuizSpec:
    return QuizSpec.read({"pass_mark": 80, "items": list(items), **changes})


def whole_form(quiz: QuizSpec) -> tuple[FormItem, ...]:
    return tuple(FormItem(each.id, each.choices) for each in quiz.questions)


QUIZ_SPEC = QuizSpec.read(QUIZ)
FORM = whole_form(QUIZ_SPEC)


class TestDrawing:
    def test_draws_as_many_as_the_quiz_says_and_each_once(self) -> None:
        quiz = quiz_of(*(item(f"q-{n}") for n in range(9)), draw=4)
        drawn = rules.draw_form(quiz, random.Random(3))
        assert len({entry.item_id for entry in drawn}) == len(drawn) == 4

    def test_asks_every_critical_question(self) -> None:
        quiz = quiz_of(*(item(f"q-{n}", critical=n in {2, 7}) for n in range(9)), draw=3)
        for seed in range(30):
            assert {"q-2", "q-7"} <= {entry.item_id for entry in rules.draw_form(quiz, random.Random(seed))}

    def test_more_critical_questions_than_are_drawn_are_refused(self) -> None:
        critical = [item(f"q-{n}", critical=True) for n in range(3)]
        with pytest.raises(ValidationError, match="draw at least the 3 critical questions, not 2"):
            quiz_of(*critical, item("q-other"), draw=2)
        assert len(rules.draw_form(quiz_of(*critical, item("q-other"), draw=3), random.Random(1))) == 3

    def test_without_draw_everything_is_asked(self) -> None:
        assert len(rules.draw_form(QUIZ_SPEC, random.Random(0))) == 3

    def test_order_and_options_vary_but_true_stands_before_false(self) -> None:
        forms = [rules.draw_form(QUIZ_SPEC, random.Random(seed)) for seed in range(40)]
        assert len({tuple(entry.item_id for entry in form) for form in forms}) > 1
        options = [{entry.item_id: entry.option_ids for entry in form} for form in forms]
        assert len({each["q-one"] for each in options}) > 1
        assert {each["q-three"] for each in options} == {("true", "false")}
        assert all(sorted(each["q-two"]) == list(OPTIONS) for each in options)


class TestChecking:
    def test_sorts_and_drops_what_is_open(self) -> None:
        found = rules.check_chosen(QUIZ_SPEC, FORM, {"q-two": ("b", "a"), "q-one": ()})
        assert found == {"q-two": ("a", "b")}

    @pytest.mark.parametrize(
        "chosen",
        [
            {"q-unknown": ("a",)},
            {"q-one": ("z",)},
            {"q-one": ("a", "b")},
            {"q-three": ("true", "false")},
            {"q-two": ("a", "a")},
            {"q-three": ("a",)},
        ],
        ids=["question", "option", "two of one", "both", "twice", "option of another"],
    )
    def test_refuses_what_does_not_belong(self, chosen: dict) -> None:
        with pytest.raises(RuleBroken) as caught:
            rules.check_chosen(QUIZ_SPEC, FORM, chosen)
        assert caught.value.code == "foreign_answer"

    def test_a_question_that_was_not_drawn_does_not_belong(self) -> None:
        with pytest.raises(RuleBroken):
            rules.check_chosen(QUIZ_SPEC, FORM[:1], {"q-two": ("a",)})

    def test_unanswered_in_the_order_shown(self) -> None:
        assert rules.unanswered(QUIZ_SPEC, FORM, {"q-two": ("a",)}) == {"q-one": "choice", "q-three": "choice"}
        assert list(rules.unanswered(QUIZ_SPEC, FORM, {})) == ["q-one", "q-two", "q-three"]
        assert rules.unanswered(QUIZ_SPEC, FORM, RIGHT) == {}


class TestGrading:
    def test_all_right(self) -> None:
        result = rules.grade(QUIZ_SPEC, FORM, RIGHT)
        assert (result.points, result.max_points, result.percent, result.passed) == (5, 5, 100, True)
        assert all(grade.correct for grade in result.grades.values())

    def test_a_wrong_critical_answer_fails_whatever_the_percentage(self) -> None:
        result = rules.grade(QUIZ_SPEC, FORM, UNSAFE)
        assert (result.points, result.percent, result.passed) == (4, 80, False)

    def test_exactly_the_mark_passes_and_a_point_less_fails(self) -> None:
        quiz = quiz_of(*(item(f"q-{n}") for n in range(5)))
        four = {f"q-{n}": ("a",) for n in range(4)}
        assert rules.grade(quiz, whole_form(quiz), four).passed
        assert not rules.grade(quiz, whole_form(quiz), dict(list(four.items())[:3])).passed

    def test_percent_is_rounded_down_and_never_lifts_a_fail(self) -> None:
        quiz = quiz_of(*(item(f"q-{n}") for n in range(3)), pass_mark=67)
        result = rules.grade(quiz, whole_form(quiz), {"q-0": ("a",), "q-1": ("a",)})
        assert (result.percent, result.passed) == (66, False)

    @pytest.mark.parametrize(
        ("chosen", "points"),
        [("ab", 3), ("a", 1), ("abc", 1), ("ac", 0), ("cd", 0), ("", 0), ("abcd", 0)],
    )
    def test_partial_credit_of_several_choices(self, chosen: str, points: int) -> None:
        found = rules.grade_item(QUIZ_SPEC.questions[1], chosen)
        assert (found.points, found.correct) == (points, chosen == "ab")

    def test_one_point_is_not_shared(self) -> None:
        several = quiz_of(item("q", "multiple")).questions[0]
        assert rules.grade_item(several, "a").points == 0

    @pytest.mark.parametrize(("chosen", "points"), [("true", 1), ("false", 0)])
    def test_true_false(self, chosen: str, points: int) -> None:
        assert rules.grade_item(QUIZ_SPEC.questions[2], [chosen]).points == points


@st.composite
def several_choices(draw: st.DrawFn) -> Any:
    key = draw(st.sets(st.sampled_from(OPTIONS), min_size=1))
    points = draw(st.integers(1, 100))
    return quiz_of(item("q", "multiple", key=sorted(key), points=points)).questions[0]


@given(several_choices(), st.sets(st.sampled_from(OPTIONS)))
def test_points_stay_between_none_and_all_and_full_points_need_the_whole_key(one: Any, chosen: set[str]) -> None:
    found = rules.grade_item(one, chosen)
    assert 0 <= found.points <= one.points
    assert found.correct == (chosen == set(one.key))
    assert (found.points == one.points) == found.correct


@given(several_choices(), st.sets(st.sampled_from(OPTIONS)), st.sampled_from(OPTIONS))
def test_one_more_right_choice_never_costs_and_one_more_wrong_never_earns(
    one: Any, chosen: set[str], more: str
) -> None:
    before, after = rules.grade_item(one, chosen - {more}), rules.grade_item(one, chosen | {more})
    assert after.points >= before.points if more in one.key else after.points <= before.points


@given(
    st.lists(
        st.tuples(st.sampled_from(["single", "multiple", "true-false"]), st.integers(1, 9), st.booleans()),
        min_size=1,
        max_size=8,
    ),
    st.integers(1, 100),
    st.data(),
)
def test_a_result_follows_from_its_grades(kinds: list[tuple[str, int, bool]], mark: int, data: st.DataObject) -> None:
    quiz = quiz_of(
        *(item(f"q-{n}", kind, points=points, critical=critical) for n, (kind, points, critical) in enumerate(kinds)),
        pass_mark=mark,
    )
    chosen = {}
    for each in quiz.questions:
        many = len(each.choices) if each.type == "multiple" else 1
        chosen[each.id] = tuple(sorted(data.draw(st.sets(st.sampled_from(each.choices), max_size=many))))
    result = rules.grade(quiz, whole_form(quiz), chosen)
    assert result.points == sum(grade.points for grade in result.grades.values())
    assert result.max_points == sum(each.points for each in quiz.questions)
    assert 100 * result.points / result.max_points - 1 < result.percent <= 100 * result.points / result.max_points
    safe = all(result.grades[each.id].correct for each in quiz.questions if each.critical)
    assert result.passed == (safe and result.points * 100 >= mark * result.max_points)
    assert result.passed <= (result.percent >= mark)


class TestDigests:
    def test_order_of_questions_does_not_matter_but_content_and_attempt_do(self) -> None:
        one = rules.digest("x", {"q": ("a", "b"), "r": ("c",)})
        assert one == rules.digest("x", {"r": ("c",), "q": ("a", "b")})
        assert one != rules.digest("y", {"r": ("c",), "q": ("a", "b")})
        assert one != rules.digest("x", {"q": ("a",), "r": ("c",)})
        assert one != rules.digest("x", {"q": ("b", "a"), "r": ("c",)}), "what was put in another order differs"

    def test_overtaken_only_when_unseen_answers_would_be_lost(self) -> None:
        empty = rules.digest("x", {})
        assert not rules.is_overtaken("x", {}, {"q": ("a",)}, empty)
        assert rules.is_overtaken("x", {"q": ("b",)}, {"q": ("a",)}, empty)
        assert not rules.is_overtaken("x", {"q": ("a",)}, {"q": ("a",)}, empty)
        assert not rules.is_overtaken("x", {"q": ("b",)}, {"q": ("a",)}, rules.digest("x", {"q": ("b",)}))

    def test_differing_questions(self) -> None:
        assert set(rules.differing({"q": ("a",), "r": ("b",)}, {"q": ("a",), "s": ("c",)})) == {"r", "s"}


class TestLanguages:
    @pytest.mark.parametrize(
        ("locale", "states", "both", "shown"),
        [
            ("en", {"source"}, True, "en"),
            ("to", {"missing"}, False, "en"),
            ("to", {"approved"}, False, "to"),
            ("to", {"approved"}, True, "to+en"),
            ("to", {"approved", "draft"}, False, "to+en"),
            ("sm", {"stale"}, False, "sm+en"),
            ("es", {"approved", "missing"}, False, "es+en"),
            ("es", {"reviewed"}, False, "es+en"),
        ],
    )
    def test_english_stands_beneath_what_is_not_approved(
        self, locale: str, states: set[str], both: bool, shown: str
    ) -> None:
        assert rules.shown_language(locale, states, both=both) == shown

    @pytest.mark.parametrize(
        ("shown", "joined"),
        [(["en", "en"], "en"), (["to", "to"], "to"), (["to", "to+en"], "to+en"), (["to", "en"], "to+en"), ([], "en")],
    )
    def test_joined(self, shown: list[str], joined: str) -> None:
        assert rules.joined_language("to", shown) == joined

    def test_own(self) -> None:
        assert [rules.own_language(each) for each in ("to+en", "es", "en")] == ["to", "es", "en"]


def test_what_of_a_stored_result_does_not_follow_from_its_answers() -> None:
    right = rules.grade(QUIZ_SPEC, FORM, RIGHT)
    assert rules.faults_of(QUIZ_SPEC, FORM, RIGHT, right) == ()
    (told,) = rules.faults_of(QUIZ_SPEC, FORM, RIGHT, replace(right, passed=False))
    assert (
        told == "5 of 5 points (100 percent, not passed) stored, its answers earn 5 of 5 points (100 percent, passed)"
    )
    for wrong in (replace(right, points=4), replace(right, max_points=6), replace(right, percent=99)):
        assert len(rules.faults_of(QUIZ_SPEC, FORM, RIGHT, wrong)) == 1
    grades = {**right.grades, "q-two": rules.Grade(1, correct=False)}
    assert rules.faults_of(QUIZ_SPEC, FORM, RIGHT, replace(right, grades=grades)) == (
        "what the answer to q-two earned is stored wrongly",
    )
    for form in ((), (FormItem("q-stranger", ("a",)),)):
        assert rules.faults_of(QUIZ_SPEC, form, RIGHT, right) == ("its questions are not those of its revision",)
