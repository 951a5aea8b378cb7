"""What makes a track complete besides modules, what one track does for another, and what mends it, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, update

from lms.clock import local_date
from lms.content.library import current
from lms.courses.models import ModuleCompletion
from lms.db import db, reading, write
from lms.tracks import queries, service
from lms.tracks.models import TrackCompletion
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.tracks.conftest import MODULES, earn
from tests.tracks.practice import Practice
from tests.tracks.sample import WHOLE, publish_tracks

LATER = AT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the real content, with one track more."""
    publish_tracks(WHOLE)


def enrol(person: MadePerson, *keys: str) -> None:
    for key in keys:
        write(lambda session, key=key: service.enrol(session, [person.person_id], key, at=AT))


def done(person: MadePerson) -> list[tuple[str, Any]]:
    """Return the completed tracks, with when."""
    found = [(each.track_key, each.completed_at) for each in queries.list_completions(reading(), [person.person_id])]
    reading().rollback()
    return found


@pytest.fixture
def practice(make: Make) -> Practice:
    return Practice(make)


def recompute() -> list[str]:
    return [str(each) for each in write(lambda session: service.recompute(session, current(session), at=LATER))]


def test_hours_a_sign_off_and_training_from_elsewhere_complete_a_track(make: Make, practice: Practice) -> None:
    ana = make.person()
    make.employment(ana, practice.place)
    enrol(ana, "first-steps", "whole")
    earn(ana, "communication")
    learned = local_date(AT) - timedelta(days=900)
    trainings = [practice.recognize(ana, key, learned, at=LATER) for key in ("outreach", "public-health")]
    assert done(ana) == [("first-steps", LATER)]
    act = practice.work(ana, 120, at=LATER)
    assert len(done(ana)) == 1
    end = LATER + timedelta(hours=2)
    observation = practice.sign(ana, at=end, days=3)
    assert done(ana) == [("first-steps", LATER), ("whole", end)]
    found = queries.list_completions(reading(), [ana.person_id])
    (whole,) = [each for each in found if each.track_key == "whole"]
    assert [each.get("kind", "module") for each in whole.counted] == [
        "track",
        "recognized",
        "module",
        "hours",
        "sign-off",
    ]
    assert whole.completed_on == local_date(end), "not the day on which she was seen"
    reading().rollback()
    assert recompute() == [], "all of it has its basis"
    practice.take_back(act, at=end)
    practice.unsign(observation, at=end)
    for training in trainings:
        practice.unrecognize(training, at=end)
    assert done(ana) == [("first-steps", LATER), ("whole", end)], "granted stays granted"
    assert recompute() == [], "and that it was taken back since is no fault"
    more = update(TrackCompletion).where(TrackCompletion.track_key == "whole").values(counted=[_MORE])
    write(lambda s: s.execute(more) and None)
    assert recompute()[0].endswith("counts 121 minutes of practicum, of which 120 are credited")


_MORE = {"item": "practicum", "kind": "hours", "minutes": 121, "completed_on": "2026-03-05"}


def test_fieldwork_is_read_only_where_a_track_asks_for_it(make: Make, asked: list[str]) -> None:
    ana, bea = make.person(), make.person()
    assert _read(asked, bea) == set(), "she is on no track"
    enrol(ana, "first-steps")
    assert _read(asked, ana) == {"recognitions"}
    enrol(ana, "whole")
    assert _read(asked, ana) == {"recognitions", "hours_entries", "class_credits", "observations"}


def _read(asked: list[str], person: MadePerson) -> set[str]:
    """Return which tables of practice are read when a person's tracks are looked at."""
    asked.clear()
    write(lambda session: service.refresh(session, current(session), [person.person_id], at=AT))
    tables = ("recognitions", "hours_entries", "class_credits", "observations")
    return {name for name in tables if any(f"FROM {name}" in each for each in asked)}


def test_one_track_completes_what_waited_for_it(make: Make) -> None:
    small = {**WHOLE, "hours": [], "sign_offs": [], "sets": WHOLE["sets"][:1]}
    publish_tracks(small, {**small, "key": "next", "prerequisites": ["whole"]})
    ana, bea = make.person(), make.person()
    for person in (ana, bea):
        enrol(person, "next", "whole", "first-steps")
        earn(person, *MODULES, "public-health", at=LATER)
    write(lambda session: service.refresh(session, current(session), [ana.person_id], at=LATER))
    assert [key for key, _at in done(ana)] == ["first-steps", "whole", "next"]
    assert len(recompute()) == 3, "the others' chain is mended to its end"
    assert [key for key, _at in done(bea)] == ["first-steps", "whole", "next"]
    assert recompute() == []


def test_a_completion_whose_basis_was_taken_away_is_told(make: Make) -> None:
    ana = make.person()
    earn(ana, *MODULES)
    enrol(ana, "first-steps")
    write(lambda s: s.execute(delete(ModuleCompletion).where(ModuleCompletion.module_key == "outreach")) and None)
    told = f"track first-steps of person {ana.person_id}, cycle 1,"
    assert recompute() == [f"{told} counts module outreach of 2026-03-05, which is not credited"]


@contextmanager
def heard(name: str | None) -> Iterator[list[str]]:
    """Collect the statements that an engine runs, on one line each."""
    found: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(" ".join(statement.split()))

    event.listen(db.engines[name], "before_cursor_execute", hear)
    yield found
    event.remove(db.engines[name], "before_cursor_execute", hear)


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Return the statements that the reading engine runs."""
    with heard(None) as found:
        yield found


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """Return the statements that the writing engine runs."""
    with heard("write") as found:
        yield found


def test_the_standing_of_many_takes_as_many_questions_as_that_of_one(make: Make, statements: list[str]) -> None:
    people = [make.person().person_id for _ in range(12)]
    write(lambda session: service.enrol(session, people, "whole", at=AT))
    library = current(reading())
    queries.standing_of(reading(), library, people)
    counts = []
    for ids in (people[:1], people):
        statements.clear()
        queries.standing_of(reading(), library, ids)
        counts.append(len([each for each in statements if each.startswith("SELECT")]))
    assert counts == [7, 7]
