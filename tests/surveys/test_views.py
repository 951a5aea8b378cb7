"""Pages of surveys."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.db import reading
from lms.surveys.models import WaitingAnswer
from tests.assessments.test_views import counting
from tests.courses.test_service import finish
from tests.factories import Make, sign_in
from tests.factories.learning import actor_of
from tests.factories.learning import words as words_of
from tests.surveys.test_service import publish_short

URL = "/modules/alpha/survey"
ANSWERS = {"q-useful": "4", "q-length": "long", "q-change": "Ask <b>more</b>."}


@pytest.fixture
def browser(app: Flask, client: FlaskClient, make: Make) -> FlaskClient:
    publish_short()
    ana = make.person("Ana")
    finish(actor_of(ana), "only")
    return sign_in(client, ana)


def sheets() -> int:
    reading().rollback()
    return reading().execute(select(func.count()).select_from(WaitingAnswer)).scalar_one()


def test_the_page_asks_and_says_who_sees_it(browser: FlaskClient) -> None:
    page = browser.get(URL).text
    for words in ("What do you think?", "Was it useful?", "Who sees my answers?", "at least 11 people", "Most", "Long"):
        assert words in page
    assert page.count('type="radio"') == 8  # with one to leave the length open
    assert "names of people or patients" in page


def test_answering_leads_to_thanks_and_on(browser: FlaskClient) -> None:
    assert browser.post(URL, data=ANSWERS).headers["Location"] == URL
    page = browser.get(URL).text
    assert "Thanks from the survey." in page
    assert 'href="/modules/alpha/continue"' in page
    assert "Was it useful?" not in page
    again = browser.post(URL, data={"q-useful": "1"}, follow_redirects=True)
    assert "Thanks from the survey." in again.text
    assert sheets() == 1


def test_what_is_missing_is_told_beside_what_was_typed(browser: FlaskClient) -> None:
    page = browser.post(URL, data={"q-length": "short", "q-change": "<i>" + "x" * 1000}).text
    assert page.count("Please choose an answer.") == 2
    assert page.count("Please use at most 1000 letters.") == 2
    assert re.search(r'name="q-length" id="q-length-0" value="short" checked', page)
    assert "&lt;i&gt;xxx" in page
    assert sheets() == 0


def test_what_does_not_belong_is_refused_whole(browser: FlaskClient) -> None:
    for extra in (
        {"person": "7"},
        {"q-stranger": "1"},
        {"q-useful": "9"},
        {"q-useful": ["1", "2"]},
        {"q-length": "1e400"},
    ):
        assert browser.post(URL, data={**ANSWERS, **extra}).status_code == 400, extra
    assert sheets() == 0


def test_a_switch_of_language_keeps_what_was_typed(browser: FlaskClient) -> None:
    page = browser.post(URL, data={**ANSWERS, "_language": "sm"}).text
    assert '<html lang="sm">' in page
    assert "E aogā?" in page
    assert '<span lang="en">How long was it?</span>' in page
    assert "Ask &lt;b&gt;more&lt;/b&gt;." in page
    assert page.count(" checked") == 2
    assert page.partition('id="answers"')[0].count("tag--draft") == 1
    assert 'E aogā? <span class="both-en" lang="en">Was it useful?</span>' in page  # a draft: the English beneath
    assert page.count("tag--draft") == 4  # the page, the question whose scale is missing, two without translation
    assert sheets() == 0


def test_both_languages_when_the_reader_asked_for_them(app: Flask, client: FlaskClient, make: Make) -> None:
    publish_short()
    sina = make.person("Sina", language="sm")
    finish(actor_of(sina), "only")
    sign_in(client, sina)
    client.get("/modules/alpha/lessons/only?both=1")
    assert 'E aogā? <span class="both-en" lang="en">Was it useful?</span>' in client.get(URL).text


def test_an_older_question_is_marked_with_todays_english_open(app: Flask, client: FlaskClient, make: Make) -> None:
    old = {
        "feedback.yml:title": ("What do you think?", "O le ā sou manatu?", "approved"),
        "feedback.yml:length.prompt": ("How was it?", "Na faʻapefea?", "approved"),
        "feedback.yml:intro": ("Two or three questions.", "E lua pe tolu fesili.", "approved"),
        **{
            f"feedback.yml:scale.{n}": (word, f"Tulaga {n}", "approved")
            for n, word in enumerate(("None", "Little", "Some", "Most", "All"), 1)
        },
        "feedback.yml:useful.prompt": ("Was it useful?", "E aogā?", "approved"),
    }
    publish_short(words_of("survey", "feedback", "sm", old))
    sina = make.person("Sina", language="sm")
    finish(actor_of(sina), "only")
    page = sign_in(client, sina).get(URL).text
    legend = 'Na faʻapefea? <span class="both-en" lang="en">How long was it?</span> <span class="usa-tag tag--stale">'
    assert legend in re.sub(r"\s+", " ", page)
    assert page.count("tag--stale") == 2  # the page and the question
    assert "Was it useful?" not in page  # approved


def test_before_the_other_steps_the_module_page_says_what_comes_first(
    app: Flask, client: FlaskClient, make: Make
) -> None:
    publish_short()
    sign_in(client, make.person())
    for kwargs in ({}, {"method": "POST", "data": ANSWERS}):
        page = client.open(URL, **kwargs, follow_redirects=True)
        assert page.request.path == "/modules/alpha"
        assert "Please do the other steps of this module first." in page.text
    assert sheets() == 0


def test_without_a_survey_there_is_no_page(browser: FlaskClient) -> None:
    for url in ("/modules/beta/survey", "/modules/nothing/survey"):
        assert browser.get(url).status_code == 404
        assert browser.post(url, data=ANSWERS).status_code == 404


def test_pages_ask_few_queries(browser: FlaskClient) -> None:
    counts = []
    for kwargs in ({}, {"method": "POST", "data": ANSWERS}, {}):
        with counting() as seen:
            browser.open(URL, **kwargs)
        counts.append(len([each for each in seen if not each.startswith(("BEGIN", "PRAGMA"))]))
    print(counts)
    assert counts[0] <= 8
    assert counts[1] <= 26, "all that follows from the module's last step"
    assert counts[2] <= 4
