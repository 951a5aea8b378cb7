"""Finishing lessons and completing modules, step by step, in any order, and all at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from lms.actor import Actor
from lms.assessments import rules as quiz_rules
from lms.assessments import service as assessments
from lms.assessments.models import Attempt, AttemptAnswer
from lms.assessments.service import Sheet
from lms.audit.models import AuditEvent
from lms.content.library import current
from lms.courses import service
from lms.courses.events import ModuleCompleted, module_completed
from lms.courses.models import LessonProgress, ModuleCompletion
from lms.courses.service import Shown
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.surveys import service as surveys
from lms.surveys.events import SurveyAnswered, SurveyDone, SurveyStarted, survey_answered, survey_started
from lms.surveys.models import SurveyReceipt
from tests.assessments.test_service import together
from tests.assessments.test_views import counting
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import RIGHT, actor_of, module, publish_drafts, secret_key, standard

ENGLISH = Shown("en")


@pytest.fixture
def actor(app: Flask, make: Make) -> Actor:
    publish_drafts()
    return actor_of(make.person("Ana"))


@pytest.fixture
def heard() -> Iterator[list[ModuleCompleted]]:
    facts: list[ModuleCompleted] = []

    def listen(fact: ModuleCompleted, *, session: object) -> None:
        facts.append(fact)

    with module_completed.connected_to(listen):
        yield facts


def finish(actor: Actor, lesson: str, *, key: str = "alpha", shown: Shown = ENGLISH, at: Any = AT) -> bool:
    is_new = write(lambda s: service.finish_lesson(s, actor, key, lesson, shown=shown, at=at))
    reading().rollback()
    return is_new


def pass_quiz(actor: Actor, *, key: str = "alpha", locale: str = "en", at: Any = AT) -> None:
    shown = assessments.Shown(locale)
    public_id = write(lambda s: assessments.start_attempt(s, actor, key, shown=shown, at=at, chance=random.Random(1)))
    sheet = Sheet(key, public_id, RIGHT, quiz_rules.digest(public_id, {}))
    write(lambda s: assessments.submit_attempt(s, actor, sheet, client_id=public_id + "0" * 12, shown=shown, at=at))
    reading().rollback()


def answer_survey(actor: Actor, *, key: str = "alpha", at: Any = AT) -> None:
    write(
        lambda s: surveys.answer_module_survey(
            s, actor, key, {"useful": "4"}, language="en", secret_key=secret_key(), at=at
        )
    )
    reading().rollback()


def complete(actor: Actor, key: str = "alpha") -> None:
    """Do everything that a module asks for."""
    for lesson in ("first", "second"):
        finish(actor, lesson, key=key)
    pass_quiz(actor, key=key)
    if key == "alpha":
        answer_survey(actor, key=key)


def completions() -> list[Any]:
    reading().rollback()
    return list(reading().execute(select(ModuleCompletion).order_by(ModuleCompletion.id)).scalars())


class TestFinishing:
    def test_notes_what_was_read_and_in_which_language(self, actor: Actor) -> None:
        assert finish(actor, "first", shown=Shown("to", both=True))
        (row,) = reading().execute(select(LessonProgress)).scalars()
        library = current(reading())
        assert (row.person_id, row.module_key, row.lesson_key, row.round) == (actor.person_id, "alpha", "first", 1)
        assert row.finished_at == AT
        assert row.revision_id == library.get("module", "alpha").revision_id
        assert row.locale_revision_id == library.words("module", "alpha", "to").revision_id
        assert row.shown_language == "to+en"

    def test_a_second_time_changes_nothing(self, actor: Actor) -> None:
        assert finish(actor, "first")
        assert not finish(actor, "first", shown=Shown("to"), at=AT + timedelta(days=1))
        (row,) = reading().execute(select(LessonProgress)).scalars()
        assert (row.finished_at, row.shown_language) == (AT, "en")

    @pytest.mark.parametrize(("key", "lesson"), [("nothing", "first"), ("alpha", "nothing")])
    def test_what_does_not_exist(self, actor: Actor, key: str, lesson: str) -> None:
        with pytest.raises(NotFound):
            finish(actor, lesson, key=key)

    def test_another_module_comes_first(self, actor: Actor) -> None:
        with pytest.raises(RuleBroken) as caught:
            finish(actor, "first", key="beta")
        assert (caught.value.code, caught.value.values) == ("prerequisite", {"module": "alpha"})
        complete(actor)
        assert finish(actor, "first", key="beta")


class TestCompleting:
    def test_the_last_step_completes_whatever_the_order(
        self, actor: Actor, make: Make, heard: list[ModuleCompleted]
    ) -> None:
        for order in (("lessons", "quiz", "survey"), ("quiz", "lessons", "survey")):
            heard.clear()
            self.one_order(actor_of(make.person()), order, heard)

    def test_the_survey_waits_for_lessons_and_quiz(self, actor: Actor) -> None:
        for step in (lambda: finish(actor, "first"), lambda: finish(actor, "second"), lambda: pass_quiz(actor)):
            with pytest.raises(RuleBroken) as caught:
                answer_survey(actor)
            assert caught.value.code == "earlier_steps"
            step()
        assert reading().execute(select(func.count()).select_from(SurveyReceipt)).scalar_one() == 0
        answer_survey(actor)
        assert len(completions()) == 1

    def test_a_survey_about_something_else_is_not_kept_closed(self, actor: Actor) -> None:
        fact = SurveyStarted(SurveyDone(actor.person_id, "feedback", "session:12", 1))
        write(lambda s: survey_started.send(fact, session=s) and None)

    def one_order(self, actor: Actor, order: tuple[str, ...], heard: list[ModuleCompleted]) -> None:
        steps = {
            "lessons": lambda at: [finish(actor, lesson, at=at) for lesson in ("first", "second")],
            "quiz": lambda at: pass_quiz(actor, locale="to", at=at),
            "survey": lambda at: answer_survey(actor, at=at),
        }
        for number, step in enumerate(order):
            assert [row for row in completions() if row.person_id == actor.person_id] == []
            steps[step](AT + timedelta(hours=number))
        (row,) = [row for row in completions() if row.person_id == actor.person_id]
        last = AT + timedelta(hours=2)
        assert (row.module_key, row.round, row.minutes) == ("alpha", 1, 15)
        assert (row.completed_at, row.completed_on.isoformat(), row.language) == (last, "2026-03-05", "to")
        assert row.revision_id == current(reading()).get("module", "alpha").revision_id
        (fact,) = heard
        (credit,) = fact.subjects
        assert (credit.person_id, credit.module_key, credit.minutes) == (actor.person_id, "alpha", 15)
        assert (credit.completed_at, credit.completed_on, credit.language) == (last, row.completed_on, "to")

    def test_nothing_completes_twice(self, actor: Actor, heard: list[ModuleCompleted]) -> None:
        complete(actor)
        finish(actor, "second")
        answer_survey(actor)
        library = current(reading())
        candidates = [(actor.person_id, "alpha", 1)]
        assert write(lambda s: service.complete_modules(s, library, candidates, at=AT)) == ()
        assert (len(completions()), len(heard)) == (1, 1)

    def test_lessons_alone_complete_a_module_without_quiz_and_survey(self, actor: Actor) -> None:
        finish(actor, "only", key="gamma", shown=Shown("to", both=True))
        (row,) = completions()
        assert (row.module_key, row.minutes, row.language) == ("gamma", 5, "en")

    def test_a_module_without_survey_completes_with_its_quiz(self, actor: Actor) -> None:
        complete(actor)
        complete(actor, "beta")
        assert [row.module_key for row in completions()] == ["alpha", "beta"]

    def test_an_evening_in_los_angeles_is_still_that_day(self, actor: Actor) -> None:
        complete(actor)
        finish(actor, "only", key="gamma", at=AT.replace(day=6, hour=6))
        assert completions()[-1].completed_on.isoformat() == "2026-03-05"

    def test_steps_of_another_round_do_not_count(self, actor: Actor) -> None:
        complete(actor)
        finish(actor, "first", key="beta")
        write(
            lambda s: service.finish_lesson(s, actor, "beta", "second", shown=ENGLISH, at=AT, round_number=2) and None
        )
        pass_quiz(actor, key="beta")
        assert [row.module_key for row in completions()] == ["alpha"]

    def test_many_persons_complete_in_one_announcement(
        self, actor: Actor, make: Make, heard: list[ModuleCompleted]
    ) -> None:
        others = [actor_of(make.person()) for _ in range(3)]
        for each in [actor, *others]:
            complete(each)
        write(lambda s: s.execute(delete(ModuleCompletion)) and None)
        heard.clear()
        library = current(reading())
        candidates = [(each.person_id, key, 1) for each in [actor, *others[:2]] for key in ("alpha", "gamma")]
        found = write(lambda s: service.complete_modules(s, library, candidates, at=AT))
        assert {(each.person_id, each.module_key) for each in found} == {
            (each.person_id, "alpha") for each in [actor, *others[:2]]
        }
        assert len(heard) == 1
        assert len({row.public_id for row in completions()}) == 3

    def test_an_answer_about_something_else_or_a_retired_module_is_heard_in_peace(self, actor: Actor) -> None:
        for subject in ("session:12", "module:retired"):
            fact = SurveyAnswered((SurveyDone(actor.person_id, "feedback", subject, 1),), AT)
            write(lambda s, fact=fact: survey_answered.send(fact, session=s) and None)
        assert completions() == []


def spoil(statement: Any) -> None:
    """Change rows behind the services' back."""
    write(lambda s: s.execute(statement) and None)
    reading().rollback()


