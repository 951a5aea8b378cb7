"""Attempts: started once, saved, graded once, whatever comes twice, late or from elsewhere."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms.actor import Actor
from lms.assessments import queries, rules, service
from lms.assessments.events import QuizPassed, quiz_passed
from lms.assessments.models import Attempt, AttemptAnswer
from lms.assessments.service import Sheet, Shown
from lms.audit.models import AuditEvent
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import RIGHT, UNSAFE, actor_of, module, publish_drafts, standard
from tests.racing import race

ENGLISH = Shown("en")
WRONG = {"q-one": ("b",), "q-two": ("c", "d"), "q-three": ("false",)}
KEY = "0" * 32
OTHER_KEY = "1" * 32


@pytest.fixture
def actor(app: Flask, make: Make) -> Actor:
    publish_drafts()
    return actor_of(make.person("Ana"))


def start(actor: Actor, module_key: str = "alpha", *, shown: Shown = ENGLISH, seed: int = 1) -> str:
    public_id = write(
        lambda s: service.start_attempt(s, actor, module_key, shown=shown, at=AT, chance=random.Random(seed))
    )
    reading().rollback()
    return public_id


def sheet(public_id: str, chosen: dict[str, tuple[str, ...]], *, saved: Any = None, module_key: str = "alpha") -> Sheet:
    return Sheet(module_key, public_id, chosen, rules.digest(public_id, saved or {}))


def submit(actor: Actor, one: Sheet, *, key: str = KEY, shown: Shown = ENGLISH, at: Any = AT) -> service.Outcome:
    outcome = write(lambda s: service.submit_attempt(s, actor, one, client_id=key, shown=shown, at=at))
    reading().rollback()
    return outcome


def save(actor: Actor, one: Sheet, *, shown: Shown = ENGLISH, at: Any = AT) -> None:
    write(lambda s: service.save_answers(s, actor, one, shown=shown, at=at))
    reading().rollback()


def answers_of(public_id: str) -> dict[str, Any]:
    reading().rollback()
    rows = reading().execute(
        select(AttemptAnswer)
        .join(Attempt, Attempt.id == AttemptAnswer.attempt_id)
        .where(Attempt.public_id == public_id)
    )
    return {row.item_id: row for row in rows.scalars()}


def counted(*models: type) -> list[int]:
    reading().rollback()
    return [reading().execute(select(func.count()).select_from(model)).scalar_one() for model in models]


class Heard:
    """Keeps what was announced."""

    def __init__(self) -> None:
        self.facts: list[QuizPassed] = []

    def __call__(self, fact: QuizPassed, *, session: object) -> None:
        self.facts.append(fact)


@pytest.fixture
def heard() -> Any:
    listener = Heard()
    with quiz_passed.connected_to(listener):
        yield listener


class TestStarting:
    def test_a_second_start_takes_up_the_open_attempt(self, actor: Actor) -> None:
        assert start(actor) == start(actor, seed=9)
        assert counted(Attempt) == [1]

    def test_the_form_is_drawn_once_and_bound_to_the_revision(self, actor: Actor) -> None:
        start(actor)
        attempt = queries.find_attempt(reading(), actor.person_id, "alpha")
        assert attempt is not None
        assert {entry.item_id for entry in attempt.form} == {"q-one", "q-two", "q-three"}
        assert attempt.revision_id == current(reading()).get("module", "alpha").revision_id
        assert (attempt.number, attempt.round, attempt.shown_language, attempt.passed) == (1, 1, "en", None)

    def test_after_a_fail_the_next_number_with_a_new_draw(self, actor: Actor) -> None:
        first = start(actor)
        submit(actor, sheet(first, WRONG))
        second = start(actor, seed=2)
        assert second != first
        rows = reading().execute(select(Attempt.number, Attempt.form).order_by(Attempt.number)).all()
        assert [row.number for row in rows] == [1, 2]
        assert rows[0].form != rows[1].form

    def test_not_after_a_pass(self, actor: Actor) -> None:
        submit(actor, sheet(start(actor), RIGHT))
        with pytest.raises(RuleBroken) as caught:
            start(actor)
        assert caught.value.code == "already_passed"

    def test_another_round_counts_from_one(self, actor: Actor) -> None:
        submit(actor, sheet(start(actor), RIGHT))
        write(lambda s: service.start_attempt(s, actor, "alpha", shown=ENGLISH, at=AT, round_number=2))
        assert reading().execute(select(Attempt.round, Attempt.number).order_by(Attempt.round)).all() == [
            (1, 1),
            (2, 1),
        ]

    @pytest.mark.parametrize("module_key", ["nothing", "gamma"])
    def test_without_a_quiz_there_is_nothing(self, actor: Actor, module_key: str) -> None:
        with pytest.raises(NotFound):
            start(actor, module_key)
        assert counted(Attempt) == [0]

    def test_another_module_comes_first(self, actor: Actor) -> None:
        with pytest.raises(RuleBroken) as caught:
            start(actor, "beta")
        assert (caught.value.code, caught.value.values) == ("prerequisite", {"module": "alpha"})
        assert counted(Attempt) == [0]

    def test_remembers_the_words_shown(self, actor: Actor) -> None:
        start(actor, shown=Shown("to"))
        attempt = queries.find_attempt(reading(), actor.person_id, "alpha")
        assert attempt is not None
        assert attempt.shown_language == "to+en"
        assert attempt.locale_revision_id == current(reading()).words("module", "alpha", "to").revision_id


class TestSaving:
    def test_keeps_what_was_chosen_and_can_change_and_clear_it(self, actor: Actor) -> None:
        one = start(actor)
        save(actor, sheet(one, {"q-one": ("b",), "q-two": ("a", "b")}))
        save(actor, sheet(one, {"q-one": ("a",)}, saved={"q-one": ("b",), "q-two": ("a", "b")}))
        found = answers_of(one)
        assert (found["q-one"].chosen, found["q-two"].chosen, "q-three" in found) == (["a"], [], False)
        assert found["q-one"].points is None
        assert queries.find_attempt(reading(), actor.person_id, "alpha").submitted_at is None

    def test_an_unchanged_answer_keeps_its_time_and_language(self, actor: Actor) -> None:
        one = start(actor)
        save(actor, sheet(one, {"q-one": ("a",), "q-two": ("a",)}), shown=Shown("to"))
        later = AT + timedelta(hours=1)
        save(
            actor,
            sheet(one, {"q-one": ("a",), "q-two": ("b",)}, saved={"q-one": ("a",), "q-two": ("a",)}),
            shown=Shown("en"),
            at=later,
        )
        found = answers_of(one)
        assert (found["q-one"].shown_language, found["q-one"].answered_at) == ("to", AT)
        assert (found["q-two"].shown_language, found["q-two"].answered_at) == ("en", later)

    def test_another_window_is_not_overwritten(self, actor: Actor) -> None:
        one = start(actor)
        save(actor, sheet(one, {"q-one": ("a",)}))
        for fn in (save, submit):
            with pytest.raises(RuleBroken) as caught:
                fn(actor, sheet(one, {**RIGHT, "q-one": ("b",)}))
            assert caught.value.code == "changed_elsewhere"
        assert answers_of(one)["q-one"].chosen == ["a"]

    def test_the_same_answers_again_are_fine(self, actor: Actor) -> None:
        one = start(actor)
        save(actor, sheet(one, {"q-one": ("a",)}))
        save(actor, sheet(one, {"q-one": ("a",)}))
        assert counted(AttemptAnswer) == [1]

    def test_after_handing_in_nothing_changes(self, actor: Actor) -> None:
        one = start(actor)
        submit(actor, sheet(one, WRONG))
        with pytest.raises(RuleBroken) as caught:
            save(actor, sheet(one, RIGHT, saved=WRONG))
        assert caught.value.code == "already_handed_in"
        assert answers_of(one)["q-one"].chosen == ["b"]


class TestSubmitting:
    def test_a_pass_is_graded_logged_and_announced(self, actor: Actor, heard: Heard) -> None:
        one = start(actor)
        assert submit(actor, sheet(one, RIGHT), shown=Shown("to")).passed is True
        attempt = queries.find_attempt(reading(), actor.person_id, "alpha")
        assert attempt is not None
        assert (attempt.points, attempt.max_points, attempt.percent, attempt.passed) == (5, 5, 100, True)
        assert (attempt.submitted_at, attempt.client_id, attempt.shown_language) == (AT, KEY, "to+en")
        assert {key: (row.points, row.correct) for key, row in answers_of(one).items()} == {
            "q-one": (1, True),
            "q-two": (3, True),
            "q-three": (1, True),
        }
        assert {key: row.shown_language for key, row in answers_of(one).items()} == {
            "q-one": "to",
            "q-two": "to+en",
            "q-three": "en",
        }
        (fact,) = heard.facts
        (subject,) = fact.subjects
        assert (subject.person_id, subject.module_key, subject.round) == (actor.person_id, "alpha", 1)
        assert (subject.language, subject.passed_at) == ("to", AT)
        assert reading().execute(select(AuditEvent.action, AuditEvent.subject_id).order_by(AuditEvent.id)).all() == [
            ("assessments.submitted", one)
        ]

    def test_a_fail_is_not_announced(self, actor: Actor, heard: Heard) -> None:
        assert submit(actor, sheet(start(actor), UNSAFE)).passed is False
        assert heard.facts == []

    def test_saved_answers_are_graded_with_the_changed_ones(self, actor: Actor) -> None:
        one = start(actor)
        saved = {"q-one": ("a",), "q-two": ("c",)}
        save(actor, sheet(one, saved))
        assert submit(actor, sheet(one, RIGHT, saved=saved)).passed is True
        assert {key: (row.chosen, row.points, row.correct) for key, row in answers_of(one).items()} == {
            "q-one": (["a"], 1, True),
            "q-two": (["a", "b"], 3, True),
            "q-three": (["true"], 1, True),
        }

    def test_open_questions_are_told_and_the_rest_is_saved(self, actor: Actor, heard: Heard) -> None:
        one = start(actor)
        assert set(submit(actor, sheet(one, {"q-one": ("a",)})).missing) == {"q-two", "q-three"}
        assert answers_of(one)["q-one"].chosen == ["a"]
        assert queries.find_attempt(reading(), actor.person_id, "alpha").submitted_at is None
        assert submit(actor, sheet(one, RIGHT, saved={"q-one": ("a",)})).passed is True

    def test_the_same_key_and_answers_again_get_the_first_result(self, actor: Actor, heard: Heard) -> None:
        one = start(actor)
        first = submit(actor, sheet(one, RIGHT))
        assert submit(actor, sheet(one, RIGHT), at=AT + timedelta(days=1)) == first
        assert (len(heard.facts), *counted(AttemptAnswer, AuditEvent)) == (1, 3, 1)

    def test_the_same_key_with_other_answers_is_refused(self, actor: Actor) -> None:
        one = start(actor)
        submit(actor, sheet(one, WRONG))
        with pytest.raises(RuleBroken) as caught:
            submit(actor, sheet(one, RIGHT))
        assert caught.value.code == "same_key_other_answers"
        assert queries.find_attempt(reading(), actor.person_id, "alpha").passed is False

    def test_the_key_of_another_attempt_is_refused(self, actor: Actor) -> None:
        submit(actor, sheet(start(actor), WRONG))
        with pytest.raises(RuleBroken) as caught:
            submit(actor, sheet(start(actor), RIGHT))
        assert caught.value.code == "same_key_other_answers"

    def test_a_second_window_gets_the_one_result_and_is_told_of_other_answers(self, actor: Actor, heard: Heard) -> None:
        one = start(actor)
        submit(actor, sheet(one, WRONG))
        assert submit(actor, sheet(one, WRONG), key=OTHER_KEY).passed is False
        with pytest.raises(RuleBroken) as caught:
            submit(actor, sheet(one, RIGHT), key=OTHER_KEY)
        assert caught.value.code == "already_handed_in"
        assert answers_of(one)["q-one"].chosen == ["b"]

    def test_another_persons_attempt_is_not_there(self, actor: Actor, make: Make) -> None:
        one = start(actor)
        stranger = actor_of(make.person("Bea"))
        for fn in (save, submit):
            with pytest.raises(NotFound):
                fn(stranger, sheet(one, RIGHT))
        assert counted(AttemptAnswer) == [0]

    def test_an_attempt_is_not_found_under_another_module(self, actor: Actor) -> None:
        with pytest.raises(NotFound):
            submit(actor, sheet(start(actor), RIGHT, module_key="beta"))

    @pytest.mark.parametrize("fn", [save, submit])
    def test_answers_that_do_not_belong_are_refused(self, actor: Actor, fn: Callable[..., Any]) -> None:
        one = start(actor)
        with pytest.raises(RuleBroken) as caught:
            fn(actor, sheet(one, {**RIGHT, "q-stranger": ("a",)}))
        assert caught.value.code == "foreign_answer"
        assert counted(AttemptAnswer) == [0]

    def test_a_running_attempt_keeps_its_quiz_when_the_content_changes(self, actor: Actor) -> None:
        one = start(actor)
        quiz = {"pass_mark": 100, "items": [{**RIGHT_IS_B}]}
        publish_drafts([each for each in standard() if each.key != "alpha"] + [module("alpha", quiz=quiz)])
        assert submit(actor, sheet(one, RIGHT)).passed is True

    def test_a_switch_of_language_takes_the_current_words(self, actor: Actor) -> None:
        one = start(actor, shown=Shown("es"))
        submit(actor, sheet(one, RIGHT), shown=Shown("to"))
        attempt = queries.find_attempt(reading(), actor.person_id, "alpha")
        assert attempt.shown_language == "to+en"
        assert attempt.locale_revision_id == current(reading()).words("module", "alpha", "to").revision_id


RIGHT_IS_B = {
    "id": "q-one",
    "type": "single",
    "competency": "skills/talk",
    "prompt": "Changed?",
    "options": [{"id": each, "text": each.upper()} for each in "abc"],
    "key": ["b"],
    "feedback": "B it is.",
}


def together(app: Flask, jobs: list[Callable[[], Any]]) -> list[Any]:
    """Run jobs at the same moment in threads of their own, and return what each came to."""
    return [each.code if isinstance(each, RuleBroken) else each for each in race(app, *jobs)]


class TestRaces:
    def test_two_windows_hand_in_at_once_and_one_result_stands(self, app: Flask, actor: Actor, heard: Heard) -> None:
        one = start(actor)
        outcomes = together(
            app,
            [
                lambda: submit(actor, sheet(one, RIGHT), key=KEY).passed,
                lambda: submit(actor, sheet(one, WRONG), key=OTHER_KEY).passed,
                lambda: submit(actor, sheet(one, RIGHT), key=KEY).passed,
                lambda: submit(actor, sheet(one, WRONG), key=OTHER_KEY).passed,
            ],
        )
        attempt = queries.find_attempt(reading(), actor.person_id, "alpha")
        assert sorted(map(str, outcomes)) == sorted([str(attempt.passed), "already_handed_in"] * 2)
        assert counted(AttemptAnswer, AuditEvent) == [3, 1]
        assert len(heard.facts) == int(attempt.passed)

    def test_starts_at_once_make_one_attempt(self, app: Flask, actor: Actor) -> None:
        assert len(set(together(app, [lambda: start(actor)] * 4))) == 1
        assert counted(Attempt) == [1]


def test_doctor_grades_every_attempt_anew_and_changes_nothing(actor: Actor, make: Make) -> None:
    other = actor_of(make.person("Bea"))
    one, two, open_one = start(actor), start(other), start(actor_of(make.person("Cleo")))
    submit(actor, sheet(one, WRONG))
    submit(other, sheet(two, RIGHT))

    def look(*people: Actor) -> list[str]:
        ids = [each.person_id for each in people] or None
        found = write(lambda s: service.recompute(s, current(s), at=AT, person_ids=ids))
        assert not any(each.mendable for each in found)
        return [each.text for each in found]

    assert look() == []
    forge = update(Attempt).where(Attempt.public_id == one)
    write(lambda s: s.execute(forge.values(points=5, percent=100, passed=True)) and None)
    told = "5 of 5 points (100 percent, passed) stored, its answers earn 0 of 5 points (0 percent, not passed)"
    assert look() == look(actor) == [f"attempt {one}: {told}"]
    assert look(other) == []
    change = update(AttemptAnswer).where(AttemptAnswer.item_id == "q-two", AttemptAnswer.correct)
    write(lambda s: s.execute(change.values(chosen=["a"])) and None)
    assert len(look(other)) == 2, "the attempt's result, and the answer's own points"
    assert open_one not in "".join(look())
    assert queries.find_attempt(reading(), actor.person_id, "alpha").passed is True
