"""The download tells of a quiz no more than its pages do: what an answer earned would tell the key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from lms.actor import Actor
from lms.assessments.models import Attempt, Pretest
from lms.db import reading, write
from lms.home import queries
from tests.assessments.timed import WRONG, limited, sheet, start, submit
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import RIGHT, actor_of


@pytest.fixture
def actor(app: Flask, make: Make) -> Actor:
    limited(attempts=3)
    return actor_of(make.person("Ana"))


def download(actor: Actor) -> dict[str, Any]:
    reading().rollback()
    return dict(queries.read_export(reading(), actor.person_id))


def pretest(actor: Actor, revision_id: int) -> None:
    row = {
        "public_id": "p" * 20,
        "person_id": actor.person_id,
        "module_key": "alpha",
        "round": 1,
        "revision_id": revision_id,
        "shown_language": "en",
        "taken_at": AT,
        "answers": {"q-one": ["a"]},
        "earned": {"q-one": 1},
        "points": 1,
        "max_points": 1,
    }
    write(lambda s: s.execute(insert(Pretest).values(row)) and None)


def test_what_answers_earned_is_told_once_she_has_passed(actor: Actor) -> None:
    submit(actor, sheet(start(actor), WRONG), AT)
    answers = download(actor)["quiz_answers"]
    assert [each["attempt"] for each in answers] == [1, 1, 1]
    assert {each["item_id"]: tuple(each["chosen"]) for each in answers} == WRONG
    assert all(each.get("points") is None and each.get("correct") is None for each in answers)
    later = AT + timedelta(hours=1)
    submit(actor, sheet(start(actor, at=later), RIGHT), later)
    answers = download(actor)["quiz_answers"]
    assert {each["attempt"]: each["correct"] for each in answers} == {1: False, 2: True}
    assert sum(each["points"] for each in answers) > 0


def test_a_test_before_a_module_tells_its_points_with_the_quiz(actor: Actor) -> None:
    one = start(actor)
    pretest(actor, reading().execute(select(Attempt.revision_id)).scalar_one())
    (before,) = download(actor)["questions_before"]
    assert before["answers"] == {"q-one": ["a"]}
    assert before.get("points") is None
    submit(actor, sheet(one, WRONG), AT)
    (before,) = download(actor)["questions_before"]
    assert (before["points"], before["max_points"], before["module"]) == (1, 1, "alpha")
