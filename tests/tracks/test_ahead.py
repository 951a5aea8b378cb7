"""What would become of people, said beforehand: it is exactly what comes of it, by name, and as a file."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.certificates.models import Application
from lms.clock import local_date, now
from lms.content.library import current
from lms.courses.specs import ModuleSpec
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.notifications.jobs import send_letters
from lms.notifications.models import Letter
from lms.tracks import queries, service
from lms.tracks.models import Assignment, TrackCompletion
from lms.tracks.rules import Asked, Due, Waived, Work
from tests.conftest import AT
from tests.factories import MadePerson, Make, day, sign_in
from tests.tracks.conftest import MODULES, actor_of, earn
from tests.tracks.practice import Practice
from tests.tracks.sample import INSTEAD, REFRESHER, TODAY, WHOLE, YEARLY, publish_tracks
from tests.tracks.test_views import Team, text_of

KEY = "first-steps"
#: Every module that the tracks of these tests ask for.
TAUGHT = (*MODULES, "public-health")


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the published content."""


def completed() -> set[tuple[int, str, int]]:
    """Return every completed track."""
    found = reading().execute(select(TrackCompletion.person_id, TrackCompletion.track_key, TrackCompletion.cycle))
    rows = {tuple(row) for row in found}
    reading().rollback()
    return rows  # type: ignore[return-value]


def applied() -> set[tuple[int, str]]:
    """Return every application."""
    rows = {tuple(row) for row in reading().execute(select(Application.person_id, Application.track_key))}
    reading().rollback()
    return rows  # type: ignore[return-value]


def foresee(place: int, track: str, *people: MadePerson, due: Due | None = None) -> service.Foresight:
    """Return what asking people would lead to."""
    began = {Asked(each.person_id, place): date(2026, 1, 10) for each in people}
    sorting = service.sort_rows(reading(), track, list(began), TODAY)
    found = service.foresee(reading(), track, due or Due(), sorting, began, at=AT)
    reading().rollback()
    return found


def test_what_is_foreseen_of_asking_is_what_comes_of_it(make: Make) -> None:
    publish_tracks(WHOLE, YEARLY, INSTEAD, REFRESHER, at=AT - timedelta(days=900))
    chance, place = Random(5), make.organization("Hope")
    boss, practice = make.supervisor(place), Practice(make)
    crowd = [make.person(f"Worker {number}") for number in range(24)]
    for each in crowd:
        for where in (place, practice.place):
            make.employment(each, where, since=date(2026, 1, 10))
        earlier = AT - timedelta(days=chance.choice([1, 420]))
        earn(each, *chance.sample(TAUGHT, chance.randint(0, 3)), at=earlier)
        if chance.random() < 0.4:
            practice.work(each, chance.choice([60, 120, 300]))
        for key in ("whole", "yearly", "instead"):
            if chance.random() < 0.4:
                write(lambda s, who=each, key=key, at=earlier: service.enrol(s, [who.person_id], key, at=at))  # type: ignore[misc]
    seen = 0
    for key in (KEY, "yearly", "instead", "whole"):
        before, asked = completed(), applied()
        found = foresee(place, key, *crowd)
        actor, ids = actor_of(boss), [each.person_id for each in crowd]
        write(
            lambda s, key=key, actor=actor, ids=ids: service.assign(  # type: ignore[misc]
                s, actor, place, key, ids, due_on=None, client_id=new_client_id(), at=AT
            )
        )
        new = {(person, track) for person, track, _ in completed() - before}
        beyond = {(person, track) for person, tracks in found.beyond.items() for track in tracks}
        already = {each for each in found.done if any(each == person and key == track for person, track, _ in before)}
        assert new == beyond | {(each, key) for each in found.done if (each, key) in new}
        assert found.done == {person for person, track in new if track == key} | already
        assert {person for person, track in applied() - asked if track == key} == found.applying
        seen += len(new)
    assert seen > 15, "the story is too short to mean anything"


