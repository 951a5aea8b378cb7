"""What corrections make of answers, as plain functions: grades, plans, what is told afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessments import rules
from lms.assessments.items import Grade
from lms.assessments.rules import Amendment, FormItem, Line, Sat, Standing
from lms.assessments.rules.amending import amended
from lms.assessments.rules.proposals import (
    Proposal,
    check_plan,
    parse_decisions,
    read,
    said_of,
    stored,
)
from lms.assessments.rules.regrading import standing_of
from lms.assessments.specs import QuizSpec
from lms.errors import RuleBroken
from tests.conftest import AT
from tests.factories.learning import QUIZ, RIGHT, UNSAFE, item


def quiz_of(**changes: Any) -> QuizSpec:
    return QuizSpec.read({**QUIZ, **changes})


QUIZ_SPEC = quiz_of()
FORM = tuple(FormItem(each.id, each.choices) for each in QUIZ_SPEC.questions)
WRONG = {"q-one": ("b",), "q-two": ("c", "d"), "q-three": ("false",)}
EVERYONE = Amendment("q-one", "everyone")


def sat(chosen: Any, *, quiz: QuizSpec = QUIZ_SPEC, **changes: Any) -> Sat:
    """Return an attempt at `quiz` as its key graded it."""
    result = rules.grade(quiz, FORM, chosen)
    grades = {key: each for key, each in result.grades.items() if key in chosen}
    made = Sat(1, "a" * 20, 7, 1, 1, "en", AT, FORM, chosen, grades, standing_of(result))
    return replace(made, **changes)


def judged(each: Sat, *decisions: Amendment, taken: Any = (), quiz: QuizSpec = QUIZ_SPEC) -> Line:
    return rules.judge(quiz, each, {made.item_id: made for made in decisions}, dict(taken))


def question(item_id: str = "q-one", quiz: QuizSpec = QUIZ_SPEC) -> Any:
    found = quiz.item(item_id)
    assert found is not None
    return found


class TestAmending:
    @pytest.mark.parametrize(
        ("item_id", "chosen", "amendment", "earned"),
        [
            ("q-one", ("b",), Amendment("q-one", "everyone"), Grade(1, correct=True)),
            ("q-one", (), Amendment("q-one", "everyone"), Grade(1, correct=True)),
            ("q-one", ("b",), Amendment("q-one", "accept", "b"), Grade(1, correct=True)),
            ("q-one", ("c",), Amendment("q-one", "accept", "b"), Grade(0, correct=False)),
            ("q-one", ("a",), Amendment("q-one", "accept", "b"), Grade(1, correct=True)),
            ("q-one", ("b",), Amendment("q-one", "version", "9"), Grade(0, correct=False)),
            ("q-one", ("b",), Amendment("q-one", "drop"), Grade(0, correct=False)),
            ("q-two", ("a", "b", "c"), Amendment("q-two", "accept", "c"), Grade(3, correct=True)),
            ("q-two", ("a", "b"), Amendment("q-two", "accept", "c"), Grade(3, correct=True)),
            ("q-two", ("c",), Amendment("q-two", "accept", "c"), Grade(0, correct=False)),
            ("q-three", ("false",), Amendment("q-three", "accept", "false"), Grade(1, correct=True)),
        ],
    )
    def test_what_an_answer_earns(
        self, item_id: str, chosen: tuple[str, ...], amendment: Amendment, earned: Grade
    ) -> None:
        asked = question(item_id)
        assert amended(asked, chosen, rules.grade_item(asked, chosen), amendment) == earned

    def test_without_a_correction_nothing_changes(self) -> None:
        assert amended(question(), ("b",), None, None) is None
        assert amended(question(), ("b",), None, Amendment("q-one", "accept", "c")) is None

    def test_the_key_of_a_later_version_counts(self) -> None:
        later = question(quiz=quiz_of(items=[item("q-one", key=["b"]), *QUIZ["items"][1:]]))
        made = Amendment("q-one", "version", "2", later)
        assert amended(question(), ("b",), Grade(0, correct=False), made) == Grade(1, correct=True)
        assert amended(question(), ("a",), Grade(1, correct=True), made) == Grade(0, correct=False)

    def test_what_can_be_accepted_are_choices_that_are_not_right(self) -> None:
        assert rules.acceptable(question()) == ("b", "c", "d")
        assert rules.acceptable(question("q-three")) == ("false",)
        other = question().model_copy(update={"type": "ordering"})
        assert rules.acceptable(other) == ()

    @pytest.mark.parametrize(
        ("changes", "fits"),
        [
            ({"key": ["b"]}, True),
            ({"prompt": "Other words?"}, True),
            ({"points": 2}, False),
            ({"options": [{"id": each, "text": each} for each in "abc"]}, False),
        ],
    )
    def test_which_later_question_is_the_same(self, changes: Any, fits: bool) -> None:
        later = question(quiz=quiz_of(items=[item("q-one", **changes), *QUIZ["items"][1:]]))
        assert rules.is_replaceable(question(), later) is fits


class TestJudging:
    def test_who_failed_by_a_wrong_question_passes(self) -> None:
        line = judged(sat(UNSAFE), EVERYONE)
        assert (line.effect, line.before.passed, line.after.passed, line.after.percent) == ("gains", False, True, 100)
        assert line.changed == {"q-one": Grade(1, correct=True)}
        assert rules.is_touched(line)

    def test_a_pass_is_kept_with_its_points(self) -> None:
        line = judged(sat(RIGHT), Amendment("q-two", "drop"), Amendment("q-one", "version", "2", _later("b")))
        assert (line.effect, line.after, line.changed) == ("kept", line.before, {})
        assert (line.earned.percent, line.earned.passed) == (50, False)
        assert not rules.is_touched(line)

    def test_a_pass_is_taken_away_only_where_somebody_decided(self) -> None:
        made = (Amendment("q-one", "version", "2", _later("b")),)
        line = judged(sat(RIGHT), *made, taken={"a" * 20: "Copied."})
        assert (line.effect, line.after.passed) == ("loses", False)
        assert judged(sat(RIGHT), *made, taken={"b" * 20: "Copied."}).effect == "kept"

    def test_points_go_up_and_down(self) -> None:
        assert judged(sat(WRONG), Amendment("q-three", "everyone")).effect == "better"
        assert judged(sat(WRONG), Amendment("q-three", "drop")).effect == "better"
        half = {**WRONG, "q-three": ("true",)}
        assert judged(sat(half), Amendment("q-three", "drop")).effect == "worse"
        assert judged(sat(RIGHT), EVERYONE).effect == "same"

    def test_what_is_not_asked_counts_for_nothing(self) -> None:
        assert judged(sat(WRONG), Amendment("q-four", "everyone")).effect == "same"

    def test_earlier_corrections_go_on_counting(self) -> None:
        first = judged(sat(WRONG), EVERYONE)
        again = replace(
            first.sat,
            stands=first.after,
            grades={**first.sat.grades, **first.changed},
            amendments={"q-one": EVERYONE},
        )
        line = judged(again, Amendment("q-three", "everyone"))
        assert (line.before.points, line.after.points) == (1, 2)
        assert judged(again, EVERYONE).effect == "same"

    def test_nothing_may_be_left(self) -> None:
        with pytest.raises(RuleBroken, match="nothing_left"):
            judged(sat(WRONG), *(Amendment(each.id, "drop") for each in QUIZ_SPEC.questions))

    def test_a_dropped_question_is_not_looked_at_by_the_doctor(self) -> None:
        drop = {"q-one": Amendment("q-one", "drop")}
        result = rules.grade(QUIZ_SPEC, FORM, UNSAFE, amendments=drop)
        told = replace(result, grades={**result.grades, "q-one": Grade(0, correct=False)})
        assert rules.faults_of(QUIZ_SPEC, FORM, UNSAFE, told, amendments=drop) == ()
        assert rules.faults_of(QUIZ_SPEC, FORM, UNSAFE, told) != ()

    def test_the_first_pass_of_a_round_is_announced(self) -> None:
        early, late = (
            judged(sat(UNSAFE, id=number, submitted_at=AT + timedelta(hours=number)), EVERYONE) for number in (1, 2)
        )
        other = judged(sat(UNSAFE, person_id=8), EVERYONE)
        assert rules.newly_passed([late, early, other], []) == (other, early)
        assert rules.newly_passed([late, early, other], [(7, 1)]) == (other,)

    def test_lines_that_somebody_should_look_at_come_first(self) -> None:
        kept = judged(sat(RIGHT, public_id="z" * 20), Amendment("q-one", "version", "2", _later("b")))
        gains = judged(sat(UNSAFE), EVERYONE)
        assert rules.by_effect([gains, kept]) == [kept, gains]
        assert rules.counted([gains, kept]) == dict.fromkeys(rules.EFFECTS, 0) | {"kept": 1, "gains": 1}

    def test_the_mark_tells_plans_apart(self) -> None:
        line = judged(sat(UNSAFE), EVERYONE)
        mark = rules.mark_of([EVERYONE], [line], {})
        assert mark == rules.mark_of([EVERYONE], [line], {})
        others = [
            rules.mark_of([Amendment("q-one", "drop")], [line], {}),
            rules.mark_of([EVERYONE], [], {}),
            rules.mark_of([EVERYONE], [line], {"a": "b"}),
            rules.mark_of([EVERYONE], [replace(line, after=line.before)], {}),
        ]
        assert mark not in others
        assert len(mark) == 32


def _later(key: str) -> Any:
    return question(quiz=quiz_of(items=[item("q-one", key=[key], critical=True), *QUIZ["items"][1:]]))


ANSWERS = st.fixed_dictionaries(
    {
        "q-one": st.sampled_from([("a",), ("b",), ("c",), ("d",)]),
        "q-two": st.sets(st.sampled_from("abcd"), min_size=1).map(lambda each: tuple(sorted(each))),
        "q-three": st.sampled_from([("true",), ("false",)]),
    }
)
DECISIONS = st.lists(
    st.one_of(
        st.builds(Amendment, st.sampled_from(["q-one", "q-two", "q-three"]), st.just("everyone")),
        st.builds(Amendment, st.sampled_from(["q-one", "q-two"]), st.just("drop")),
        st.builds(Amendment, st.sampled_from(["q-one", "q-two"]), st.just("accept"), st.sampled_from("abcd")),
        st.sampled_from("abcd").map(lambda key: Amendment("q-one", "version", "2", _later(key))),
    ),
    min_size=1,
    max_size=4,
)


@given(ANSWERS, DECISIONS, st.booleans())
def test_a_pass_is_never_lost_without_a_decision(chosen: Any, decisions: list[Amendment], decided: bool) -> None:
    each = sat(chosen)
    line = judged(each, *decisions, taken={each.public_id: "Why."} if decided else {})
    assert 0 <= line.after.points <= line.after.max_points
    if not decided:
        assert line.after.passed >= line.before.passed
        assert line.effect != "loses"
    if line.effect != "kept":
        assert line.after == line.earned


@given(ANSWERS, DECISIONS)
def test_doing_it_twice_is_doing_it_once(chosen: Any, decisions: list[Amendment]) -> None:
    made = {each.item_id: each for each in decisions}
    first = judged(sat(chosen), *made.values())
    counting = {} if first.effect == "kept" else made
    done = replace(first.sat, stands=first.after, grades={**first.sat.grades, **first.changed}, amendments=counting)
    again = judged(done, *made.values())
    assert not rules.is_touched(again)
    assert again.after == first.after
    result = rules.Result(
        first.after.points, first.after.max_points, first.after.percent, first.after.passed, done.grades
    )
    assert rules.faults_of(QUIZ_SPEC, FORM, chosen, result, amendments=counting) == ()


@given(ANSWERS, st.sampled_from(["q-one", "q-two", "q-three"]))
def test_right_for_everyone_and_one_more_choice_never_cost_a_point(chosen: Any, item_id: str) -> None:
    for choice in rules.acceptable(question(item_id)):
        assert judged(sat(chosen), Amendment(item_id, "accept", choice)).after.points >= sat(chosen).stands.points
    everyone = judged(sat(chosen), Amendment(item_id, "everyone"))
    assert everyone.after.points >= sat(chosen).stands.points
    assert everyone.changed.get(item_id, Grade(question(item_id).points, correct=True)).correct


class TestProposals:
    def test_decisions_are_read_as_they_are_said(self) -> None:
        said = ["q-one:everyone", "q-two:accept:c", "q-three:version:12", "q-four:drop"]
        decisions = parse_decisions(said)
        assert [said_of(each) for each in decisions] == said
        assert read(stored(decisions)) == decisions
        assert parse_decisions(["q-one:drop", "q-one:everyone"]) == (EVERYONE,)
        assert Proposal("alpha", decisions).item_ids == {"q-one", "q-two", "q-three", "q-four"}

    @pytest.mark.parametrize(
        "said",
        ["", "q-one", ":drop", "q-one:guess", "q-one:accept", "q-one:drop:a", "q-one:accept:a:b", "q-one:version:"],
    )
    def test_anything_else_is_refused(self, said: str) -> None:
        with pytest.raises(RuleBroken, match="unknown_decision"):
            parse_decisions([said])

    def test_what_may_be_proposed(self) -> None:
        gains, same = judged(sat(UNSAFE), EVERYONE), judged(sat(RIGHT), EVERYONE)
        lost = judged(sat(RIGHT), Amendment("q-one", "version", "2", _later("b")), taken={"a" * 20: "Copied."})
        check_plan([gains, same], {}, 99)
        check_plan([same, gains], {}, 99)
        check_plan([lost], {"a" * 20: "Copied."}, 99)

    @pytest.mark.parametrize(
        ("chosen", "taken", "person_id", "code"),
        [
            (RIGHT, {}, 99, "nothing_changes"),
            (UNSAFE, {}, 7, "own_attempt"),
            (UNSAFE, {"a" * 20: "Why."}, 99, "not_losing"),
        ],
    )
    def test_what_may_not(self, chosen: Any, taken: Any, person_id: int, code: str) -> None:
        with pytest.raises(RuleBroken, match=code):
            check_plan([judged(sat(chosen), EVERYONE)], taken, person_id)

    def test_taking_a_pass_away_needs_a_reason(self) -> None:
        lost = judged(sat(RIGHT), Amendment("q-one", "version", "2", _later("b")), taken={"a" * 20: " "})
        with pytest.raises(RuleBroken, match="reason_needed"):
            check_plan([lost], {"a" * 20: " "}, 99)


class TestFeedback:
    @pytest.mark.parametrize(
        ("policy", "has_passed", "told"),
        [
            ("now", False, "all"),
            ("now", True, "all"),
            ("after-passing", False, "topics"),
            ("after-passing", True, "all"),
            ("never", False, "score"),
            ("never", True, "score"),
        ],
    )
    def test_how_much_is_told(self, policy: str, has_passed: bool, told: str) -> None:
        assert rules.told_after(policy, has_passed=has_passed) == told

    def test_what_to_read_again(self) -> None:
        items = [item("q-one"), item("q-two", competency="skills/walk"), item("q-three", competency="skills/walk")]
        quiz = quiz_of(items=items)
        grades = {"q-one": Grade(1, correct=True), "q-two": Grade(0, correct=False)}
        assert rules.to_read_again(quiz, FORM, grades) == ("skills/walk",)
        assert rules.to_read_again(quiz, FORM[:1], {}) == ("skills/talk",)


def test_the_standing_of_a_result() -> None:
    result = rules.grade(QUIZ_SPEC, FORM, RIGHT)
    assert standing_of(result) == Standing(5, 5, 100, True)
