"""Pages of sessions over HTTP: coming, being there, planning, keeping the list, closing, calendars, and strangers."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import icalendar
import pypdf
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text, update

from lms.clock import zone
from lms.db import write
from lms.fieldwork.models import (
    AttendanceEntry,
    CalendarFeed,
    ClassCredit,
    Cohort,
    GroupSession,
    SessionTeacher,
    SignUp,
)
from lms.fieldwork.rules.attendance import Stay
from lms.fieldwork.rules.tokens import here_token
from lms.fieldwork.service.sessions import cancel_session
from lms.fieldwork.views.sheets import drawable
from lms.ids import new_client_id
from lms.people.models import Account
from lms.tracks.service import assign
from tests.conftest import AT, Browser
from tests.factories import MadePerson, Make, sign_in
from tests.fieldwork.classes import AFTER, DAY, Classes, clock, placed, rows
from tests.fieldwork.test_service_sessions import cohort, join
from tests.organizations.conftest import actor_of, public_id_of

TITLE = "Talking with families"


class Awake(Browser):
    """A browser that is signed in anew before each request, however long ago the one before was."""

    person: MadePerson | None = None
    is_following = False

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request, and what it leads to, as the person."""
        if self.person is None or self.is_following:
            return super().open(*args, **kwargs)
        self.delete_cookie("session")
        sign_in(self, self.person)
        self.is_following = True
        try:
            return super().open(*args, **kwargs)
        finally:
            self.is_following = False


class Site(Classes):
    """Classes with browsers."""

    def __init__(self, make: Make, app: Flask) -> None:
        super().__init__(make)
        app.config["WTF_CSRF_ENABLED"] = False
        app.test_client_class = Awake
        self.app = app

    def browser(self, person: MadePerson) -> FlaskClient:
        """Return a browser in which a person is signed in."""
        browser = self.app.test_client()
        browser.person = person
        return browser

    def token(self, public_id: str) -> str:
        """Return what the code on the wall says."""
        return here_token(self.app.config["LMS"].secret_key, public_id, self.row(public_id).stamp)

    def here(self, public_id: str) -> str:
        """Return the address that the code opens."""
        return f"/sessions/{public_id}/here?token={self.token(public_id)}"


@pytest.fixture
def site(make: Make, content_app: Flask) -> Any:
    """Return people with browsers, at the instant at which most tests happen."""
    with time_machine.travel(AT, tick=False):
        yield Site(make, content_app)


def moved(at: datetime) -> Any:
    """Return a context at another instant."""
    return time_machine.travel(at, tick=False)


def text_of(response: Any, status: int = 200) -> str:
    """Return a page's words without its elements."""
    assert response.status_code == status, (response.status_code, response.headers.get("Location"))
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))).split())