def test_what_is_left_is_the_cheapest_way_less_what_she_has(make: Make) -> None:
    library = publish_tracks(WHOLE, at=AT)
    keys = ("public-health", *MODULES)
    health, talk, reach = (library.spec(ModuleSpec, "module", key).minutes for key in keys)
    whole = queries.track_work(library, "whole")
    assert whole == Work(health + talk + reach, 120, 1), "first steps come first, and count for the choice, too"
    assert queries.track_minutes(library, "whole") == health + min(talk, reach)
    with pytest.raises(NotFound):
        queries.track_work(library, "no-such")
    ana, practice = make.person(), Practice(make)
    make.employment(ana, practice.place, since=date(2026, 1, 10))
    earn(ana, "communication")
    practice.work(ana, 50)

    def left() -> Work:
        ahead = queries.ask_ahead(reading(), library, [ana.person_id], "whole", at=AT)
        return ahead.work(ana.person_id, "whole")

    assert left() == Work(health + reach, 70, 1)
    practice.sign(ana)
    earn(ana, "outreach")
    assert left() == Work(health, 70)


def test_a_date_is_early_only_for_those_to_whom_too_much_is_left(make: Make) -> None:
    place = make.organization("Hope")
    boss, ana, luis = make.supervisor(place), make.person("Ana"), make.person("Luis")
    for each in (ana, luis):
        make.employment(each, place, since=date(2026, 1, 10))
    earn(ana, "communication")
    most = queries.track_work(current(reading()), KEY)
    due = Due("date", TODAY + timedelta(days=most.days - 2))
    found = foresee(place, KEY, ana, luis, due=due)
    assert found.early == (Asked(luis.person_id, place),)
    assert (found.work, found.comfortable) == (most, TODAY + timedelta(days=most.days + 7))
    eased = Due("employed", days=10, eased=True)
    own = foresee(place, KEY, ana, luis, due=eased)
    assert own.early == ()
    actor, ids = actor_of(boss), [ana.person_id, luis.person_id]
    write(lambda s: service.assign(s, actor, place, KEY, ids, due_on=eased, client_id=new_client_id(), at=AT))
    rows = dict(reading().execute(select(Assignment.person_id, Assignment.due_on)).all())  # type: ignore[arg-type]
    assert rows == {each.person_id: day_ for each, day_ in own.dates.items()}
    assert rows[luis.person_id] > rows[ana.person_id], "each has the time for what is left to her"


def test_hours_in_the_field_make_a_date_early(make: Make) -> None:
    practice = Practice(make)
    ana = make.person()
    make.employment(ana, practice.place, since=date(2026, 1, 10))
    earn(ana, *TAUGHT)
    tight = foresee(practice.place, "core", ana, due=Due("date", TODAY + timedelta(days=5)))
    assert tight.work.practice == (80 + 40) * 60, "in class and in the field"
    assert [each.person_id for each in tight.early] == [ana.person_id]


# The pages


@pytest.fixture
def team(make: Make, content_app: Flask) -> Team:
    """Return a CBO with two workers, of whom the first has all that the track asks for."""
    team = Team(make, content_app)
    earn(team.ana, *MODULES)
    return team


def test_the_preview_says_who_is_done_at_once_and_promises_her_no_letter(team: Team) -> None:
    said = text_of(team.browser.post("/team/assign", data=team.values(*team.people)))
    assert "Assign “First steps” to 2 people?" in said
    assert "1 person will be asked Luis" in said
    done = "It counts as finished at once. No letter is sent to them. Ana An application opens"
    assert f"1 person has done all of it before {done}" in said
    assert "They are told" in said
    alone = text_of(team.browser.post("/team/assign", data=team.values(team.ana)))
    assert "They are told" not in alone
    assert "You can take it back afterwards." in alone


def test_no_letter_goes_to_one_who_is_done_at_once(team: Team, content_app: Flask) -> None:
    actor, ids = actor_of(team.boss, at=now()), [each.person_id for each in team.people]
    write(lambda s: service.assign(s, actor, team.id, KEY, ids, due_on=None, client_id=new_client_id(), at=now()))
    send_letters(content_app, at=now() + timedelta(days=2))
    states = dict(reading().execute(select(Letter.person_id, Letter.state).where(Letter.kind == "assignment")).all())  # type: ignore[arg-type]
    assert states[team.ana.person_id] == "dropped"
    assert states[team.people[1].person_id] == "sent"


