"""Reads of learning, for many persons at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from lms.actor import Actor
from lms.content.library import current
from lms.courses import queries
from lms.courses.models import ModuleCompletion
from lms.courses.rules import NextStep
from lms.db import insert_once, reading, write
from lms.errors import NotFound
from lms.surveys.models import SurveyReceipt
from tests.assessments.test_views import counting
from tests.conftest import AT
from tests.courses.test_service import answer_survey, complete, finish, pass_quiz
from tests.factories import Make
from tests.factories.learning import actor_of, publish_drafts


@pytest.fixture
def actors(app: Flask, make: Make) -> list[Actor]:
    publish_drafts()
    return [actor_of(make.person()) for _ in range(4)]


@pytest.fixture
def mixed(actors: list[Actor]) -> list[Actor]:
    """The first has completed alpha, the second passed its quiz alone, the third read a lesson, the fourth nothing."""
    complete(actors[0])
    pass_quiz(actors[1])
    finish(actors[2], "second")
    return actors


def test_progress_of_many_in_five_queries(mixed: list[Actor]) -> None:
    ids = [actor.person_id for actor in mixed]
    library = current(reading())
    with counting() as seen:
        found = queries.progress_of(reading(), library, ids, ["alpha", "beta", "gamma", "retired"])
    assert len([each for each in seen if each.startswith("SELECT")]) == 5
    assert len(found) == 12
    stands = [found[person_id, "alpha"] for person_id in ids]
    assert [each.finished for each in stands] == [("first", "second"), (), ("second",), ()]
    assert [each.quiz for each in stands] == ["passed", "passed", "todo", "todo"]
    assert [each.surveyed for each in stands] == [True, False, False, False]
    assert [each.completed_on is not None for each in stands] == [True, False, False, False]
    assert [each.is_begun for each in stands] == [True, True, True, False]
    assert (found[ids[0], "gamma"].quiz, found[ids[0], "gamma"].has_survey) == ("none", False)


def test_progress_of_nobody_and_of_nothing_asks_nothing(actors: list[Actor]) -> None:
    library = current(reading())
    with counting() as seen:
        assert queries.progress_of(reading(), library, [], ["alpha"]) == {}
        assert queries.progress_of(reading(), library, [1], ["retired"]) == {}
    assert seen == []


def test_the_next_step_of_one_person(mixed: list[Actor]) -> None:
    library = current(reading())

    def next_of(actor: Actor, key: str = "alpha") -> NextStep:
        return queries.next_step_in_module(reading(), library, actor.person_id, key)

    assert [next_of(actor).kind for actor in mixed] == ["done", "lesson", "lesson", "lesson"]
    assert next_of(mixed[2]) == NextStep("lesson", "first", 1, 2, 5)
    finish(mixed[2], "first")
    assert next_of(mixed[2]) == NextStep("quiz", minutes=5, quiz="todo")
    with pytest.raises(NotFound):
        next_of(mixed[0], "retired")


def test_completions_of_the_latest_round(mixed: list[Actor]) -> None:
    ids = [actor.person_id for actor in mixed]
    (first,) = queries.completions_of(reading(), ids).values()
    assert (first.round, first.minutes, first.completed_at, first.language) == (1, 15, AT, "en")
    row: dict[str, Any] = dict(
        reading().execute(select(ModuleCompletion.__table__).limit(1)).mappings().one(),
        public_id="x" * 20,
        round=2,
        completed_at=AT + timedelta(days=700),
    )
    del row["id"]
    write(lambda s: insert_once(s, ModuleCompletion, [row]) and None)
    reading().rollback()
    assert queries.completions_of(reading(), ids, ["alpha"])[ids[0], "alpha"].round == 2
    assert queries.completions_of(reading(), None)[ids[0], "alpha"].round == 2
    assert queries.completions_of(reading(), ids, ["gamma"]) == {}
    assert queries.completions_of(reading(), ids[1:]) == {}
    everything = queries.list_completions(reading(), None)
    assert [(each.module_key, each.round) for each in everything] == [("alpha", 1), ("alpha", 2)]
    assert queries.list_completions(reading(), ids) == everything
    assert queries.list_completions(reading(), ids[1:]) == []


def test_who_worked_since(mixed: list[Actor]) -> None:
    ids = [actor.person_id for actor in mixed]
    found = queries.worked_since(reading(), dict.fromkeys(ids, AT), ["alpha"])
    assert found == {(person_id, "alpha") for person_id in ids[:3]}
    assert queries.worked_since(reading(), dict.fromkeys(ids[1:], AT + timedelta(seconds=1)), ["alpha"]) == set()
    assert queries.worked_since(reading(), dict.fromkeys(ids, AT), ["beta"]) == set()
    finish(mixed[1], "first", at=AT - timedelta(days=3))
    finish(mixed[1], "second", at=AT - timedelta(days=3))
    reading().rollback()
    tomorrow = AT + timedelta(days=1)
    later = dict.fromkeys(ids, tomorrow)
    assert queries.worked_since(reading(), later, ["alpha"]) == set()
    answer_survey(mixed[1], at=tomorrow)
    assert queries.worked_since(reading(), later, ["alpha"]) == {(ids[1], "alpha")}
    write(lambda s: s.execute(delete(SurveyReceipt)) and None)
    reading().rollback()
    assert queries.worked_since(reading(), later, ["alpha"]) == {(ids[1], "alpha")}, "the completion alone"
    each = {ids[0]: AT, ids[1]: tomorrow + timedelta(days=1)}
    assert queries.worked_since(reading(), each, ["alpha"]) == {(ids[0], "alpha")}, "each since her own instant"
    assert queries.worked_since(reading(), {}, ["alpha"]) == set()


def test_a_completion_survives_a_change_of_its_language(mixed: list[Actor]) -> None:
    write(lambda s: s.execute(update(ModuleCompletion).values(language="to")) and None)
    reading().rollback()
    (found,) = queries.completions_of(reading(), [mixed[0].person_id]).values()
    assert found.language == "to"