def field_of(response: Any, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', response.get_data(as_text=True))
    assert found, name
    return unescape(found[1])


PLACE = {"language": "en"}


# Coming


def test_she_finds_a_session_and_takes_a_place(site: Site) -> None:
    ana = site.browser(site.ana)
    assert "No session is planned for you now" in text_of(ana.get("/sessions"))
    group = site.plan(capacity=1, link="https://room.example/x")
    said = text_of(ana.get("/sessions"))
    assert "You could come to" in said
    assert "Saturday, March 14, 2026, 9:00 AM to 12:00 PM" in said
    said = text_of(ana.get(f"/sessions/{group}"))
    assert "I will come" in said
    assert "You see its address as soon as you have a place." in said
    said = text_of(ana.post(f"/sessions/{group}/sign-up", data=PLACE, follow_redirects=True))
    assert "You have a place. See you there!" in said
    assert "https://room.example/x" in said
    luis = site.browser(site.luis)
    assert "Put me on the waiting list" in text_of(luis.get(f"/sessions/{group}"))
    said = text_of(luis.post(f"/sessions/{group}/sign-up", data=PLACE, follow_redirects=True))
    assert "You are number 1 of those who wait in your language" in said
    assert "room.example" not in said
    assert "Your next session" in text_of(luis.get("/learn"))
    said = text_of(ana.post(f"/sessions/{group}/leave", follow_redirects=True))
    assert "Your place is free for somebody else now" in said
    assert placed() == [site.luis.person_id]
    assert "See where it is" in text_of(luis.get("/sessions"))


def test_who_needs_an_interpreter_is_told_what_she_waits_for(site: Site) -> None:
    group, ana = site.plan(), site.browser(site.ana)
    data = {"language": "to", "needs_interpreter": "y"}
    said = text_of(ana.post(f"/sessions/{group}/sign-up", data=data, follow_redirects=True))
    assert "Nobody interprets into your language yet" in said
    said = text_of(site.browser(site.trainer).get(f"/sessions/{group}/roster"))
    assert "Lea faka-Tonga: 1 person waits, needing an interpreter: 1" in said


def test_refusals_stand_on_the_page(site: Site) -> None:
    group, ana = site.plan(), site.browser(site.ana)
    assert "Please choose one." in text_of(ana.post(f"/sessions/{group}/sign-up", data={}), 400)
    with moved(clock(9)):
        assert "This session has begun" in text_of(ana.post(f"/sessions/{group}/sign-up", data=PLACE), 400)
        assert "This session has begun" in text_of(ana.post(f"/sessions/{group}/leave"), 400)
    write(lambda s: cancel_session(s, site.teaching, group, reason="The room is flooded", at=AT))
    assert "The room is flooded" in text_of(ana.get(f"/sessions/{group}"))


def test_in_her_own_language(site: Site, make: Make) -> None:
    group, sela = site.plan(), make.person("Sela", language="to")
    said = text_of(site.browser(sela).get(f"/sessions/{group}"))
    assert "Te u haʻu" in said
    assert "9:00" in said
    assert "AM" not in said.split("Te u haʻu")[0].split("Tokonaki")[-1]


# "I am here"


def test_she_scans_the_code_and_says_that_she_is_there(site: Site, make: Make) -> None:
    group, guest = site.plan(organization_id=site.hope, is_open=False), make.person("Guest")
    browser = site.browser(guest)
    assert browser.get(f"/sessions/{group}/here").status_code == 404
    assert browser.get(f"/sessions/{group}/here?token=wrong").status_code == 404
    assert "It is too early" in text_of(browser.get(site.here(group)))
    with moved(clock(9, 12)):
        assert "I am here" in text_of(browser.get(site.here(group)))
        data = {"token": site.token(group), "do": "come"}
        said = text_of(browser.post(site.here(group), data=data, follow_redirects=True))
        assert "Welcome! You are on the list since 9:12 AM." in said
        browser.post(site.here(group), data=data)
        assert len(rows(AttendanceEntry.id)) == 1
        assert "since 9:12 AM, 12 min late" in text_of(browser.get(site.here(group)))
    with moved(clock(10)):
        said = text_of(browser.post(site.here(group), data={**data, "do": "leave"}, follow_redirects=True))
        assert "Noted: you left at 10:00 AM." in said
        assert "I am back" in said
        browser.post(site.here(group), data={**data, "do": "leave"})
        assert len(rows(AttendanceEntry.id)) == 2
    with moved(clock(12, 1)):
        assert "This session is over. Thank you for coming!" in text_of(browser.get(site.here(group)))
        assert "This session is over. Please tell" in text_of(browser.post(site.here(group), data=data), 400)


def test_an_older_code_takes_nobody_in(site: Site) -> None:
    group, ana, trainer = site.plan(), site.browser(site.ana), site.browser(site.trainer)
    old = site.here(group)
    assert "This is the new code" in text_of(trainer.post(f"/sessions/{group}/code/renew", follow_redirects=True))
    with moved(clock(9)):
        assert ana.get(old).status_code == 200, "she sees this session anyway"
        data = {"token": old.rpartition("=")[2], "do": "come"}
        assert "This code is no longer in use" in text_of(ana.post(old, data=data), 400)
        data = {"token": site.token(group), "do": "come"}
        assert "another person has to mark you" in text_of(trainer.post(site.here(group), data=data), 400)


def test_who_is_not_signed_in_comes_back_to_the_button(site: Site) -> None:
    group = site.plan()
    answer = site.app.test_client().get(site.here(group))
    assert answer.status_code == 302
    assert "/sign-in?next=" in answer.headers["Location"]
    assert "token" in answer.headers["Location"]


# Planning


def planned(site: Site, **more: Any) -> dict[str, Any]:
    """Return what the form of a session sends."""
    known = {
        "client_id": new_client_id(),
        "title": TITLE,
        "organization": "",
        "cohort": "",
        "is_open": "y",
        "day": DAY.isoformat(),
        "starts": "09:00",
        "ends": "12:00",
        "place": "Main Street 1",
        "language": "en",
        "capacity": "10",
        "module": "",
        "track": "",
        "minimum_share": "80",
        "teachers": ["0"],
    }
    return {**known, **more}


def test_a_trainer_plans_a_session(site: Site, make: Make) -> None:
    other = make.person("Other Trainer", roles=("trainer",))
    browser = site.browser(site.trainer)
    assert "Plan it" in text_of(browser.get("/sessions/plan/new"))
    data = planned(site, module="outreach", finishes_lessons="y", more_teachers=other.email, interpreters=["es"])
    said = text_of(browser.post("/sessions/plan/new", data=data, follow_redirects=True))
    assert "The session is planned." in said
    assert "Other Trainer" in said
    browser.post("/sessions/plan/new", data=data)
    (row,) = rows(GroupSession.competencies, GroupSession.interpreters)
    assert row == (["chw-core/outreach"], ["es"]), "those of the module, planned once"
    assert rows(SessionTeacher.person_id) == [site.trainer.person_id, other.person_id]
    assert TITLE in text_of(browser.get("/sessions/plan"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"day": "2026-03-08", "starts": "02:30", "ends": "05:00"}, "Clocks are set forward that night"),
        ({"ends": "08:00"}, "The end must come after the beginning"),
        ({"place": ""}, "Please say where it is"),
        ({"link": "javascript:x"}, "begins with https://"),
        ({"capacity": "0"}, "between 1 and 500"),
        ({"minimum_share": "101"}, "between 1 and 100"),
        ({"title": ""}, "Please fill this in"),
        ({"title": "x" * 121}, "at most 120 letters"),
        ({"day": "2020-01-01"}, "more than a year ago"),
        ({"more_teachers": "nobody@test.example"}, "We know no trainer"),
        ({"more_teachers": "what"}, "We know no trainer"),
        ({"finishes_lessons": "y"}, "Choose the module"),
    ],
)
def test_what_a_plan_refuses_stands_beside_its_field(site: Site, change: dict[str, Any], said: str) -> None:
    answer = site.browser(site.trainer).post("/sessions/plan/new", data=planned(site, **change))
    assert said in text_of(answer, 400)
    assert rows(GroupSession.id) == []