def table(response: Any) -> list[list[str]]:
    """Return a sent table without its headers."""
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.get_data(as_text=True).removeprefix("\ufeff"))))[1:]


def test_the_preview_can_be_saved_by_name(team: Team, make: Make) -> None:
    tight = day(1).isoformat()
    sent = {"organization": team.public_id, "track": KEY, "due_on": tight, "client_id": new_client_id()}
    ids = " ".join(each.person_public_id for each in team.people)
    rows = table(team.browser.post("/team/assign/plan.csv", data={**sent, "chosen": ids}))
    ana, luis = team.people
    opens = "An application for the certificate opens."
    assert [row[0] for row in rows] == ["Luis", "Ana"]
    assert [row[1] for row in rows] == [luis.person_public_id, ana.person_public_id]
    assert [row[3:] for row in rows] == [
        ["Is asked", tight, "This leaves little time."],
        ["Has done all of it already", tight, opens],
    ]
    stranger = make.person()
    assert (
        team.browser.post("/team/assign/plan.csv", data={**sent, "chosen": stranger.person_public_id}).status_code
        == 404
    )
    assert team.worker().post("/team/assign/plan.csv", data=sent).status_code == 404


# A waiver


@pytest.fixture
def certifier(make: Make, content_app: Flask) -> MadePerson:
    """Return a certifier."""
    content_app.config["WTF_CSRF_ENABLED"] = False
    return make.person("Vera", roles=("certifier",))


def test_a_waiver_is_looked_at_before_it_is_granted(team: Team, certifier: MadePerson, content_app: Flask) -> None:
    luis = team.people[1]
    earn(luis, "communication", at=now())
    write(lambda s: service.enrol(s, [luis.person_id], KEY, at=now()))
    write(lambda s: service.enrol(s, [luis.person_id], "core", at=now()))
    browser = sign_in(content_app.test_client(), certifier)
    address = f"/certify/people/{luis.person_public_id}/waivers"
    form = {"reason": "experience", "note": "As we said.", "ends_on": day(9).isoformat(), "client_id": "c" * 32}
    other = text_of(browser.post(address, data={**form, "part": "core|practicum"}))
    assert "Nothing yet: other parts are still missing." in other
    page = browser.post(address, data={**form, "part": "first-steps|outreach"})
    said = text_of(page)
    assert "Spare her this part?" in said
    assert "Completes “First steps”. An application for the certificate opens." in said
    assert "As we said." in said
    assert completed() == set(), "nothing has happened yet"
    past = browser.post(address, data={**form, "part": "first-steps|outreach", "ends_on": day(-1).isoformat()})
    assert "This day has passed" in text_of(past, 400)
    done = browser.post(address, data={**form, "part": "first-steps|outreach", "do": "spare"})
    assert done.status_code == 302
    assert completed() == {(luis.person_id, KEY, 1)}
    assert applied() == {(luis.person_id, KEY)}


def test_what_cannot_be_waived_cannot_be_looked_at(team: Team, certifier: MadePerson) -> None:
    actor = actor_of(certifier, "certifier", at=now())
    write(lambda s: service.enrol(s, [team.people[1].person_id], KEY, at=now()))
    for who, person, part, error in (
        (actor_of(team.boss), team.people[1], "outreach", NotFound),
        (actor, team.ana, "outreach", NotFound),
        (actor, team.people[1], "no-such", RuleBroken),
    ):
        with pytest.raises(error):
            service.plan_waiver(reading(), who, person.person_id, KEY, part, ends_on=None, at=now())
    reading().rollback()


def test_a_waiver_that_ends_is_foreseen_as_it_counts(make: Make) -> None:
    ana = make.person()
    earn(ana, "communication")
    write(lambda s: service.enrol(s, [ana.person_id], KEY, at=AT))
    gone = Waived("", KEY, 1, "outreach", "", AT, local_date(AT) - timedelta(days=1))
    assert queries.waive_ahead(reading(), current(reading()), ana.person_id, gone).completed == ()
    reading().rollback()
