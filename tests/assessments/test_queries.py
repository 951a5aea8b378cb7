"""Reads of attempts and passes, for many persons at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms.actor import Actor
from lms.assessments import queries, service
from lms.assessments.queries import QuizState
from lms.content.library import current
from lms.db import reading, write
from tests.assessments.test_service import WRONG, Shown, save, sheet, start, submit
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import RIGHT, actor_of, publish_drafts, standard


@pytest.fixture
def actors(app: Flask, make: Make) -> list[Actor]:
    publish_drafts()
    return [actor_of(make.person()) for _ in range(4)]


def test_states_and_passes_of_many(actors: list[Actor]) -> None:
    passed, failed, opened, _idle = actors
    submit(passed, sheet(start(passed), WRONG))
    submit(passed, sheet(start(passed), RIGHT), key="9" * 32, shown=Shown("to"))
    submit(failed, sheet(start(failed), WRONG))
    start(opened)
    ids = [actor.person_id for actor in actors]
    assert queries.states_of(reading(), ids, ["alpha", "beta"]) == {
        (passed.person_id, "alpha", 1): QuizState(2, is_open=False, is_passed=True),
        (failed.person_id, "alpha", 1): QuizState(1, is_open=False, is_passed=False),
        (opened.person_id, "alpha", 1): QuizState(1, is_open=True, is_passed=False),
    }
    (key,) = queries.passes_of(reading(), None)
    assert key == (passed.person_id, "alpha", 1)
    assert queries.passes_of(reading(), ids, ["alpha"])[key] == queries.Pass(AT, "to")
    assert queries.passes_of(reading(), ids, ["beta"]) == {}
    assert queries.passes_of(reading(), [failed.person_id]) == {}
    assert queries.find_attempt(reading(), passed.person_id, "alpha").number == 2
    assert queries.find_attempt(reading(), passed.person_id, "alpha", 2) is None


def test_the_latest_attempt_is_of_the_last_round_and_there_the_one_in_front(actors: list[Actor]) -> None:
    again, passed, idle, _other = actors
    submit(again, sheet(start(again), RIGHT))
    write(lambda s: service.start_attempt(s, again, "alpha", shown=Shown("en"), at=AT, round_number=2))
    submit(passed, sheet(start(passed), WRONG))
    submit(passed, sheet(start(passed), WRONG), key="9" * 32)
    latest = [queries.find_latest_attempt(reading(), each.person_id, "alpha") for each in (again, passed, idle)]
    assert [(each.round, each.number, each.passed) if each else None for each in latest] == [
        (2, 1, None),
        (1, 2, False),
        None,
    ]
    assert queries.find_latest_attempt(reading(), again.person_id, "beta") is None


def test_words_of_the_language_it_began_with_stay(actors: list[Actor]) -> None:
    start(actors[0], shown=Shown("to"))
    attempt = queries.find_attempt(reading(), actors[0].person_id, "alpha")
    old = current(reading()).words("module", "alpha", "to")
    publish_drafts([each for each in standard() if each.locale != "to"])
    assert queries.words_for(reading(), attempt, "to").revision_id == old.revision_id
    assert queries.words_for(reading(), attempt, "es").entries == {}
    assert queries.words_for(reading(), attempt, "en").revision_id is None


def test_who_worked_since(actors: list[Actor]) -> None:
    passed, saved, _opened, _idle = actors
    later = AT + timedelta(hours=1)
    one, two = start(passed), start(saved)
    start(actors[2])
    submit(passed, sheet(one, WRONG), at=later)
    save(saved, sheet(two, {"q-one": ("a",)}), at=later)
    ids = [actor.person_id for actor in actors]
    assert queries.worked_since(reading(), dict.fromkeys(ids, AT), ["alpha"]) == {(each, "alpha") for each in ids[:3]}
    assert queries.worked_since(reading(), dict.fromkeys(ids, later), ["alpha"]) == {
        (each, "alpha") for each in ids[:2]
    }
    assert queries.worked_since(reading(), dict.fromkeys(ids, AT), ["beta"]) == set()
    assert queries.worked_since(reading(), {}, ["alpha"]) == set()
