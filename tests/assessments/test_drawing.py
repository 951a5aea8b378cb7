"""Drawing from banks: pools, fixed forms, sections, cases, linked questions, and marks of sections."""

from __future__ import annotations

import random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lms.assessments import rules, service
from lms.assessments.rules import FormItem, SectionResult
from lms.assessments.specs import QuizSpec
from lms.db import write
from lms.ids import new_client_id
from tests.conftest import AT
from tests.factories import MadePerson, Make, sign_in
from tests.factories.learning import actor_of, item, module, publish_drafts, standard

TALK, WALK = "skills/talk", "skills/walk"


def about(competency: str, *ids: str, **changes: Any) -> list[dict[str, Any]]:
    return [item(each, competency=competency, **changes) for each in ids]


def case(case_id: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"id": case_id, "type": "scenario", "prompt": f"The story of {case_id}.", "items": list(items)}


def quiz_of(*items: dict[str, Any], **changes: Any) -> QuizSpec:
    return QuizSpec.read({"pass_mark": 80, "items": list(items), **changes})


def drawn(quiz: QuizSpec, seed: int = 0, turn: int = 0) -> list[str]:
    return [entry.item_id for entry in rules.draw_form(quiz, random.Random(seed), turn)]


def fault(**changes: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        quiz_of(*about(TALK, "a", "b", "c", "d"), *about(WALK, "w"), **changes)
    (error,) = caught.value.errors()
    return str(error["msg"]).removeprefix("Value error, ")


BANK = [*about(TALK, "t1", "t2", "t3", "t4"), *about(WALK, "w1", "w2", "w3")]


class TestPools:
    QUIZ = quiz_of(*BANK, pools=[{"competency": TALK, "draw": 2}, {"competency": WALK, "draw": 1}])

    def test_draws_so_many_about_each_competency(self) -> None:
        forms = [drawn(self.QUIZ, seed) for seed in range(60)]
        for form in forms:
            assert sorted(each[0] for each in form) == ["t", "t", "w"]
            assert len(set(form)) == 3
        assert {each for form in forms for each in form} == {"t1", "t2", "t3", "t4", "w1", "w2", "w3"}
        assert self.QUIZ.drawn == 3

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"pools": [{"competency": TALK, "draw": 5}, {"competency": WALK, "draw": 1}]}, "draw 0 to 4 of the"),
            ({"pools": [{"competency": TALK, "draw": 2}]}, "no pool has the questions about skills/walk"),
            ({"pools": [{"competency": TALK, "draw": 2}], "draw": 2}, "give pools or draw"),
            ({"pools": [{"competency": TALK, "draw": 1}] * 2}, "competency used twice"),
        ],
    )
    def test_pools_that_cannot_be(self, changes: dict[str, Any], said: str) -> None:
        assert said in fault(**changes)

    def test_a_pool_holds_its_critical_questions(self) -> None:
        bank = [*about(TALK, "t1", "t2", critical=True), *about(TALK, "t3")]
        with pytest.raises(ValidationError, match="draw 2 to 3 of the questions about skills/talk, not 1"):
            quiz_of(*bank, pools=[{"competency": TALK, "draw": 1}])


class TestForms:
    QUIZ = quiz_of(*BANK, forms=[{"id": "a", "items": ["t1", "w1"]}, {"id": "b", "items": ["t2", "w2", "t3"]}])

    def test_take_turns(self) -> None:
        assert set(drawn(self.QUIZ, turn=6)) == {"t1", "w1"}
        assert set(drawn(self.QUIZ, turn=7)) == {"t2", "w2", "t3"}
        assert self.QUIZ.drawn == 3

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"forms": [{"id": "x", "items": ["a", "gone"]}]}, "there is no question 'gone'"),
            ({"forms": [{"id": "x", "items": ["a", "a"]}]}, "question used twice"),
            ({"forms": [{"id": "x", "items": ["a"]}, {"id": "x", "items": ["b"]}]}, "id used twice"),
            ({"forms": [{"id": "x", "items": ["a"]}], "draw": 2}, "give forms, or draw or pools"),
            ({"forms": [{"id": "x", "items": ["a"]}], "linked": ["b"]}, "leaves out b, which every form must ask"),
        ],
    )
    def test_forms_that_cannot_be(self, changes: dict[str, Any], said: str) -> None:
        assert said in fault(**changes)


class TestCases:
    QUIZ = quiz_of(*about(TALK, "a", "b", "c"), case("rosa", *about(WALK, "r2", "r1")), draw=3)

    def test_a_case_is_asked_whole_together_and_in_its_order(self) -> None:
        forms = [drawn(self.QUIZ, seed) for seed in range(40)]
        for form in forms:
            place = form.index("r2")
            assert form[place : place + 2] == ["r2", "r1"]
            assert len(form) == 3
        assert len({form.index("r2") for form in forms}) > 1

    def test_its_questions_are_questions_and_it_tells_its_story(self) -> None:
        assert [each.id for each in self.QUIZ.questions] == ["a", "b", "c", "r2", "r1"]
        assert self.QUIZ.cases["r1"].id == "rosa"
        told = {each.address: each for each in self.QUIZ.told()}
        assert told["rosa.prompt"].english == "The story of rosa."
        assert told["r1.feedback"].path == ("items", 3, "items", 1, "feedback")
        assert [each.path for each in self.QUIZ.references()][-1] == ("items", 3, "items", 1, "competency")

    def test_fewer_than_it_holds_cannot_be_drawn(self) -> None:
        with pytest.raises(ValidationError, match="draw at least the 2 critical questions, not 1"):
            quiz_of(item("a"), case("rosa", item("r1"), item("r2")), draw=1)

    def test_an_id_is_used_once_inside_and_outside(self) -> None:
        with pytest.raises(ValidationError, match="id used twice: a"):
            quiz_of(item("a"), case("rosa", item("r1"), item("a")))
        with pytest.raises(ValidationError, match="id used twice: rosa"):
            quiz_of(item("rosa"), case("rosa", item("r1"), item("r2")))


