"""Pages of tracks over HTTP: her own way, assigning step by step, taking back, and who may not."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from lms.clock import now
from lms.config import ROOT
from lms.content.library import current
from lms.content.service import draft
from lms.db import db, reading, write
from lms.ids import new_client_id
from lms.organizations.models import Organization, Supervision
from lms.publish import publish_directory
from lms.tracks import service
from lms.tracks.models import Assignment, AssignmentBatch, Enrolment
from lms.tracks.specs import TrackSpec
from tests.conftest import Browser
from tests.factories import MadePerson, Make, day, sign_in
from tests.factories.learning import publish_drafts, standard
from tests.organizations.conftest import crowd
from tests.tracks.conftest import MODULES, actor_of, earn

TRACK = "first-steps"


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the published content."""


_TWO = ("Ana", "Luis")


class Team:
    """A CBO with a supervisor and some workers, and a browser for each of two."""

    def __init__(self, make: Make, app: Flask, *names: str) -> None:
        self.id = make.organization()
        self.boss = make.supervisor(self.id, "Boss")
        self.people = crowd(self.id, names) if len(names) > 5 else [make.person(each) for each in names or _TWO]
        for person in self.people if len(names) <= 5 else ():
            make.employment(person, self.id, title="Promotora")
        app.config["WTF_CSRF_ENABLED"] = False
        app.test_client_class = Browser
        self.app = app
        self.browser = sign_in(app.test_client(), self.boss)

    @property
    def ana(self) -> MadePerson:
        """Return the first worker."""
        return self.people[0]

    @property
    def public_id(self) -> str:
        """Return the organization's public id."""
        found = reading().execute(select(Organization.public_id).where(Organization.id == self.id)).scalar_one()
        reading().rollback()
        return found

    def values(self, *people: MadePerson, **more: Any) -> dict[str, Any]:
        """Return what the assign form sends."""
        person = [each.person_public_id for each in people]
        known = {
            "organization": self.public_id,
            "track": TRACK,
            "due_on": day(60).isoformat(),
            "who": "some",
            "person": person,
        }
        return {**known, "do": "look", **more}

    def worker(self, person: MadePerson | None = None) -> FlaskClient:
        """Return a browser in which a worker is signed in."""
        return sign_in(self.app.test_client(), person or self.ana)


@pytest.fixture
def team(make: Make, content_app: Flask) -> Team:
    """Return a CBO with staff."""
    return Team(make, content_app)


def text_of(response: Any, status: int = 200) -> str:
    """Return a page's words without its elements."""
    assert response.status_code == status, response.status_code
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))).split())