@pytest.mark.parametrize(
    "change", [{"interpreters": ["", "zz"]}, {"teachers": [" ", "x"]}, {"competencies": ["", "x"]}]
)
def test_a_plan_names_nothing_that_was_not_offered(site: Site, change: dict[str, Any]) -> None:
    """A blank before it let anything pass: a language that nobody has was kept, a word for a number was a fault."""
    answer = site.browser(site.trainer).post("/sessions/plan/new", data=planned(site, **change))
    assert "one of those that are offered" in text_of(answer, 400) or "not a valid choice" in text_of(answer, 400)
    assert rows(GroupSession.id) == []


def test_nobody_learns_whose_number_it_is(site: Site) -> None:
    browser = site.browser(site.trainer)
    said = text_of(browser.post("/sessions/plan/new", data=planned(site, more_teachers=site.ana.email)), 400)
    assert "We know no trainer" in said
    hosted = planned(site, organization=public_id_of(site.hope), more_teachers=site.ana.email)
    assert browser.post("/sessions/plan/new", data=hosted).status_code == 302, "she works for the host"


def test_a_supervisor_plans_where_she_answers_for_the_staff(site: Site, make: Make) -> None:
    other, browser = make.organization(), site.browser(site.boss)
    assert "The whole consortium" not in text_of(browser.get("/sessions/plan/new"))
    mine = planned(site, organization=public_id_of(site.hope))
    assert browser.post("/sessions/plan/new", data=mine).status_code == 302
    foreign = planned(site, organization=public_id_of(other))
    assert browser.post("/sessions/plan/new", data=foreign).status_code == 400
    assert len(rows(GroupSession.id)) == 1
    assert "Where your staff was" in text_of(browser.get("/sessions/plan"))