class TestMending:
    def look(self, *people: Actor, mendable: bool = True) -> list[str]:
        """Recompute, and return what was found; `mendable` tells of what kind all of it has to be."""
        ids = [each.person_id for each in people] or None
        at = AT + timedelta(days=30)
        found = write(lambda s: service.recompute(s, current(s), at=at, person_ids=ids))
        assert {each.mendable for each in found} <= {mendable}
        reading().rollback()
        return [each.text for each in found]

    def test_a_missed_completion_is_recorded_with_the_day_it_was_earned(
        self, actor: Actor, make: Make, heard: list[ModuleCompleted]
    ) -> None:
        complete(actor)
        (day,) = [row.completed_on for row in completions()]
        spoil(delete(ModuleCompletion))
        heard.clear()
        assert self.look(actor_of(make.person())) == []
        assert self.look(actor) == [f"person {actor.person_id}: module alpha was complete and not recorded"]
        (row,) = completions()
        assert (row.completed_at, row.completed_on, row.language) == (AT, day, "en")
        assert len(heard) == 1
        actions = list(reading().execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars())
        assert actions.count("courses.completion_mended") == 1
        assert self.look() == []

    def test_nothing_is_made_up(self, actor: Actor) -> None:
        complete(actor)
        spoil(delete(ModuleCompletion))
        spoil(delete(LessonProgress).where(LessonProgress.lesson_key == "second"))
        assert self.look() == []
        spoil(delete(SurveyReceipt))
        finish(actor, "second")
        assert self.look() == []

    def test_a_module_that_lost_a_lesson_completes_those_who_had_done_the_rest(self, actor: Actor) -> None:
        finish(actor, "first")
        pass_quiz(actor)
        publish_drafts([each for each in standard() if each.key != "alpha"] + [module("alpha", ["first"], survey=None)])
        assert len(self.look()) == 1
        assert self.look() == [], "judged under the revision in which it was completed"

    def test_a_retired_module_is_left_alone(self, actor: Actor) -> None:
        complete(actor)
        spoil(delete(ModuleCompletion))
        publish_drafts([each for each in standard() if each.key not in {"alpha", "beta"}])
        assert self.look() == []

    def test_a_completion_without_a_basis_is_told_and_left(self, actor: Actor, make: Make) -> None:
        other = actor_of(make.person())
        complete(actor)
        complete(other)
        assert self.look() == []
        who = f"person {actor.person_id}: module alpha, round 1,"
        for model in (LessonProgress, Attempt, SurveyReceipt):
            key = model.person_id == actor.person_id
            if model is Attempt:
                mine = select(Attempt.id).where(key)
                spoil(delete(AttemptAnswer).where(AttemptAnswer.attempt_id.in_(mine)))
            spoil(delete(model).where(key))
        spoil(update(ModuleCompletion).where(ModuleCompletion.person_id == actor.person_id).values(minutes=600))
        assert self.look(mendable=False) == [
            f"{who} was completed without lesson first",
            f"{who} was completed without lesson second",
            f"{who} was completed without its quiz",
            f"{who} was completed without its survey",
            f"{who} is credited with 600 minutes, its revision says 15",
        ]
        assert self.look(other) == []
        assert len(completions()) == 2

    def test_the_number_of_queries_does_not_grow_with_people(self, actor: Actor, make: Make) -> None:
        counts = []
        for _ in range(2):
            complete(actor_of(make.person()))
            complete(actor_of(make.person()))
            with counting() as seen:
                self.look()
            counts.append(len(seen))
        assert counts[0] == counts[1]