def field_of(response: Any, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', response.get_data(as_text=True))
    assert found, name
    return unescape(found[1])


def count(model: Any) -> int:
    """Return how many rows a table has."""
    found = len(reading().execute(select(model.id)).all())
    reading().rollback()
    return found


# Her own way


def test_a_track_that_she_is_not_on_asks_whether_to_begin(team: Team) -> None:
    browser = team.worker()
    said = text_of(browser.get(f"/tracks/{TRACK}"))
    assert "Would you like to do this track?" in said
    assert "Begin this track" in said
    assert "About" in said
    response = browser.post(f"/tracks/{TRACK}/enrol", follow_redirects=True)
    assert "You are on this track now" in text_of(response)
    assert count(Enrolment) == 1
    assert "You are on this track now" not in text_of(browser.post(f"/tracks/{TRACK}/enrol", follow_redirects=True))


def test_the_next_step_leads_into_the_module(team: Team) -> None:
    browser = team.worker()
    browser.post(f"/tracks/{TRACK}/enrol")
    page = browser.get(f"/tracks/{TRACK}")
    assert "0 of 2 parts done" in text_of(page)
    assert "/modules/communication/continue" in page.get_data(as_text=True)
    earn(team.ana, "communication")
    page = browser.get(f"/tracks/{TRACK}")
    assert "1 of 2 parts done" in text_of(page)
    assert "Done on March 5, 2026" in text_of(page)
    assert "/modules/outreach/continue" in page.get_data(as_text=True)


def test_earlier_work_counts_at_once(team: Team) -> None:
    earn(team.ana, *MODULES)
    browser = team.worker()
    assert "This counts already: Communication" in text_of(browser.get(f"/tracks/{TRACK}"))
    said = text_of(browser.post(f"/tracks/{TRACK}/enrol", follow_redirects=True))
    assert "You have finished this track" in said


def plan_a_part(folder: Path) -> None:
    """Publish the content with one more part of the core track, which is planned and not taught yet."""
    shutil.copytree(ROOT / "content", folder)
    file = folder / "tracks" / "core.yml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("items:\n", "items:\n  - {id: later, planned: true, title: Later}\n", 1), "utf-8")
    publish_directory(folder, at=now())


def test_a_track_with_planned_parts_says_so(team: Team, tmp_path: Path) -> None:
    plan_a_part(tmp_path / "content")
    library = current(reading())
    earn(team.ana, *library.spec(TrackSpec, "track", "core").modules)
    browser = team.worker()
    browser.post("/tracks/core/enrol")
    page = browser.get("/tracks/core")
    assert 'href="/hours"' in page.get_data(as_text=True).split("next-step-action")[1].split("</p>")[0]
    said = text_of(page)
    assert "0 min of 40 h so far" in said
    assert "Later : planned, not open yet" in said
    assert "Observed in the field" in said
    assert "cannot be completed yet" in said


def test_she_reads_who_asks_and_by_when(team: Team, make: Make) -> None:
    late, free = make.organization("Late Hope"), make.organization("Free Hope")
    for organization in (late, free):
        make.employment(team.ana, organization)
    boss, actors = actor_of(team.boss, at=now()), [actor_of(make.supervisor(o), at=now()) for o in (late, free)]
    long_ago = now() - timedelta(days=90)
    ids = [team.ana.person_id]

    def fn(session: Any) -> None:
        for actor, organization, due, at in (
            (boss, team.id, day(9), now()),
            (actors[0], late, day(-9), long_ago),
            (actors[1], free, None, now()),
        ):
            key = new_client_id()
            service.assign(session, actor, organization, TRACK, ids, due_on=due, client_id=key, at=at)

    write(fn)
    said = text_of(team.worker().get(f"/tracks/{TRACK}"))
    assert "asks you to finish by" in said
    assert "Late Hope asked for this by" in said
    assert "You can still do it." in said
    assert "Free Hope asks you to do this track." in said


def test_the_way_is_told_in_her_language_with_english_beneath(team: Team, make: Make) -> None:
    tongan = make.person("ʻAlisi", language="to")
    browser = team.worker(tongan)
    page = browser.get(f"/tracks/{TRACK}").get_data(as_text=True)
    assert 'lang="to"' in page
    assert "both-en" not in page.partition("<main")[2].partition("</main>")[0]
    with browser.session_transaction() as cookie:
        cookie["both"] = True
    assert 'class="both-en" lang="en"' in browser.get(f"/tracks/{TRACK}").get_data(as_text=True)


def test_what_is_not_translated_is_marked_as_english(content_app: Flask, client: FlaskClient, make: Make) -> None:
    items = [{"id": key, "module": key} for key in ("gamma", "alpha")]
    spec = {"key": "start", "title": "Start here", "summary": "A way in.", "level": "entry", "items": items}
    publish_drafts([*standard(), draft("track", "start", "en", {"files": {"start.yml": spec}})])
    page = sign_in(client, make.person("Mele", language="to")).get("/tracks/start").get_data(as_text=True)
    assert '<h1><span lang="en">Start here</span></h1>' in page
    assert '<span lang="en">A way in.</span>' in page
    assert '<span lang="en">Title of gamma</span></a>' in page
    assert '<span lang="en">Title of alpha</span>' not in page  # a draft in her language
    assert re.search(r'<p class="marks"><span class="usa-tag tag--draft">[^<]+</span> <span class="usa-tag tag--', page)
    assert page.count("tag--draft") == 3  # the page's two, and one beside the gap among the steps


def test_a_missing_track_is_a_missing_page(team: Team) -> None:
    browser = team.worker()
    assert browser.get("/tracks/no-such").status_code == 404
    assert browser.post("/tracks/no-such/enrol").status_code == 404


# Assigning


def test_a_supervisor_assigns_in_three_steps(team: Team) -> None:
    said = text_of(team.browser.get("/team/assign"))
    assert "Ana" in said
    assert "Everyone (3 people)" in said
    preview = team.browser.post("/team/assign", data=team.values(team.ana))
    said = text_of(preview)
    assert "Assign “First steps” to 1 person?" in said
    assert "1 person will be asked" in said
    assert count(AssignmentBatch) == 0, "nothing is done before it is confirmed"
    sent = {name: field_of(preview, name) for name in ("organization", "track", "people", "client_id", "due_on")}
    for _ in range(2):
        done = team.browser.post("/team/assign/confirm", data=sent)
        assert done.status_code == 302
    page = team.browser.get(done.location)
    assert "“First steps” is assigned to 1 person" in text_of(page)
    assert "Take it back" in text_of(page)
    assert count(AssignmentBatch) == count(Assignment) == 1
    undone = team.browser.post(f"{done.location}/undo", follow_redirects=True)
    assert "Taken back for 1 person." in text_of(undone)
    assert "“First steps” was taken back" in text_of(undone)
    again = team.browser.post(f"{done.location}/undo", follow_redirects=True)
    assert "There was nothing left to take back." in text_of(again)
    assert "Taken back" in text_of(team.browser.get("/team/assign/recent"))


def test_everyone_in_the_list_follows_the_search_that_was_applied(team: Team) -> None:
    found = team.browser.post("/team/assign", data=team.values(do="find", q="lu", who="all"))
    assert found.status_code == 302
    assert "q=lu" in found.location
    page = team.browser.get(found.location)
    assert "The one person in this list" in text_of(page)
    preview = team.browser.post("/team/assign", data=team.values(who="all", applied="lu", q="ana"))
    assert field_of(preview, "people") == team.people[1].person_public_id


def test_ticks_stay_when_she_searches_turns_pages_and_changes_her_mind(make: Make, content_app: Flask) -> None:
    team = Team(make, content_app, *[f"Worker {n:03}" for n in range(60)])
    first, last = team.people[0], team.people[-1]
    turned = team.browser.post("/team/assign", data=team.values(first, page="2"))
    assert turned.status_code == 302
    page = team.browser.get(turned.location)
    assert "1 person is ticked on other pages of this list." in text_of(page)
    assert 'value="first-steps" selected' in page.get_data(
        as_text=True
    ) or 'selected value="first-steps"' in page.get_data(as_text=True)
    preview = team.browser.post("/team/assign", data=team.values(first, last, applied=""))
    sent = {name: field_of(preview, name) for name in ("organization", "track", "people", "client_id", "due_on")}
    assert len(sent["people"].split()) == 2
    back = team.browser.post("/team/assign", data=sent | {"do": "back"})
    assert back.status_code == 302
    assert back.location.count("person=") == 2
    many = team.browser.post("/team/assign", data=team.values(*team.people, *team.people, do="find", q="worker 05"))
    assert many.status_code == 302
    too_many = team.values(*team.people, do="find", q="worker 05")
    too_many["person"] = too_many["person"] + [f"{n:020}" for n in range(60)]
    page = team.browser.post("/team/assign", data=too_many)
    assert "110 people are ticked on other pages" in text_of(page), "too many for an address: kept in the form"


def test_the_language_can_be_switched_on_every_step(team: Team) -> None:
    switched = team.browser.post("/team/assign", data=team.values(team.ana, do="", _language="es"))
    html = switched.get_data(as_text=True)
    assert switched.status_code == 200
    assert 'lang="es"' in html
    assert f'value="{team.ana.person_public_id}" checked' in html
    assert f'value="{day(60).isoformat()}"' in html
    preview = team.browser.post("/team/assign", data=team.values(team.ana))
    names = ("organization", "track", "people", "client_id", "due_on")
    sent = {name: field_of(preview, name) for name in names}
    again = team.browser.post("/team/assign/confirm", data=sent | {"_language": "sm"})
    assert {name: field_of(again, name) for name in names} == sent
    assert count(AssignmentBatch) == 0


def test_what_is_missing_is_said_beside_the_field(team: Team) -> None:
    yesterday = (day(-1)).isoformat()
    past = team.browser.post("/team/assign", data=team.values(team.ana, due_on=yesterday))
    assert "This day has passed." in text_of(past, 400)
    assert f'value="{yesterday}"' in past.get_data(as_text=True)
    nobody = team.browser.post("/team/assign", data=team.values())
    assert "Please choose at least one person." in text_of(nobody, 400)
    no_track = team.browser.post("/team/assign", data=team.values(team.ana, track=""))
    assert "Please choose one." in text_of(no_track, 400)
    confirmed = team.values(people=team.ana.person_public_id, client_id=new_client_id(), due_on=yesterday)
    late = team.browser.post("/team/assign/confirm", data=confirmed)
    assert "This day has passed." in text_of(late, 400)


def test_a_tight_date_is_warned_of_with_a_comfortable_one(team: Team, tmp_path: Path) -> None:
    tight = text_of(team.browser.post("/team/assign", data=team.values(team.ana, due_on=day().isoformat())))
    assert "This leaves little time" in tight
    assert "Until this date there is 1 day" in tight
    assert "would be comfortable" in tight
    free = text_of(team.browser.post("/team/assign", data=team.values(team.ana, due_on="")))
    assert "This leaves little time" not in free
    assert "No date" in free
    core = text_of(team.browser.post("/team/assign", data=team.values(team.ana, track="core")))
    assert "This track cannot be completed yet" not in core
    plan_a_part(tmp_path / "content")
    core = text_of(team.browser.post("/team/assign", data=team.values(team.ana, track="core")))
    assert "This track cannot be completed yet" in core


def test_the_preview_tells_who_has_it_and_who_has_finished(team: Team) -> None:
    ana, luis = team.people
    actor = actor_of(team.boss, at=now())

    def fn(session: Any, person: MadePerson) -> None:
        ids = [person.person_id]
        service.assign(session, actor, team.id, TRACK, ids, due_on=None, client_id=new_client_id(), at=now())

    write(lambda session: fn(session, ana))
    earn(luis, *MODULES)
    write(lambda session: fn(session, luis))
    said = text_of(team.browser.post("/team/assign", data=team.values(who="all")))
    assert "1 person will be asked Boss" in said
    assert "1 person has it already" in said
    assert "1 person has finished it" in said
    nobody = text_of(team.browser.post("/team/assign", data=team.values(ana)))
    assert "Nobody would be newly assigned" in nobody


def test_undo_says_who_stays(team: Team) -> None:
    earn(team.ana, *MODULES)
    preview = team.browser.post("/team/assign", data=team.values(*team.people))
    sent = {name: field_of(preview, name) for name in ("organization", "track", "people", "client_id", "due_on")}
    done = team.browser.post("/team/assign/confirm", data=sent)
    said = text_of(team.browser.post(f"{done.location}/undo", follow_redirects=True))
    assert "Taken back for 2 people. 1 of them stays on the track" in said


def test_a_supervisor_of_two_chooses_the_organization(team: Team, make: Make) -> None:
    other = make.organization("Other Hope")
    employment = make.employment(team.boss, other)
    make.employment(make.person("Rosa"), other)
    row = {"employment_id": employment, "organization_id": other, "started_on": day()}
    write(lambda session: session.add(Supervision(**row)))
    assert "Other Hope" in text_of(team.browser.get("/team/assign"))
    found = team.browser.post("/team/assign", data=team.values(do="find", q=""))
    assert "organization=" in found.location


def test_empty_lists_say_how_to_begin(team: Team) -> None:
    assert "Nothing yet" in text_of(team.browser.get("/team/assign/recent"))
    assert "Nobody found" in text_of(team.browser.get("/team/assign?q=zzz"))


def test_strangers_find_nothing_and_change_nothing(team: Team, make: Make, content_app: Flask) -> None:
    other = Team(make, content_app, "Rosa")
    batch = write(
        lambda session: service.assign(
            session,
            actor_of(other.boss, at=now()),
            other.id,
            TRACK,
            [other.ana.person_id],
            due_on=None,
            client_id=new_client_id(),
            at=now(),
        )
    )
    theirs = {"organization": other.public_id, "people": other.ana.person_public_id, "client_id": new_client_id()}
    mixed = {"organization": team.public_id, "people": other.ana.person_public_id, "client_id": new_client_id()}
    place = f"/team/assign/{batch.batch_public_id}"
    for response in (
        team.browser.get(f"/team/assign?organization={other.public_id}"),
        team.browser.post("/team/assign", data=other.values(other.ana)),
        team.browser.post("/team/assign/confirm", data=theirs | {"track": TRACK}),
        team.browser.post("/team/assign/confirm", data=mixed | {"track": TRACK}),
        team.browser.post("/team/assign/confirm", data=mixed | {"track": TRACK, "organization": ""}),
        team.browser.get(place),
        team.browser.post(f"{place}/undo"),
        team.worker().get("/team/assign"),
        team.worker().post("/team/assign/confirm", data=theirs),
        team.worker().get("/team/assign/recent"),
        sign_in(content_app.test_client(), make.person(roles=("administrator",))).get("/team/assign"),
    ):
        assert response.status_code == 404
    said = text_of(team.browser.post("/team/assign", data=team.values(other.ana)), 400)
    assert "Please choose at least one person." in said
    assert "Rosa" not in said
    assert count(Assignment) == 1


def test_an_organization_that_closed_is_gone(team: Team) -> None:
    gone = update(Organization).where(Organization.id == team.id).values(closed_on=day(-1))
    write(lambda session: session.execute(gone) and None)
    assert team.browser.get("/team/assign").status_code == 404


@pytest.fixture
def statements(content_app: Flask) -> Iterator[list[str]]:
    """Return the statements that the reading engine runs."""
    found: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            found.append(statement)

    event.listen(db.engines[None], "before_cursor_execute", hear)
    yield found
    event.remove(db.engines[None], "before_cursor_execute", hear)


def test_no_page_asks_more_than_twelve_questions(make: Make, content_app: Flask, statements: list[str]) -> None:
    team = Team(make, content_app, *[f"Worker {n:03}" for n in range(70)])
    preview = team.browser.post("/team/assign", data=team.values(who="all"))
    sent = {name: field_of(preview, name) for name in ("organization", "track", "people", "client_id", "due_on")}
    done = team.browser.post("/team/assign/confirm", data=sent)
    worker, values = team.worker(team.boss), team.values(who="all")
    worker.get(f"/tracks/{TRACK}")
    for act in (
        lambda: team.browser.get("/team/assign"),
        lambda: team.browser.post("/team/assign", data=values),
        lambda: team.browser.get("/team/assign/recent"),
        lambda: team.browser.get(done.location),
        lambda: worker.get(f"/tracks/{TRACK}"),
    ):
        statements.clear()
        assert act().status_code == 200
        assert len(statements) <= 12, statements