def test_a_session_is_changed_copied_and_cancelled(site: Site) -> None:
    group = site.plan(site.trainer, module_key="outreach")
    browser = site.browser(site.trainer)
    site.sign_up(group, site.ana)
    page = browser.get(f"/sessions/{group}/edit")
    assert "Those who signed up are told" in text_of(page)
    data = planned(site, place="Elsewhere 2", seen=field_of(page, "seen"), module="outreach")
    assert "Saved." in text_of(browser.post(f"/sessions/{group}/edit", data=data, follow_redirects=True))
    assert (site.row(group).place, site.row(group).revision) == ("Elsewhere 2", 1)
    assert browser.post(f"/sessions/{group}/edit", data={**data, "seen": "x"}).status_code == 400
    data["title"] = "Stale"
    assert "Somebody changed this meanwhile" in text_of(browser.post(f"/sessions/{group}/edit", data=data), 400)
    like = browser.get(f"/sessions/plan/new?like={group}").get_data(as_text=True)
    assert 'value="Elsewhere 2"' in like
    assert DAY.isoformat() not in like
    said = text_of(browser.get(f"/sessions/{group}/cancel"))
    assert "1 person is told:" in said
    assert "Ana" in said
    assert "Please fill this in" in text_of(browser.post(f"/sessions/{group}/cancel", data={"reason": ""}), 400)
    said = text_of(browser.post(f"/sessions/{group}/cancel", data={"reason": "Rain"}, follow_redirects=True))
    assert "Cancelled. 1 person is told." in said
    assert "This session was cancelled." in text_of(browser.get(f"/sessions/{group}/roster"))


# The list


def test_the_list_on_a_phone(site: Site) -> None:
    group, browser = site.plan(site.trainer), site.browser(site.trainer)
    assert "Nobody has a place yet" in text_of(browser.get(f"/sessions/{group}/roster"))
    for person in (site.ana, site.luis):
        site.sign_up(group, person)
    assert "You can tick them from 30 minutes before" in text_of(browser.get(f"/sessions/{group}/roster"))
    with moved(clock(9, 5)):
        said = text_of(browser.get(f"/sessions/{group}/roster"))
        assert "Ana English, Hope" in said
        data: dict[str, Any] = {"person": site.ana.person_public_id, "came": "09:00"}
        said = text_of(browser.post(f"/sessions/{group}/roster", data=data, follow_redirects=True))
        assert "1 person is noted." in said
        assert "since 9:00 AM" in said
        data = {"came": "09:00"}
        assert "Please choose at least one person." in text_of(
            browser.post(f"/sessions/{group}/roster", data=data), 400
        )
        data = {"person": site.luis.person_public_id, "came": "09:00", "until": "08:00"}
        assert "Leaving must come after coming." in text_of(browser.post(f"/sessions/{group}/roster", data=data), 400)
        data = {"person": site.luis.person_public_id, "came": "09:00", "sheet": " 20260314-X "}
        browser.post(f"/sessions/{group}/roster", data=data)
    assert rows(AttendanceEntry.way, AttendanceEntry.sheet) == [("list", None), ("sheet", "20260314-X")]


def test_somebody_who_walked_in_is_found_by_name(site: Site, make: Make) -> None:
    group = site.plan(organization_id=site.hope)
    stranger = make.person("Zuleyma Stranger")
    make.employment(stranger, make.organization())
    trainer, boss = site.browser(site.trainer), site.browser(site.boss)
    with moved(clock(9)):
        assert "Write at least three letters." in text_of(trainer.get(f"/sessions/{group}/walk-in?q=zu"))
        assert "Zuleyma" in text_of(trainer.get(f"/sessions/{group}/walk-in?q=zuley"))
        assert "Nobody found" in text_of(boss.get(f"/sessions/{group}/walk-in?q=zuley"))
        assert "Ana" in text_of(boss.get(f"/sessions/{group}/walk-in?q=ana"))
        data = {"person": stranger.person_public_id, "came": "09:00", "q": "zuley"}
        assert boss.post(f"/sessions/{group}/walk-in", data=data).status_code == 404
        assert rows(AttendanceEntry.id) == []
        assert trainer.post(f"/sessions/{group}/walk-in", data=data).status_code == 302
        assert trainer.post(f"/sessions/{group}/walk-in", data={**data, "came": ""}).status_code == 400
        said = text_of(boss.get(f"/sessions/{group}/roster"))
    assert "was not signed up" in said
    assert "Organization 3" not in said, "the employer of others is not hers to know"


