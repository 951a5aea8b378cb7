"""What the tests of tracks share: actors, credits and what was announced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import queries
from lms.assessments.items.rubrics import rubric_of
from lms.assessments.service import Scored, score_attempt
from lms.assessments.specs import QuizSpec
from lms.clock import local_date
from lms.content.library import current
from lms.courses.models import ModuleCompletion
from lms.courses.service import Shown, finish_lesson
from lms.courses.specs import ModuleSpec
from lms.db import write
from lms.demo.learning import answer_survey
from lms.demo.quizzes import Clock, take_quiz
from lms.ids import new_client_id, new_public_id
from lms.tracks.events import track_assigned, track_completed
from tests.conftest import AT
from tests.factories import MadePerson
from tests.factories.learning import secret_key
from tests.organizations.conftest import actor_of

MODULES = ("communication", "outreach")
__all__ = ["MODULES", "actor_of", "answer", "earn", "insert_credit", "learn", "read_lesson"]


def earn(person: MadePerson, *modules: str, at: datetime = AT, language: str = "to", round_: int = 1) -> None:
    """Write completed modules without telling anybody."""

    def fn(session: Any) -> None:
        for module in modules:
            insert_credit(session, person, module, at=at, language=language, round_=round_)

    write(fn)


def insert_credit(
    session: Any, person: MadePerson, module: str, *, at: datetime, language: str = "to", round_: int = 1
) -> None:
    """Write a completed module in a transaction."""
    session.execute(
        insert(ModuleCompletion).values(
            public_id=new_public_id(),
            person_id=person.person_id,
            module_key=module,
            round=round_,
            completed_at=at,
            completed_on=local_date(at),
            minutes=45,
            revision_id=current(session).get("module", module).revision_id,
            language=language,
        )
    )


def read_lesson(person: MadePerson, module: str, *, at: datetime) -> None:
    """Let a person finish the first lesson of a module."""
    actor = actor_of(person, at=at)

    def fn(session: Any) -> None:
        first = current(session).spec(ModuleSpec, "module", module).lessons[0]
        finish_lesson(session, actor, module, first.key, shown=Shown("en"), at=at)

    write(fn)


def learn(
    person: MadePerson, *modules: str, at: datetime, survey: bool = True, assessor: MadePerson | None = None
) -> None:
    """Let a person do all that modules ask for, step by step, perhaps all but their surveys.

    `assessor` scores what waits for one.
    """
    actor, clock = actor_of(person, at=at), Clock(at, timedelta(seconds=1))
    judge = actor_of(assessor, "trainer", at=at) if assessor else None

    def fn(session: Any) -> None:
        library = current(session)
        for key in modules:
            for lesson in library.spec(ModuleSpec, "module", key).lessons:
                finish_lesson(session, actor, key, lesson.key, shown=Shown("en"), at=clock.tick())
            take_quiz(session, library, actor, key, "en", clock, wrong=0)
            if judge:
                give_all(session, judge, person, key, at=clock.tick())

    write(fn)
    for key in modules if survey else ():
        answer(person, key, at=clock.tick())


def give_all(session: Session, assessor: Actor, person: MadePerson, module: str, *, at: datetime) -> None:
    """Let an assessor give all that the rubrics of a waiting attempt have to give."""
    attempt = queries.find_attempt(session, person.person_id, module, 1)
    assert attempt is not None
    rubrics = {item.id: rubric_of(item) for item in current(session).spec(QuizSpec, "module", module).questions}
    levels = {key: {each.id: "all" for each in found.criteria} for key, found in rubrics.items() if found}
    score_attempt(session, assessor, attempt.public_id, Scored(levels, "en", "none"), client_id=new_client_id(), at=at)


def answer(person: MadePerson, module: str, *, at: datetime) -> None:
    """Let a person answer the survey at the end of a module."""
    actor = actor_of(person, at=at)

    def fn(session: Any) -> None:
        library = current(session)
        spec, secret = library.spec(ModuleSpec, "module", module), secret_key()
        answer_survey(session, library, actor, spec, "en", Random(1), at, secret_key=secret)

    write(fn)


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """Return the facts that tracks announces during the test."""
    facts: list[Any] = []

    def hear(fact: Any, **_more: Any) -> None:
        facts.append(fact)

    with track_assigned.connected_to(hear), track_completed.connected_to(hear):
        yield facts