class TestLinked:
    def test_every_attempt_asks_them_and_the_test_before_asks_them_alone(self) -> None:
        quiz = quiz_of(*BANK, linked=["w1", "t2"], draw=3)
        assert all({"w1", "t2"} <= set(drawn(quiz, seed)) for seed in range(30))
        assert [each.item_id for each in rules.linked_form(quiz, random.Random(1))] == ["t2", "w1"]

    def test_they_must_be_questions_and_fit(self) -> None:
        assert "there is no question 'gone'" in fault(linked=["gone"])
        assert "question used twice" in fault(linked=["a", "a"])
        assert "draw at least the 3" in fault(linked=["a", "b", "c"], draw=2)


class TestSections:
    SECTIONS = (
        {"id": "talking", "title": "Talking", "competencies": [TALK], "pass_mark": 50},
        {"id": "walking", "title": "Walking", "competencies": [WALK], "pass_mark": 100},
    )
    QUIZ = quiz_of(*BANK, sections=list(SECTIONS), pass_mark=50)

    def test_keep_their_order(self) -> None:
        for seed in range(30):
            assert [each[0] for each in drawn(self.QUIZ, seed)] == list("ttttwww")

    def test_each_has_its_own_mark(self) -> None:
        form = [FormItem(each.id, each.choices) for each in self.QUIZ.questions]
        right = {each.id: ("a",) for each in self.QUIZ.questions}
        result = rules.grade(self.QUIZ, form, right)
        assert result.sections == (SectionResult("talking", 100, True), SectionResult("walking", 100, True))
        assert result.passed
        wrong = rules.grade(self.QUIZ, form, right | {"w3": ("b",)})
        assert (wrong.percent, wrong.passed) == (85, False)
        assert wrong.sections[1] == SectionResult("walking", 66, False)
        assert rules.grade(self.QUIZ, form, right | {"t1": ("b",), "t2": ("b",)}).passed

    def test_one_that_was_not_asked_has_no_result(self) -> None:
        form = [FormItem(each.id, each.choices) for each in self.QUIZ.questions if each.competency == TALK]
        assert [each.section_id for each in rules.grade(self.QUIZ, form, {"t1": ("a",)}).sections] == ["talking"]

    def test_every_question_belongs_to_one(self) -> None:
        assert "w is about skills/walk, which no section has" in fault(sections=[self.SECTIONS[0]])
        twice = {**self.SECTIONS[1], "competencies": [TALK, WALK]}
        assert "competency used twice" in fault(sections=[self.SECTIONS[0], twice])

    def test_their_titles_are_told(self) -> None:
        assert [each.address for each in self.QUIZ.told()][-2:] == ["talking.title", "walking.title"]
        assert self.QUIZ.section_of(self.QUIZ.questions[0]) == self.QUIZ.sections[0]
        assert quiz_of(item("a")).section_of(quiz_of(item("a")).questions[0]) is None


@given(st.integers(0, 2**32), st.integers(2, 7), st.integers(0, 40))
def test_a_form_asks_each_question_once_and_as_many_as_it_says(seed: int, count: int, turn: int) -> None:
    quiz = quiz_of(*BANK, draw=count)
    form = drawn(quiz, seed, turn)
    assert len(form) == len(set(form)) == count


class TestPages:
    def test_the_result_tells_each_section(self, app: Flask, client: FlaskClient, make: Make) -> None:
        bank = [*about(TALK, "t1", "t2"), *about(WALK, "w1")]
        quiz = {"pass_mark": 50, "items": bank, "sections": list(TestSections.SECTIONS)}
        worth = {TALK: 5, WALK: 5}
        publish_drafts(
            [*(each for each in standard() if each.key != "alpha"), module("alpha", quiz=quiz, credits=worth)]
        )
        browser = sign_in(client, make.person())
        assert "each must be passed" in browser.get("/modules/alpha/quiz").get_data(as_text=True)
        page = self.answered(client, make.person("Ana"), "aab")
        assert "Talking</span>: 100 percent" in page or "Talking: 100 percent" in page
        assert ": 0 percent. It needs 100 percent." in page
        assert "One part of the quiz is not passed yet." in page
        assert "2 parts of the quiz are not passed yet." in self.answered(client, make.person("Bea"), "bbb")

    @staticmethod
    def answered(client: FlaskClient, person: MadePerson, chosen: str) -> str:
        """Hand in these answers to t1, t2 and w1, and return the page of the result."""
        actor, shown = actor_of(person), service.Shown("en")
        public_id = write(lambda s: service.start_attempt(s, actor, "alpha", shown=shown, at=AT))
        answers = {item: (each,) for item, each in zip(("t1", "t2", "w1"), chosen, strict=True)}
        sheet = service.Sheet("alpha", public_id, answers, rules.digest(public_id, {}))
        write(lambda s: service.submit_attempt(s, actor, sheet, client_id=new_client_id(), shown=shown, at=AT))
        return sign_in(client, person).get("/modules/alpha/quiz").get_data(as_text=True)