def test_corrections_keep_what_stood_there(site: Site) -> None:
    group = site.plan()
    site.mark(group, site.ana)
    browser, address = site.browser(site.trainer), f"/sessions/{group}/roster/{site.ana.person_public_id}"
    with moved(AFTER):
        page = browser.get(address)
        assert 'value="09:00"' in page.get_data(as_text=True)
        data = {"seen": field_of(page, "seen"), "came_1": "09:00", "until_1": "10:00", "came_2": "11:00", "do": "save"}
        assert "Please say why" in text_of(browser.post(address, data={**data, "makes_up": ""}), 400)
        wrong = {**data, "until_3": "11:30", "reason": "x", "makes_up": ""}
        assert "Please say when they came." in text_of(browser.post(address, data=wrong), 400)
        said = text_of(browser.post(address, data={**data, "reason": "Bus", "makes_up": ""}, follow_redirects=True))
        assert "Saved. What stood there before is kept." in said
        assert "9:00 AM to 10:00 AM, since 11:00 AM" in said
        page = browser.get(address)
        assert "corrected, March 14, 2026, 1:00 PM, Bus" in text_of(page)
        browser.post(address, data={"seen": "2", "reason": "No", "do": "absent", "makes_up": ""})
        assert rows(AttendanceEntry.stays)[-1] == []
        assert browser.get(f"/sessions/{group}/roster/{site.luis.person_public_id}").status_code == 404


def test_a_part_is_made_up_on_the_same_page(site: Site) -> None:
    first = site.plan(module_key="outreach", day=DAY - timedelta(days=7), title="Earlier")
    day = DAY - timedelta(days=7)
    site.mark(first, site.ana, stays=(Stay(clock(9, day=day), clock(10, day=day)),))
    site.close(first)
    second = site.plan(module_key="outreach")
    site.sign_up(second, site.ana)
    browser, address = site.browser(site.trainer), f"/sessions/{second}/roster/{site.ana.person_public_id}"
    with moved(AFTER):
        assert "Earlier, March 7, 2026" in text_of(browser.get(address))
        data = {"seen": "0", "came_1": "09:00", "until_1": "12:00", "makes_up": first, "do": "save"}
        assert browser.post(address, data=data).status_code == 302
        assert f'selected value="{first}"' in browser.get(address).get_data(as_text=True)
        said = text_of(browser.get(f"/sessions/{second}/close"))
        assert "With this part made up, the earlier session counts whole." in said


# Closing


def test_closing_shows_and_then_does_it(site: Site) -> None:
    group = site.plan(site.trainer)
    site.sign_up(group, site.luis)
    browser, address = site.browser(site.trainer), f"/sessions/{group}/close"
    with moved(clock(11)):
        site.mark(group, site.ana, stays=(Stay(clock(9)),), at=clock(11))
        said = text_of(browser.get(address))
        assert "Nobody noted when 1 person left." in said
        assert "It can be closed once it is over." in said
    with moved(AFTER):
        page = browser.get(address)
        said = text_of(page)
        assert "3 h of 3 h (100%). From 80% on it counts whole." in said
        assert "Had a place, and not there" in said
        stale = {"fingerprint": "0" * 64}
        assert "Somebody changed this meanwhile" in text_of(browser.post(address, data=stale), 400)
        data = {"fingerprint": field_of(page, "fingerprint")}
        assert "Its minutes count now." in text_of(browser.post(address, data=data, follow_redirects=True))
        assert browser.post(address, data=data).status_code == 302, "a second tap"
        assert rows(ClassCredit.credited_minutes) == [180]
        assert "This session is closed." in text_of(browser.get(f"/sessions/{group}/roster"))
        ana = site.browser(site.ana)
        said = text_of(ana.get(f"/sessions/{group}"))
        assert "3 h count for you. 3 h of 3 h (100%)" in said
        assert TITLE in text_of(ana.get("/record"))
        assert "Sessions where you were" in text_of(ana.get("/sessions"))
        told = ana.get("/record.json").get_json()
        assert told["session_minutes"][0]["credited_minutes"] == 180
        assert told["session_attendance"][0]["session"] == TITLE
        boss = site.browser(site.boss)
        assert "Ana" in text_of(boss.get("/sessions/attendance"))
        assert boss.post(f"/sessions/{group}/reopen", data={"reason": "x"}).status_code == 404
        assert "Please fill this in" in text_of(browser.post(f"/sessions/{group}/reopen", data={"reason": ""}), 400)
        said = text_of(browser.post(f"/sessions/{group}/reopen", data={"reason": "Wrong"}, follow_redirects=True))
        assert "The session is open again." in said


