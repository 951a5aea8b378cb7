"""The page of a follow-up: by a link, signed out, once, and telling nobody who was asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lms.audit.models import AuditEvent
from lms.clock import local_date, now
from lms.content.service import Draft
from lms.db import reading, write
from lms.people.models import Account
from lms.surveys import queries, rules, service
from lms.surveys.models import SurveyInvitation, SurveyReceipt, WaitingAnswer
from tests.assessments.test_views import counting
from tests.conftest import AT
from tests.factories import Make, sign_in
from tests.factories.learning import draft, publish_drafts, standard
from tests.surveys.test_service import all_of, waiting

TODAY = AT.date()
TWO = [{"id": "a", "text": "One"}, {"id": "b", "text": "Two"}]
QUESTIONS: list[dict[str, Any]] = [
    {"id": "used", "type": "likert", "level": "behavior", "prompt": "Do you use it?", "required": True},
    {"id": "each", "type": "matrix", "level": "behavior", "prompt": "How much of each?", "rows": TWO},
    {"id": "hard", "type": "choices", "level": "behavior", "prompt": "What is hard?", "options": TWO},
    {"id": "hours", "type": "number", "level": "results", "prompt": "How many?", "least": 0, "most": 100,
     "unit": "hours a week", "whole": False},
    {"id": "people", "type": "number", "level": "results", "prompt": "How many people?", "least": 0, "most": 9},
    {"id": "words", "type": "text", "level": "reaction", "prompt": "What was missing?"},
]  # fmt: skip
ANSWERS = {
    "q-used": "4",
    "q-each.a": "2",
    "q-each.b": "",
    "q-hard": ["b", "a"],
    "q-hours": "37,5",
    "q-people": "7",
    "q-words": "More <b>practice</b>.",
}


def after() -> Draft:
    frame = {"key": "after", "title": "How is it going?", "intro": "Short.", "thanks": "Thanks a lot.", "group": 12}
    return draft(
        "survey", "after", "en", {"files": {"after.yml": {**frame, "questions": QUESTIONS, "scale": list("VWXYZ")}}}
    )


def track() -> Draft:
    items = [{"id": "alpha", "module": "alpha"}]
    frame = {"key": "way", "title": "The way", "summary": "S.", "level": "base", "items": items}
    return draft("track", "way", "en", {"files": {"way.yml": frame}})


def asked(person_id: int, due_on: date = TODAY, subject: str = "track:way") -> str:
    write(lambda s: service.invite(s, "after", [(person_id, subject, 1, due_on)]))
    found = reading().execute(select(SurveyInvitation.public_id).order_by(SurveyInvitation.id.desc())).scalars().first()
    reading().rollback()
    assert found is not None
    return found


class Asked:
    """A worker who was asked, and the way to her page."""

    def __init__(self, app: Flask, make: Make) -> None:
        self.key = app.config["LMS"].secret_key
        self.ana = make.person("ʻAna Fifita", language="to")
        self.public_id = asked(self.ana.person_id)
        self.url = "/follow-up/" + rules.follow_up_token(self.key, self.public_id)


@pytest.fixture
def she(app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch) -> Asked:
    publish_drafts([*standard(), after(), track()])
    at(monkeypatch, AT)
    return Asked(app, make)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr("lms.surveys.views.following_up.now", lambda: moment)


def test_the_page_says_who_sees_it_before_it_asks(she: Asked, client: FlaskClient) -> None:
    page = client.get(she.url)
    assert page.status_code == 200
    html = page.text
    assert '<html lang="to">' in html
    assert html.index("12") < html.index('id="answers"')
    for secret in ("Fifita", she.ana.person_public_id, "/learn"):
        assert secret not in html
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_every_type_is_asked_with_native_controls(she: Asked, client: FlaskClient) -> None:
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    html = client.get(she.url).text
    assert "at least 12 people have answered" in html
    assert "You finished: The way" in html
    assert html.count('name="q-used"') == 5
    assert html.count('name="q-each.a"') == html.count('name="q-each.b"') == 6, "with one to skip the row"
    assert html.count("<fieldset") == 5
    assert html.count('type="checkbox" name="q-hard"') == 2
    assert 'inputmode="decimal"' in html
    assert 'inputmode="numeric"' in html
    assert "hours a week" in html
    assert html.count("<textarea") == 1


def test_it_counts_once(she: Asked, client: FlaskClient) -> None:
    assert client.post(she.url, data=ANSWERS).headers["Location"] == she.url
    assert [(row.person_id, row.survey_key, row.subject_key) for row in all_of(SurveyReceipt)] == [
        (she.ana.person_id, "after", "track:way")
    ]
    (sheet,) = waiting()
    assert sheet["answers"] == {"used": 4, "each": {"a": 2}, "hard": ["a", "b"], "hours": 37.5, "people": 7}
    assert (sheet["words"], sheet["group"], sheet["language"]) == ({"words": "More <b>practice</b>."}, 12, "to")
    thanks = client.get(she.url).text
    assert "Thanks a lot." in thanks
    assert "q-used" not in thanks
    again = client.post(she.url, data={"q-used": "1"}, follow_redirects=True)
    assert "Thanks a lot." in again.text
    assert len(all_of(WaitingAnswer)) == len(all_of(SurveyReceipt)) == 1
    assert all_of(AuditEvent) == []


def test_what_is_wrong_is_told_beside_what_was_typed(she: Asked, client: FlaskClient) -> None:
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    html = client.post(she.url, data={**ANSWERS, "q-used": "", "q-hours": "101", "q-people": "2.5"}).text
    assert "Please choose an answer." in html
    assert "Please write a number from 0 to 100." in html
    assert "Please write a whole number, such as 12." in html
    assert 'value="101"' in html
    assert "More &lt;b&gt;practice" in html
    assert html.count(" checked") == 4  # one row, the row that was skipped, two boxes
    assert all_of(WaitingAnswer) == []


def test_a_language_button_keeps_what_was_typed(she: Asked, client: FlaskClient) -> None:
    html = client.post(she.url, data={**ANSWERS, "_language": "es"}).text
    assert '<html lang="es">' in html
    assert 'value="37,5"' in html
    assert all_of(WaitingAnswer) == []
    assert '<html lang="es">' in client.get(she.url).text


def test_what_does_not_belong_is_refused(she: Asked, client: FlaskClient) -> None:
    for extra in ({"person": "7"}, {"q-each.z": "1"}, {"q-used": ["1", "2"]}, {"q-hard": "z"}):
        assert client.post(she.url, data={**ANSWERS, **extra}).status_code == 400, extra
    assert all_of(WaitingAnswer) == []


def test_every_dead_link_looks_alike(she: Asked, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    early = asked(she.ana.person_id, TODAY + timedelta(days=50), "certificate:way")
    forged = she.url[:-1] + ("0" if she.url[-1] != "0" else "1")
    unknown = "/follow-up/" + rules.follow_up_token(she.key, "z" * 20)
    pages = {client.get(url).text for url in (forged, unknown, "/follow-up/x")}
    pages |= {client.get("/follow-up/" + rules.follow_up_token(she.key, early)).text}
    at(monkeypatch, AT + timedelta(days=60))
    assert client.get(she.url).status_code == 200
    at(monkeypatch, AT + timedelta(days=61))
    pages |= {client.get(she.url).text}
    at(monkeypatch, AT)
    write(lambda s: s.execute(update(Account).values(disabled_at=AT)) and None)
    pages |= {client.get(she.url).text}
    assert len({_same(page) for page in pages}) == 1
    for url in (forged, unknown, she.url):
        assert client.get(url).status_code == client.post(url, data=ANSWERS).status_code == 404
    assert all_of(WaitingAnswer) == []


def _same(page: str) -> str:
    """Return a page without what is random in each: the number of the request, nonces, tokens and its own address."""
    random = ("tell us this number", "nonce", "csrf_token", "follow-up/")
    return "\n".join(line for line in page.splitlines() if not any(each in line for each in random))


def test_a_retired_survey_or_track(she: Asked, client: FlaskClient) -> None:
    publish_drafts([*standard(), after()])
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    html = client.get(she.url).text
    assert "Do you use it?" in html
    assert "You finished" not in html
    publish_drafts([*standard(), track()])
    assert client.get(she.url).status_code == 404


def test_who_is_signed_in_is_asked_in_her_own_language(she: Asked, client: FlaskClient, make: Make) -> None:
    sign_in(client, make.person(language="sm"))
    assert '<html lang="sm">' in client.get(she.url).text


def test_the_home_page_leads_there_until_it_is_answered(
    she: Asked, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = local_date(now())
    write(lambda s: s.execute(update(SurveyInvitation).values(due_on=today)) and None)
    monkeypatch.undo()
    sign_in(client, she.ana)
    assert she.url in client.get("/learn").text
    client.post(she.url, data=ANSWERS)
    assert she.url not in client.get("/learn").text
    publish_drafts([*standard(), track()])
    asked(she.ana.person_id, today - timedelta(days=50), "certificate:way")
    assert "/follow-up/" not in client.get("/learn").text


def test_pages_ask_few_queries(she: Asked, client: FlaskClient) -> None:
    counts = []
    for kwargs in ({}, {"method": "POST", "data": ANSWERS}, {}):
        with counting() as seen:
            client.open(she.url, **kwargs)
        counts.append(len([each for each in seen if not each.startswith(("BEGIN", "PRAGMA"))]))
    assert counts[0] <= 6
    assert counts[1] <= 12
    assert counts[2] <= 6


def test_invitations_are_made_once(app: Flask, make: Make) -> None:
    ana = make.person()
    invite = lambda *askings: write(lambda s: service.invite(s, "after", askings))  # noqa: E731
    one = (ana.person_id, "track:way", 1, TODAY)
    assert invite(one, one) == 1
    assert invite(one) == 0
    assert invite((ana.person_id, "track:way", 2, TODAY + timedelta(days=44))) == 0
    assert invite((ana.person_id, "track:way", 2, TODAY + timedelta(days=45))) == 1
    assert invite((ana.person_id, "track:way", 2, TODAY + timedelta(days=400))) == 0, "asked in this round"
    assert invite() == 0
    assert [each.due_on for each in queries.list_between(reading(), TODAY, TODAY + timedelta(days=44))] == [TODAY]
    today = TODAY + timedelta(days=50)
    assert [each.round for each in queries.list_open(reading(), ana.person_id, today)] == [1, 2]
