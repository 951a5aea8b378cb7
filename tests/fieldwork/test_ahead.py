"""What fieldwork completes is said before it counts: when hours are countersigned, and when a session is closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.content.library import current
from lms.courses import queries as courses
from lms.courses.models import LessonProgress, ModuleCompletion
from lms.db import reading, write
from lms.fieldwork.rules.attendance import Stay
from lms.ids import new_client_id
from lms.tracks import service as tracks
from lms.tracks.models import Enrolment, TrackCompletion
from tests.conftest import AT, Browser
from tests.factories import MadePerson, Make, sign_in
from tests.fieldwork.classes import AFTER, DAY, clock
from tests.fieldwork.hours_story import Team, make_team
from tests.fieldwork.test_views_sessions import Site, field_of, moved, text_of
from tests.organizations.conftest import actor_of
from tests.tracks.conftest import earn, learn
from tests.tracks.sample import publish_tracks

FIELD = {
    "key": "field",
    "title": "In the field",
    "level": "core",
    "certificate": "completion",
    "items": [{"id": "talk", "module": "communication"}],
    "hours": [{"kind": "practicum", "minutes": 120, "title": "Practice"}],
}
CLASS = {
    "key": "class",
    "title": "In class",
    "level": "core",
    "items": [{"id": "reach", "module": "outreach"}],
    "hours": [{"kind": "class", "minutes": 180, "title": "Class"}],
}


def tracks_of(person: MadePerson) -> list[str]:
    """Return the tracks that a person has completed."""
    query = select(TrackCompletion.track_key).where(TrackCompletion.person_id == person.person_id)
    found = sorted(reading().scalars(query))
    reading().rollback()
    return found


def begin(person: MadePerson, *keys: str) -> None:
    """Put a person on tracks."""
    for key in keys:
        write(lambda s, key=key: tracks.enrol(s, [person.person_id], key, at=AT))  # type: ignore[misc]


@pytest.fixture
def team(make: Make, content_app: Flask) -> Team:
    """Return a CBO whose worker lacks two hours of practice."""
    content_app.config["WTF_CSRF_ENABLED"] = False
    content_app.test_client_class = Browser
    publish_tracks(FIELD, at=AT)
    team = make_team(make)
    earn(team.ana, "communication")
    begin(team.ana, "field")
    return team


def look(app: Flask, team: Team, who: MadePerson, *entries: str) -> str:
    """Return what is said before these entries are countersigned."""
    client = sign_in(app.test_client(), who)
    return text_of(client.post("/team/hours/look", data={"entry": list(entries)}))


def test_countersigning_says_what_it_completes_of_what_she_was_asked(team: Team, content_app: Flask) -> None:
    entry = team.enter()
    said = look(content_app, team, team.boss, entry)
    assert "1 more track is completed, which you did not ask for." in said
    assert "In the field" not in said, "another's affair is not told by name"
    boss = actor_of(team.boss)
    write(
        lambda s: tracks.assign(
            s, boss, team.place, "field", [team.ana.person_id], due_on=None, client_id=new_client_id(), at=AT
        )
    )
    said = look(content_app, team, team.boss, entry)
    assert "Completes “In the field”. An application for the certificate opens." in said
    assert "more track" not in said
    assert tracks_of(team.ana) == []
    half = team.enter(minutes=60)
    assert "What is completed by it" not in look(content_app, team, team.boss, half)
    team.countersign(entry)
    assert tracks_of(team.ana) == ["field"]


def test_what_is_counted_already_completes_nothing(team: Team, content_app: Flask) -> None:
    morning = {"minutes": 60, "begins": 600, "ends": 660}
    team.countersign(team.enter(**morning))
    same, later = team.enter(**morning), team.enter(minutes=60, begins=660, ends=720)
    assert "What is completed by it" not in look(content_app, team, team.boss, same), "an hour counts once"
    assert "1 more track is completed" in look(content_app, team, team.boss, later)
    team.countersign(same)
    assert tracks_of(team.ana) == []
    team.countersign(later)
    assert tracks_of(team.ana) == ["field"]


@pytest.fixture
def site(make: Make, content_app: Flask) -> Site:
    """Return classes of which one completes what its people lack."""
    publish_tracks(CLASS, at=AT)
    return Site(make, content_app)


def test_closing_says_which_module_and_track_it_completes(site: Site) -> None:
    session = site.plan(module_key="outreach", finishes_lessons=True)
    for person in (site.ana, site.luis):
        begin(person, "class")
        earn(person, "communication")
    learn(site.ana, "outreach", at=AT, survey=True)
    _forget_lessons(site.ana)
    site.mark(session, site.ana, site.luis)
    trainer, boss = site.browser(site.trainer), actor_of(site.boss)
    write(
        lambda s: tracks.assign(
            s, boss, site.hope, "class", [site.ana.person_id], due_on=None, client_id=new_client_id(), at=AT
        )
    )
    with moved(AFTER):
        address = f"/sessions/{session}/close"
        page = trainer.get(address)
        said = text_of(page)
        assert "Ana Completes “Outreach”." in said
        assert "Luis Completes" not in said, "her quiz is still to be passed"
        assert "1 more track is completed, which you did not ask for." in said
        trainer.post(address, data={"fingerprint": field_of(page, "fingerprint")})
    assert tracks_of(site.ana) == ["class"]
    assert tracks_of(site.luis) == []


def _forget_lessons(person: MadePerson) -> None:
    """Take away that a module and what it completed were done, as if only quiz and survey had been."""

    def fn(session: Any) -> None:
        own = {"person_id": person.person_id}
        for query in (session.query(model).filter_by(**own) for model in (TrackCompletion, LessonProgress)):
            query.delete()
        session.query(ModuleCompletion).filter_by(**own, module_key="outreach").delete()
        session.query(Enrolment).filter_by(**own).update({"state": "active"})

    write(fn)


def test_who_would_finish_a_module_is_who_finishes_it(site: Site) -> None:
    library = current(reading())
    assert courses.list_finishing(reading(), library, set()) == set()
    first, second = site.ana, site.luis
    assert courses.list_finishing(reading(), library, {(first.person_id, "communication")}) == set()
    earn(second, "communication")
    assert courses.list_finishing(reading(), library, {(second.person_id, "communication")}) == set(), "done already"
    reading().rollback()


def test_making_up_what_was_whole_already_gains_nothing(site: Site) -> None:
    first, week = site.plan(module_key="outreach"), DAY + timedelta(days=7)
    site.mark(first, site.ana)
    site.close(first)
    second = site.plan(module_key="outreach", day=week)
    part = Stay(clock(9, day=week), clock(10, day=week))
    later = clock(13, day=week)
    site.mark(second, site.luis, stays=(part,), at=later)
    site.correct(second, site.ana, part, seen=0, makes_up=first, at=later)
    found = site.preview(second)
    assert sorted(line.credited_minutes for line in found.lines) == [0, 60]
    assert [each.fact.person_id for each in found.crediting.spent] == [site.luis.person_id]