def test_an_organization_sees_its_staff_in_their_span(site: Site, make: Make) -> None:
    group = site.plan()
    late = make.person("Later Lin")
    make.employment(late, site.hope, since=DAY + timedelta(days=1))
    other = make.organization()
    make.employment(late, other)
    site.mark(group, late, site.ana)
    site.close(group)
    with moved(AFTER + timedelta(days=3)):
        said = text_of(site.browser(site.boss).get("/sessions/attendance"))
        assert "Ana" in said
        assert "Later Lin" not in said, "she did not work here then"
        assert "Later Lin" in text_of(site.browser(make.supervisor(other)).get("/sessions/attendance"))
    assert "Nothing yet" in text_of(site.browser(make.supervisor(make.organization())).get("/sessions/attendance"))


def test_a_supervisor_signs_up_staff(site: Site) -> None:
    group, boss = site.plan(capacity=1), site.browser(site.boss)
    address = f"/sessions/{group}/staff"
    assert "Ana" in text_of(boss.get(address))
    assert "Please choose at least one person." in text_of(boss.post(address, data=PLACE), 400)
    people = [site.ana.person_public_id, site.luis.person_public_id]
    said = text_of(boss.post(address, data={**PLACE, "person": people}, follow_redirects=True))
    assert "1 person has a place." in said
    assert "1 person is on the waiting list." in said
    assert "Ana has a place" in said
    assert "Everybody is on the list" in text_of(boss.get(address))
    assert boss.post(address, data={**PLACE, "person": site.trainer.person_public_id}).status_code == 404
    assert len(rows(SignUp.id)) == 2


# Papers


def test_the_papers_hold_names_times_and_room_to_sign(site: Site, make: Make) -> None:
    group = site.plan(site.trainer, organization_id=site.hope, title="Talanoa ʻi Kolofoʻou")
    names = ["ʻIlaisaane Halaʻevalu Mafileʻo", "Xóchitl Guadalupe Peñaloza Villaseñor de la Cruz Montoya", "Sione 名"]
    for name in [*names, *(f"Person number {n}" for n in range(30))]:
        person = make.person(name)
        make.employment(person, site.hope)
        site.sign_up(group, person)
    write(lambda s: s.execute(update(GroupSession).values(capacity=50)) and None)
    browser = site.browser(site.trainer)
    for kind, words in (
        ("sheet", ("Signature of Tina Trainer", "Came at", "20260314-")),
        ("roster", ("Hope", "waiting")),
    ):
        answer = browser.get(f"/sessions/{group}/{kind}.pdf")
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        reader = pypdf.PdfReader(io.BytesIO(answer.data))
        told = " ".join("\n".join(page.extract_text() for page in reader.pages).split())
        for word in (*words, "Talanoa ʻi Kolofoʻou", "Saturday, March 14, 2026, 9:00 AM to 12:00 PM", "Tina Trainer"):
            assert word in told, (kind, word)
    assert names[0] in told
    assert "Peñaloza Villaseñor" in told
    assert drawable("Sione 名") == "Sione ?"
    empty = browser.get(f"/sessions/{site.plan()}/sheet.pdf")
    assert "Signature of the teacher" in pypdf.PdfReader(io.BytesIO(empty.data)).pages[0].extract_text()