def test_the_last_two_steps_at_once_complete_the_module_once(
    app: Flask, actor: Actor, heard: list[ModuleCompleted]
) -> None:
    complete(actor)
    finish(actor, "first", key="beta")
    heard.clear()
    together(
        app,
        [lambda: finish(actor, "second", key="beta"), lambda: pass_quiz(actor, key="beta")] * 2,
    )
    assert ([row.module_key for row in completions()], len(heard)) == (["alpha", "beta"], 1)


def test_a_module_that_was_taught_together_is_read_by_all_who_may_begin_it(
    actor: Actor, make: Make, heard: list[ModuleCompleted]
) -> None:
    other = make.person("Luis").person_id
    people = [actor.person_id, other]
    taught = lambda key: write(  # noqa: E731
        lambda s: service.finish_together(s, current(s), people, key, language="to", at=AT)
    )
    assert taught("beta") == (), "alpha comes first"
    assert taught("alpha") == tuple(sorted(people))
    assert taught("alpha") == (), "twice changes nothing"
    found = reading().execute(select(LessonProgress.shown_language, LessonProgress.module_key).distinct()).all()
    assert [tuple(row) for row in found] == [("to", "alpha")]
    assert heard == [], "its quiz is still to come"
    reading().rollback()
    finish(actor, "only", key="gamma")
    assert taught("gamma") == (other,)
    assert {each.person_id for fact in heard for each in fact.subjects} == set(people)
    with pytest.raises(NotFound):
        taught("nothing")
