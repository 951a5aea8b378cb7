"""A module that is asked for alone: a track of one item, on both engines."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.certificates.models import Application
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound
from lms.ids import new_client_id
from lms.publish import check_directory
from lms.reports import queries as reports
from lms.reports.policy import EVERYTHING
from lms.reports.rules import Question, find_period
from lms.tracks import queries, service
from lms.tracks.models import TrackCompletion
from lms.tracks.rules import ALONE, key_alone
from tests.conftest import AT
from tests.factories import MadePerson, Make, sign_in
from tests.tracks.conftest import actor_of, learn

DUE = date(2026, 5, 1)
KEY = key_alone("communication")
LATER = AT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the published content."""


@pytest.fixture
def ana(make: Make) -> MadePerson:
    return make.person("Ana")


@pytest.fixture
def boss(make: Make, ana: MadePerson) -> MadePerson:
    place = make.organization()
    make.employment(ana, place)
    return make.supervisor(place, "Boss")


def assign(boss: MadePerson, *people: MadePerson, track: str = KEY) -> Any:
    actor, ids = actor_of(boss), [person.person_id for person in people]
    (place,) = actor.supervises
    options = {"due_on": DUE, "client_id": new_client_id(), "at": AT}
    return write(lambda session: service.assign(session, actor, place, track, ids, **options))


def progress(person: MadePerson) -> Any:
    library = current(reading())
    return queries.progress_of(reading(), library, [person.person_id], [KEY])[person.person_id, KEY]


def test_every_module_can_be_asked_for_alone_and_is_listed_among_no_tracks() -> None:
    library = current(reading())
    assert {key_alone(key) for key in library.keys("module")} == {
        key for key in map(key_alone, library.keys("module")) if library.find("track", key)
    }
    assert library.keys("module")
    assert [key for key in library.keys("track") if key.startswith(ALONE)] == []
    assert queries.track_title(library, KEY, "es") == queries.module_title(library, "communication", "es")


def test_it_is_asked_for_done_and_seen_like_a_track(boss: MadePerson, ana: MadePerson) -> None:
    assert assign(boss, ana).assigned == 1
    assert (progress(ana).state, progress(ana).done, progress(ana).total) == ("active", 0, 1)
    learn(ana, "communication", at=LATER)
    assert progress(ana).state == "completed"
    assert write(lambda session: service.recompute(session, current(session), at=LATER)) == []


def test_it_leads_to_no_certificate_and_is_counted_among_no_tracks(boss: MadePerson, ana: MadePerson) -> None:
    assign(boss, ana)
    learn(ana, "communication", at=LATER)
    period = find_period("2026", date(2026, 12, 31))
    assert period is not None
    report = reports.find_report(EVERYTHING, reading(), Question(period))
    assert report is not None
    assert (report.workers, report.completions) == (0, 0)
    assert reading().scalar(select(func.count()).select_from(TrackCompletion)) == 1
    assert reading().scalar(select(func.count()).select_from(Application)) == 0


def test_taking_it_back_ends_what_nobody_began(boss: MadePerson, ana: MadePerson) -> None:
    batch = assign(boss, ana)
    done = write(lambda session: service.undo_batch(session, actor_of(boss), batch.batch_public_id, at=LATER))
    assert (done.undone, done.withdrawn) == (1, 1)


def test_a_module_that_is_not_taught_cannot_be_asked_for(boss: MadePerson, ana: MadePerson) -> None:
    with pytest.raises(NotFound):
        assign(boss, ana, track=key_alone("welding"))


def test_pages_name_it_and_offer_it_to_nobody_who_was_not_asked(
    content_app: Flask, boss: MadePerson, ana: MadePerson
) -> None:
    offered = sign_in(content_app.test_client(), boss).get("/team/assign").get_data(as_text=True)
    assert f'value="{KEY}"' in offered
    assert "One module: " in offered
    worker = sign_in(content_app.test_client(), ana)
    assert KEY not in worker.get("/learn").get_data(as_text=True)
    assign(boss, ana)
    assert "/modules/communication" in worker.get("/learn").get_data(as_text=True)
    assert worker.get(f"/tracks/{KEY}").status_code == 200


def test_no_file_of_a_track_may_have_such_a_key(tmp_path: Any) -> None:
    (tmp_path / "tracks").mkdir()
    text = f"key: {ALONE}x\ntitle: T\nsummary: S.\nlevel: entry\nitems: [{{id: a, planned: true, title: A}}]\n"
    (tmp_path / "tracks" / f"{ALONE}x.yml").write_text(text, encoding="utf-8")
    _, checked = check_directory(tmp_path)
    assert any("does not begin with module-" in problem.message for problem in checked.problems)