@pytest.mark.parametrize("tag", ["es", "to", "sm"])
def test_the_heads_of_a_paper_stay_in_their_row(site: Site, tag: str) -> None:
    """A head that takes two lines makes its row higher, so that it is not written over the line below."""
    group = site.plan()
    write(lambda s: s.execute(text("UPDATE people SET language = :tag"), {"tag": tag}) and None)
    data = site.browser(site.trainer).get(f"/sessions/{group}/sheet.pdf").data
    drawn = pypdf.PdfReader(io.BytesIO(data)).pages[0].get_contents().get_data().decode("latin-1")
    boxes = [tuple(map(float, found)) for found in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re", drawn)]
    bottom = boxes[0][1]
    assert len(boxes) > 5
    texts = [float(y) for _x, y in re.findall(r"1 0 0 1 ([\d.]+) ([\d.]+) Tm", drawn)]
    assert not [y for y in texts if bottom - 12 < y < bottom + 3], "words on the line below the heads"


def test_the_code_is_a_picture_of_the_address(site: Site) -> None:
    group, browser = site.plan(), site.browser(site.trainer)
    answer = browser.get(f"/sessions/{group}/code.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert f"http://localhost{site.here(group)}" in unescape(
        browser.get(f"/sessions/{group}/code").get_data(as_text=True)
    )


# Cohorts


def test_a_cohort_from_making_it_to_her_attendance(site: Site, make: Make) -> None:
    trainer, ana = site.browser(site.trainer), site.browser(site.ana)
    hope = public_id_of(site.hope)
    asked = {"organization": "", "invited": [hope], "module": "", "track": "first-steps"}
    data = {"client_id": new_client_id(), "name": "Spring", **asked}
    assert "New cohort" in text_of(trainer.get("/sessions/cohorts/new"))
    assert "Please fill this in" in text_of(trainer.post("/sessions/cohorts/new", data={**data, "name": ""}), 400)
    said = text_of(trainer.post("/sessions/cohorts/new", data=data, follow_redirects=True))
    assert "The cohort is there. Plan its sessions now." in said
    ((number, key),) = rows(Cohort.id, Cohort.public_id)
    assert f'selected value="{key}"' in trainer.get(f"/sessions/plan/new?cohort={key}").get_data(as_text=True)
    first = site.plan(cohort_id=number)
    site.plan(cohort_id=number, day=DAY + timedelta(days=7), title="Second")
    address = f"/sessions/cohorts/{key}"
    assert "I will come to all of them" in text_of(ana.get(address))
    assert "Please choose one." in text_of(ana.post(f"{address}/join", data={}), 400)
    said = text_of(ana.post(f"{address}/join", data=PLACE, follow_redirects=True))
    assert "You are signed up for 2 sessions." in said
    assert "0 min of 6 h count for you" in said
    site.mark(first, site.ana)
    site.mark(first, site.luis)
    site.close(first)
    with moved(AFTER):
        said = text_of(ana.get(address))
        assert "3 h of 6 h count for you" in said
        assert "3 h count for you" in said
        missed = site.browser(make.supervisor(site.hope))
        assert "You were not there. Ask how you can make it up." in text_of(missed.get(address))
        assert "Luis" in text_of(trainer.get(address))
        said = text_of(ana.post(f"{address}/leave", follow_redirects=True))
    assert "What you attended stays in your record." in said
    stranger = site.browser(make.person())
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}/join", data=PLACE).status_code == 404


def test_a_member_who_has_left_the_organization_still_sees_her_cohort(site: Site, make: Make) -> None:
    found = cohort(site, site.hope)
    join(site.ana, found)
    off = site.plan(cohort_id=rows(Cohort.id)[0])
    write(lambda s: cancel_session(s, site.teaching, off, reason="x", at=AT))
    gone = make.person("Gone")
    make.employment(gone, site.hope, until=date(2026, 3, 5))
    join(gone, found)
    with moved(AFTER):
        said = text_of(site.browser(gone).get(f"/sessions/cohorts/{found}"))
    assert "Cancelled" in said


# Calendars


def calendar(site: Site, address: str) -> icalendar.Calendar:
    """Return what a phone reads at an address, without being signed in."""
    answer = site.app.test_client().get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    return icalendar.Calendar.from_ical(answer.data)


