"""Quizzes with limits, for tests of attempts."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from lms.actor import Actor
from lms.assessments import queries, rules, service
from lms.assessments.models import Attempt, AttemptAnswer
from lms.assessments.queries import AttemptRow
from lms.assessments.service import Sheet, Shown
from lms.db import reading, write
from lms.ids import new_client_id
from tests.conftest import AT
from tests.factories.learning import QUIZ, module, publish_drafts, standard

ENGLISH = Shown("en")
#: Every question wrong.
WRONG = {"q-one": ("b",), "q-two": ("c", "d"), "q-three": ("false",)}
#: Ten minutes, as `limited` sets them, have gone by.
DEADLINE = AT + timedelta(minutes=10)


def limited(**limits: int) -> None:
    """Publish the standard modules, "alpha" with these limits."""
    quiz = {**QUIZ, "limits": limits}
    publish_drafts([each for each in standard() if each.key != "alpha"] + [module("alpha", quiz=quiz)])


def start(actor: Actor, *, at: datetime = AT, number: int = 1) -> str:
    """Begin an attempt at "alpha" and return its public id."""
    chance = random.Random(1)
    return write(
        lambda s: service.start_attempt(s, actor, "alpha", shown=ENGLISH, at=at, chance=chance, round_number=number)
    )


def sheet(public_id: str, chosen: dict[str, tuple[str, ...]], saved: Any = None) -> Sheet:
    """Return what a page sends that was made when `saved` was saved."""
    return Sheet("alpha", public_id, chosen, rules.digest(public_id, saved or {}))


def save(actor: Actor, one: Sheet, at: datetime) -> service.Outcome:
    """Save answers that arrive at an instant."""
    return write(lambda s: service.save_answers(s, actor, one, shown=ENGLISH, at=at))


def submit(actor: Actor, one: Sheet, at: datetime, key: str = "") -> service.Outcome:
    """Hand in answers that arrive at an instant."""
    client_id = key or new_client_id()
    return write(lambda s: service.submit_attempt(s, actor, one, client_id=client_id, shown=ENGLISH, at=at))


def extend(actor: Actor, one: Sheet, at: datetime, had: int = 0) -> service.Outcome:
    """Ask for more time."""
    return write(lambda s: service.more_time(s, actor, one, had=had, shown=ENGLISH, at=at))


def fail(actor: Actor, at: datetime = AT) -> str:
    """Take an attempt and fail it, and return its public id."""
    one = start(actor, at=at)
    submit(actor, sheet(one, WRONG), at)
    return one


def found(public_id: str) -> AttemptRow:
    """Return an attempt as it is stored."""
    reading().rollback()
    person_id = reading().execute(select(Attempt.person_id).where(Attempt.public_id == public_id)).scalar_one()
    return queries.list_named(reading(), person_id, public_id)[0]


def answers(public_id: str) -> dict[str, tuple[str, ...]]:
    """Return {question: answer} of what is saved of an attempt."""
    reading().rollback()
    rows = reading().execute(
        select(AttemptAnswer.item_id, AttemptAnswer.chosen)
        .join(Attempt, Attempt.id == AttemptAnswer.attempt_id)
        .where(Attempt.public_id == public_id)
    )
    return {item_id: tuple(chosen) for item_id, chosen in rows if chosen}
