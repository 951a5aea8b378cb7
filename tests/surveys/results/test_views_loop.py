"""Pages of the loop: from a figure to what workers read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.clock import now
from lms.db import reading
from lms.ids import new_client_id
from lms.surveys.models import SurveyFinding
from tests.assessments.test_views import counting
from tests.factories import Make, sign_in
from tests.surveys.results.conftest import MODULE, Staff, count, publish_changed, release, sheets

URL = f"/feedback/feedback/{MODULE}/finding?question=useful"
TOLD = {
    "said_en": "It was too long.",
    "changed_en": "It is shorter.",
    "said_es": "Muy largo.",
    "changed_es": "Es corto.",
}


@pytest.fixture
def browser(staff: Staff, client: FlaskClient) -> FlaskClient:
    release(sheets(12, useful=2))
    count()
    return sign_in(client, staff("analyst")[0])


def few(client: FlaskClient, url: str) -> str:
    with counting() as seen:
        answer = client.get(url)
    assert answer.status_code == 200, url
    assert len([each for each in seen if not each.startswith(("BEGIN", "PRAGMA"))]) <= 12, url
    return answer.text


def found(browser: FlaskClient) -> str:
    """Note a finding and return its address."""
    answer = browser.post(URL, data={"client_id": new_client_id(), "words": "Nobody finds it useful."})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_a_finding_is_noted_with_its_figures(browser: FlaskClient) -> None:
    assert "No findings yet" in browser.get("/feedback/findings").text
    page = few(browser, URL)
    assert "12 answers, on average 2, 0 of 100 chose 4 or 5" in page
    assert browser.post(URL, data={"client_id": new_client_id(), "words": ""}).status_code == 400
    page = few(browser, found(browser))
    assert "Nobody finds it useful." in page
    assert "Was it useful?" in page
    assert "Nothing decided yet" in few(browser, "/feedback/findings")
    for url in (f"/feedback/feedback/{MODULE}/finding?question=x", "/feedback/feedback/all/finding?question=useful"):
        assert browser.get(url).status_code == 404


def test_it_becomes_a_note_that_a_version_answers(browser: FlaskClient, make: Make) -> None:
    url = found(browser)
    wrong = browser.post(f"{url}/note", data={"what": "Shorten it."})
    assert wrong.status_code == 400
    assert "Shorten it." in wrong.text
    switched = browser.post(f"{url}/note", data={"what": "Shorten it.", "_language": "es"})
    assert "Shorten it." in switched.text
    assert '<html lang="es">' in switched.text
    browser.post("/language/en")
    note = {"what": "Shorten it.", "why": "It is long.", "by_whom": "Sina"}
    assert browser.post(f"{url}/note", data=note).status_code == 302
    page = few(browser, url)
    assert "No version has changed this text since." in page
    assert "To be changed" in browser.get("/feedback/findings").text
    number = publish_changed(now() + timedelta(minutes=1))
    page = few(browser, url)
    assert f'<option value="{number}">Version {number}' in page
    empty = browser.post(f"{url}/answer", data={"version": str(number), "said_en": "It was long."})
    assert "Please write both sentences in English." in empty.text
    assert browser.post(f"{url}/answer", data={"version": "99", **TOLD}).status_code == 400
    assert browser.post(f"{url}/answer", data={"version": str(number), **TOLD}).status_code == 302
    page = few(browser, url)
    assert f"Changed in version {number}" in page
    assert "Not enough answers yet to compare before and since." in page
    release(sheets(20, useful=5))
    count()
    assert "100 of 100 chose 4 or 5 (20 answers)." in browser.get(url).text
    again = {**TOLD, "said_sm": "E umi.", "changed_sm": "Ua puʻupuʻu."}
    assert browser.post(f"{url}/told", data=again).status_code == 302
    half = browser.post(f"{url}/told", data={**TOLD, "said_to": "Lōloa."})
    assert "Please write both sentences of a language, or none." in half.text
    assert f"Changed in version {number}" in browser.get("/feedback/findings").text
    workers_read(browser, make)


def workers_read(browser: FlaskClient, make: Make) -> None:
    """Look at the page of what was changed as workers of three languages."""
    said = {"es": "Muy largo.", "sm": "E umi.", "to": "It was too long."}
    for language, words in said.items():
        page = few(sign_in(browser, make.person(language=language)), "/changes")
        assert words in page
        assert ('lang="en">It was too long.' in page) == (language == "to")
    page = sign_in(browser, make.person()).get("/changes").text
    assert "Title of alpha" in page
    assert "Was it useful?" in page, "shares are of a question"
    assert "0 of 100 chose “Most” or “All” (12 answers)." in page
    assert "100 of 100 chose “Most” or “All” (20 answers)." in page
    assert "Sina" not in page


def test_it_is_declined_with_a_reason(browser: FlaskClient, make: Make) -> None:
    url = found(browser)
    browser.post(f"{url}/note", data={"what": "x", "why": "y", "by_whom": "z"})
    assert browser.post(f"{url}/decline", data={"reason": ""}).status_code == 400
    assert browser.post(f"{url}/decline", data={"reason": "The law asks for it."}).status_code == 302
    assert "The law asks for it." in few(browser, url)
    assert "Not changed" in browser.get("/feedback/findings").text
    late = browser.post(f"{url}/decline", data={"reason": "Again."})
    assert "Somebody has settled this meanwhile." in late.text
    assert "Nothing here yet" in sign_in(browser, make.person()).get("/changes").text


def test_the_page_of_changes_stays_small_however_many_there_are(browser: FlaskClient, make: Make) -> None:
    for _ in range(3):
        url = found(browser)
        browser.post(f"{url}/note", data={"what": "x", "why": "y", "by_whom": "z"})
    number = publish_changed(now() + timedelta(minutes=1))
    reading().rollback()
    for public_id in reading().execute(select(SurveyFinding.public_id)).scalars().all():
        browser.post(f"/feedback/findings/{public_id}/answer", data={"version": str(number), **TOLD})
    assert few(sign_in(browser, make.person()), "/changes").count("It was too long.") == 3