def test_her_calendar_holds_sessions_and_due_dates(site: Site, make: Make) -> None:
    luis = actor_of(site.luis)
    first, second, third = (
        site.plan(link="https://room.example"),
        site.plan(title="Full", capacity=1),
        site.plan(title="Off"),
    )
    site.sign_up(second, site.luis, actor=luis)
    for group in (first, second, third):
        site.sign_up(group, site.ana)
    write(lambda s: cancel_session(s, site.teaching, third, reason="x", at=AT))
    boss, ids = actor_of(site.boss), [site.ana.person_id]
    due = {"due_on": date(2026, 5, 1), "client_id": new_client_id(), "at": AT}
    write(lambda s: assign(s, boss, site.hope, "first-steps", ids, **due))
    browser = site.browser(site.ana)
    assert "Make my calendar" in text_of(browser.get("/calendar"))
    assert browser.post("/calendar", data={"do": "nothing"}).status_code == 302
    assert rows(CalendarFeed.id) == []
    page = browser.post("/calendar", data={"do": "open"}, follow_redirects=True).get_data(as_text=True)
    address = re.search(r'value="http://localhost(/calendar/[^"]+\.ics)"', page)
    assert address is not None
    assert f"webcal://localhost{address[1]}" in page
    found = calendar(site, address[1])
    events = {str(each["summary"]): each for each in found.walk("VEVENT")}
    assert set(events) == {TITLE, "Full", "Off", "Finish First steps"}
    assert events[TITLE].decoded("dtstart") == clock(9)
    assert (events[TITLE]["location"], events[TITLE]["status"]) == ("Main Street 1", "CONFIRMED")
    assert "https://room.example" in events[TITLE]["description"]
    assert (events["Full"]["status"], events["Off"]["status"], events["Off"]["sequence"]) == (
        "TENTATIVE",
        "CANCELLED",
        1,
    )
    assert events["Finish First steps"].decoded("dtstart") == date(2026, 5, 1)
    again = {str(each["uid"]) for each in calendar(site, address[1]).walk("VEVENT")}
    assert again == {str(each["uid"]) for each in events.values()}, "names stay"
    browser.post("/calendar", data={"do": "renew"})
    assert site.app.test_client().get(address[1]).status_code == 404, "the old address works no more"
    assert site.app.test_client().get("/calendar/nothing.ics").status_code == 404
    page = browser.get("/calendar").get_data(as_text=True)
    newer = re.search(r'value="http://localhost(/calendar/[^"]+\.ics)"', page)
    assert newer is not None
    write(lambda s: s.execute(update(Account).where(Account.id == site.ana.account_id).values(disabled_at=AT)) and None)
    assert site.app.test_client().get(newer[1]).status_code == 404, "nor does that of a closed account"


def test_her_calendar_speaks_her_language(site: Site, make: Make) -> None:
    sela = make.person("Sela", language="to")
    browser = site.browser(sela)
    group = site.plan(capacity=1)
    site.sign_up(group, site.ana)
    site.sign_up(group, sela)
    page = browser.post("/calendar", data={"do": "open"}, follow_redirects=True).get_data(as_text=True)
    address = re.search(r'value="http://localhost(/calendar/[^"]+\.ics)"', page)
    assert address is not None
    (event,) = calendar(site, address[1]).walk("VEVENT")
    assert "ʻOkú ke ʻi he lisi tatali." in event["description"]
    browser.post("/calendar", data={"do": "end"})
    assert "http://localhost/calendar" not in browser.get("/calendar").get_data(as_text=True)


# Strangers


def test_what_is_not_hers_looks_like_a_missing_page(site: Site, make: Make) -> None:
    group = site.plan(organization_id=site.hope, is_open=False, title="Canary")
    site.sign_up(group, site.ana)
    site.mark(group, site.luis)
    other = make.organization()
    worker = make.person()
    make.employment(worker, other)
    person = site.ana.person_public_id
    pages = " /roster /close /edit /cancel /code /code.svg /sheet.pdf /roster.pdf /walk-in /staff".split(" ")
    pages.append(f"/roster/{person}")
    posts = "/sign-up /leave /roster /close /edit /cancel /code/renew /reopen /walk-in /staff".split()
    posts.append(f"/roster/{person}")
    tried = 0
    for stranger in (worker, make.supervisor(other), make.person(roles=("analyst",))):
        browser = site.browser(stranger)
        for method, paths in (("GET", pages), ("POST", posts)):
            for path in paths:
                answer = browser.open(f"/sessions/{group}{path}", method=method)
                assert answer.status_code == 404, (method, path)
                assert "Canary" not in answer.get_data(as_text=True)
                tried += 1
        assert "Canary" not in text_of(browser.get("/sessions"))
        assert "Canary" not in browser.get("/sessions/plan").get_data(as_text=True)
    assert tried == 3 * 23
    member = site.browser(site.ana)
    for path in pages[1:]:
        assert member.get(f"/sessions/{group}{path}").status_code == 404, path
    assert site.row(group).state == "held"
    assert zone().key == "America/Los_Angeles"
