"""Pages of letters over HTTP: choosing, what was sent, stopping signed out, what comes back, and the outbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from lms.audit.models import AuditEvent
from lms.clock import now
from lms.config import BadSettings
from lms.db import db, reading, write
from lms.i18n import TAGS
from lms.notifications import queries, service
from lms.notifications.jobs import send_letters
from lms.notifications.models import Letter, LetterChoice, SmsConsent
from lms.notifications.rules import Wish, stop_token
from lms.people import service as people
from tests.conftest import Browser
from tests.databases import make_config
from tests.factories import MadePerson, Make, day, sign_in
from tests.notifications.conftest import ask, bounce, letters, phone
from tests.notifications.test_jobs import mail_files

NUMBER = "+12135550100"
SECRET = "a shared secret of some length"


class Site:
    """A worker with a phone, a supervisor, an administrator, and browsers."""

    def __init__(self, make: Make, app: Flask) -> None:
        app.config["WTF_CSRF_ENABLED"] = False
        app.config["LMS"] = replace(app.config["LMS"], inbound_secret=SECRET)
        app.test_client_class = Browser
        self.app, self.make = app, make
        self.place = make.organization("Hope")
        self.boss = make.supervisor(self.place, "Boss")
        self.ana = make.person("Ana López")
        make.employment(self.ana, self.place)
        phone(self.ana, NUMBER, agreed=False)
        self.admin = make.person("Admin", roles=("administrator",))

    def browser(self, person: MadePerson | None = None) -> FlaskClient:
        """Return a browser in which a person is signed in, or nobody."""
        client = self.app.test_client()
        return sign_in(client, person) if person else client

    def wish(self, person: MadePerson | None = None) -> Wish:
        """Return how a person wants to be written to."""
        found = queries.find_wish(reading(), (person or self.ana).person_id)
        reading().rollback()
        return found

    def remind(self) -> Letter:
        """Have a reminder written to Ana, and return it."""
        ask(self.place, day(7), self.ana)
        write(lambda session: service.plan_reminders(session, today=day(), at=now()))
        return letters("reminder")[-1]


@pytest.fixture
def site(make: Make, content_app: Flask) -> Site:
    return Site(make, content_app)


def text_of(response: Any, status: int = 200) -> str:
    """Return a page's words without its elements."""
    assert response.status_code == status, response.status_code
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))).split())


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements on the reading engine."""
    found: list[str] = []
    engine = db.engines[None]

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


# ── Choosing ─────────────────────────────────────────────────────────────────


def test_a_worker_chooses_texts_with_her_consent(site: Site) -> None:
    browser = site.browser(site.ana)
    page = text_of(browser.get("/account/letters"))
    assert "(213) 555-0100" in page
    assert "Each Monday" not in page, "she has no team"
    hours = {"quiet_from": "20", "quiet_until": "9"}
    refused = browser.post("/account/letters", data={"channel": "sms", **hours})
    assert "Please also tick" in text_of(refused, 400)
    assert site.wish() == Wish()
    saved = browser.post("/account/letters", data={"channel": "sms", "agreed": NUMBER, **hours}, follow_redirects=True)
    assert "Letters come as you wish" in text_of(saved)
    assert site.wish() == Wish("sms", 20, 9, True)
    again = browser.get("/account/letters").get_data(as_text=True)
    assert re.search(r'value="sms"[^>]*checked|checked[^>]*value="sms"', again)
    assert re.search(rf'value="{re.escape(NUMBER)}"[^>]*checked|checked[^>]*value="{re.escape(NUMBER)}"', again)


@pytest.mark.parametrize(
    "data",
    [
        {"channel": "pigeon", "quiet_from": "20", "quiet_until": "9"},
        {"channel": "email", "quiet_from": "24", "quiet_until": "9"},
        {"channel": "email", "quiet_from": "x", "quiet_until": "9"},
        {"channel": "email", "quiet_from": "20", "quiet_until": "9", "agreed": "+13105550199"},
    ],
)
def test_what_is_not_offered_cannot_be_chosen(site: Site, data: dict[str, str]) -> None:
    text_of(site.browser(site.ana).post("/account/letters", data=data), 400)
    assert site.wish() == Wish()


def test_a_supervisor_turns_her_weekly_letter_off(site: Site) -> None:
    browser = site.browser(site.boss)
    page = text_of(browser.get("/account/letters"))
    assert "Each Monday" in page
    assert "a phone number that you have confirmed" in page
    refused = browser.post("/account/letters", data={"channel": "sms"})
    assert "We have no phone number that you have confirmed" in text_of(refused, 400)
    browser.post("/account/letters", data={"channel": "email"})
    assert site.wish(site.boss) == Wish("email", 21, 8, False)
    browser.post("/account/letters", data={"channel": "email", "wants_digest": "y"})
    assert site.wish(site.boss).wants_digest


def test_an_address_that_refuses_letters_is_told_kindly_and_can_be_right(site: Site, make: Make) -> None:
    bounce(site.ana.email, at=now())
    browser = site.browser(site.ana)
    html = browser.get("/account/letters").get_data(as_text=True)
    assert "Please check this address" in html
    (action,) = re.findall(r'action="(/account/letters/addresses/[^"]+)"', html)
    assert site.browser(make.person()).post(action).status_code == 404
    assert "We write there again" in text_of(browser.post(action, follow_redirects=True))
    assert "Please check" not in text_of(browser.get("/account/letters"))
    assert browser.post(action).status_code == 404


# ── What was sent ────────────────────────────────────────────────────────────


def test_every_letter_stands_in_plain_sight_of_its_reader_alone(site: Site, make: Make) -> None:
    browser = site.browser(site.ana)
    assert "No letters yet" in text_of(browser.get("/record/letters"))
    site.remind()
    assert "Reminder Leaves on" in text_of(browser.get("/record/letters"))
    send_letters(site.app, at=now())
    page = text_of(browser.get("/record/letters"))
    assert f"Reminder Sent on {day():%B} " in page
    assert f"E-mail to {site.ana.email}" in page
    assert site.ana.email not in text_of(site.browser(make.person()).get("/record/letters"))
    write(lambda session: session.execute(update(Letter).values(state="dropped")) and None)
    assert "No letters yet" in text_of(browser.get("/record/letters")), "what became needless is not told"


def test_a_long_list_of_letters_has_pages_and_no_more_statements(site: Site) -> None:
    browser = site.browser(site.ana)
    week = [day(7 * n) for n in range(55)]
    for each in week:
        write(lambda session, each=each: service.write_digests(session, [site.ana.person_id], each, at=now()))
    with counted() as statements:
        page = browser.get("/record/letters").get_data(as_text=True)
    assert page.count("The week of your team") == 50
    assert len([each for each in statements if "FROM letters" in each]) == 2
    assert text_of(browser.get("/record/letters?page=2")).count("The week of your team") == 5


# ── Stopping ─────────────────────────────────────────────────────────────────


def stop_path(site: Site, letter: Letter) -> str:
    return f"/letters/stop/{stop_token(site.app.config['LMS'].secret_key, letter.public_id)}"


def test_one_tap_stops_reminders_signed_out(site: Site) -> None:
    letter = site.remind()
    send_letters(site.app, at=now())
    (mail,) = mail_files(site.app)
    address = mail["List-Unsubscribe"].strip("<>")
    path = stop_path(site, letter)
    assert address == f"{site.app.config['LMS'].base_url}{path}"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for part in mail.iter_parts():
        assert address in part.get_content()
    browser = site.browser()
    asked = text_of(browser.get(path))
    assert "This stops letters and texts about new tracks, due dates" in asked
    assert site.wish() == Wish(), "opening it changes nothing: mail programs open links to look at them"
    assert "Reminders are stopped" in text_of(browser.post(path))
    assert site.wish().channel == "none"
    assert "Sign in and choose" in text_of(browser.post(path, data={"do": "start"})), "an old letter starts nothing"
    assert site.wish().channel == "none"


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_mail_program_stops_them_with_one_press(site: Site, kind: str) -> None:
    """As RFC 8058 has it: a POST without cookie, answered without a redirect, and the same again is the same."""
    site.app.config["WTF_CSRF_ENABLED"] = True
    path = stop_path(site, site.remind())
    for _ in range(3):
        pressed = site.app.test_client().post(path, data={"List-Unsubscribe": "One-Click"}, content_type=kind)
        assert pressed.status_code == 200
        assert site.wish().channel == "none"
    found = reading().execute(select(AuditEvent.id).where(AuditEvent.action == "letters-stopped")).all()
    assert len(found) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_scanner_that_opens_every_link_changes_nothing(site: Site, method: str) -> None:
    site.remind()
    write(lambda session: service.write_digests(session, [site.boss.person_id], day(), at=now()))
    send_letters(site.app, at=now())
    links = {
        link
        for mail in mail_files(site.app)
        for part in mail.iter_parts()
        for link in re.findall(r"https?://[^\s\"<]+", part.get_content())
    }
    assert len([link for link in links if "/letters/stop/" in link]) == 2
    base, before = site.app.config["LMS"].base_url, _everything()
    headers = {"Sec-Purpose": "prefetch", "Purpose": "prefetch"}
    for link in links:
        response = site.browser().open(link.removeprefix(base), method=method, headers=headers)
        assert response.status_code in {200, 302}, link
    assert _everything() == before
    write(lambda session: service.stop(session, letters("reminder")[-1].public_id, at=now()))
    stopped = _everything()
    assert stopped != before
    for link in links:
        site.browser().open(link.removeprefix(base), method=method, headers=headers)
    assert _everything() == stopped, "nor does it start anything"


def _everything() -> list[Any]:
    """Return all that is kept of who is written to."""
    found = [
        reading().execute(select(*model.__table__.c).order_by(model.id)).all() for model in (LetterChoice, SmsConsent)
    ]
    reading().rollback()
    return found


def test_who_wants_them_again_signs_in(site: Site) -> None:
    path = stop_path(site, site.remind())
    html = site.browser().post(path).get_data(as_text=True)
    assert 'href="/account/letters"' in html
    assert "<form" not in html.partition("<main")[2].partition("</main")[0], "there is nothing to press any more"
    assert "/sign-in" in site.browser().get("/account/letters").headers["Location"]
    site.browser(site.ana).post("/account/letters", data={"channel": "email"})
    assert site.wish().channel == "email"


@pytest.mark.parametrize("tag", TAGS)
def test_the_page_speaks_the_language_of_the_letters_reader(site: Site, make: Make, tag: str) -> None:
    reader = make.person(language=tag)
    write(lambda session: service.write_digests(session, [reader.person_id], day(), at=now()))
    html = site.browser().get(stop_path(site, letters("digest")[-1])).get_data(as_text=True)
    assert f'<html lang="{tag}"' in html


def test_no_address_but_the_letters_own_stops_anything(site: Site) -> None:
    path = stop_path(site, site.remind())
    browser = site.browser()
    for wrong in (path[:-1], path[:-1] + ("0" if path[-1] != "0" else "1"), path + "0", "/letters/stop/x"):
        assert browser.get(wrong).status_code == 404
        assert browser.post(wrong).status_code == 404
    write(lambda s: people.invite(s, None, name="New", language="en", email="new@test.example", at=now()))
    invitation = stop_path(site, letters("invitation")[0])
    assert browser.get(invitation).status_code == browser.post(invitation).status_code == 404
    assert site.wish() == Wish()


# ── What comes back ──────────────────────────────────────────────────────────


def bearer(secret: str = SECRET) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_a_gateway_brings_stop_and_start(site: Site) -> None:
    site.app.config["WTF_CSRF_ENABLED"] = True
    browser = site.browser()
    phone_number = "213-555-0100"
    heard = browser.post("/sms/inbound", data={"From": phone_number, "Body": "Start"}, headers=bearer())
    assert (heard.status_code, heard.json) == (200, {"heard": "start"})
    said = {"from": NUMBER, "text": "TAʻOFI"}
    assert browser.post("/sms/inbound", json=said, auth=("gateway", SECRET)).json == {"heard": "stop"}
    assert [each.values["answer"] for each in letters("sms_answer")] == ["start", "stop"]
    assert browser.post("/sms/inbound", json={"text": "stop"}, headers=bearer()).status_code == 400
    assert browser.post("/sms/inbound", json=["stop"], headers=bearer()).status_code == 400
    assert browser.post("/sms/inbound", json={"from": NUMBER}, headers=bearer()).json == {"heard": ""}


@pytest.mark.parametrize("path", ["/sms/inbound", "/mail/bounced"])
def test_without_the_secret_nothing_is_there(site: Site, path: str) -> None:
    browser, data = site.browser(), {"from": NUMBER, "text": "stop", "address": "a@test.example"}
    assert browser.post(path, data=data).status_code == 404
    assert browser.post(path, data=data, headers=bearer("another secret of length")).status_code == 404
    site.app.config["LMS"] = replace(site.app.config["LMS"], inbound_secret="")
    assert browser.post(path, data=data, headers=bearer("")).status_code == 404
    assert letters() == []


def test_a_provider_reports_an_address_that_bounced(site: Site) -> None:
    site.remind()
    send_letters(site.app, at=now())
    browser = site.browser()

    def report(address: str) -> Any:
        return browser.post("/mail/bounced", json={"address": address, "reason": "mailbox full"}, headers=bearer())

    assert report(site.ana.email).json == {"noted": True}
    assert report(site.ana.email.upper()).json == {"noted": False}, "known"
    assert report("stranger@test.example").json == {"noted": False}, "nothing was ever sent there"
    assert report("x").status_code == 400
    assert "Please check" in text_of(site.browser(site.ana).get("/account/letters"))


def test_a_short_secret_is_refused_at_the_start(tmp_path: Any) -> None:
    with pytest.raises(BadSettings, match="LMS_INBOUND_SECRET"):
        make_config(tmp_path, "sqlite://", LMS_INBOUND_SECRET="short")


# ── The outbox ───────────────────────────────────────────────────────────────


def test_an_administrator_sees_the_outbox_and_sends_again_what_failed(site: Site) -> None:
    browser = site.browser(site.admin)
    assert "No letter here" in text_of(browser.get("/admin/letters"))
    letter = site.remind()
    failed = update(Letter).values(state="failed", tries=6, problem="550 no such user", address="a@test.example")
    write(lambda session: session.execute(failed) and None)
    page = text_of(browser.get("/admin/letters?state=failed&kind=reminder"))
    assert "6 tries failed" in page
    assert "550 no such user" in page
    assert "No letter here" in text_of(browser.get("/admin/letters?state=sent"))
    assert "Reminder" in text_of(browser.get("/admin/letters?state=nonsense&kind=nonsense&page=99"))
    retry = f"/admin/letters/{letter.public_id}/retry"
    assert "sent again within seconds" in text_of(browser.post(retry, follow_redirects=True))
    assert "has not failed" in text_of(browser.post(retry, follow_redirects=True))
    assert browser.post("/admin/letters/none/retry").status_code == 404
    assert send_letters(site.app, at=now() + timedelta(seconds=1)) == "1 sent"


def test_the_outbox_says_in_the_language_of_its_reader_why_a_letter_was_dropped(site: Site) -> None:
    site.remind()
    head = site.make.person("Jefa", roles=("administrator",), language="es")

    def shown(problem: str) -> str:
        dropped = update(Letter).values(state="dropped", problem=problem)
        write(lambda session: session.execute(dropped) and None)
        html = site.browser(head).get("/admin/letters").get_data(as_text=True)
        (found,) = re.findall(r'<div class="card">.*?(<p class="quiet"[^<]*</p>)', html, re.DOTALL)
        return unescape(str(found))

    assert shown("track-completed") == '<p class="quiet">La ruta está completa.</p>'
    assert shown("the track is completed") == '<p class="quiet">La ruta está completa.</p>'
    assert shown("550 no such user") == '<p class="quiet" lang="en">550 no such user</p>'


def test_an_administrator_sees_how_long_text_messages_are(site: Site) -> None:
    page = text_of(site.browser(site.admin).get("/admin/letters/templates"))
    assert "Lea faka-Tonga" in page
    assert "in the alphabet of 70" in page
    assert "3 parts" in page
    assert "4 parts" not in page


@pytest.mark.parametrize("path", ["/admin/letters", "/admin/letters/templates"])
def test_the_outbox_is_for_administrators(site: Site, path: str) -> None:
    for person in (site.ana, site.boss):
        assert site.browser(person).get(path).status_code == 404
    assert site.browser().get(path).status_code == 302
    letter = site.remind()
    assert site.browser(site.boss).post(f"/admin/letters/{letter.public_id}/retry").status_code == 404
