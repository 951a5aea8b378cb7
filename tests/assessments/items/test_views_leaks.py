"""Nothing that a worker can fetch before the end tells a key, a feedback or a weight, of whatever type."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from lms.assessments.models import Attempt
from lms.content.library import current
from lms.db import reading, write
from lms.i18n import TAGS
from tests.assessments.items import CANARY
from tests.assessments.items.quizzes import (
    AT_ONCE,
    KINDS,
    OTHERS,
    QUIZ_URL,
    SAMPLES,
    begin,
    fields_of,
    filled,
    publish_every,
)
from tests.factories import MadePerson, Make, sign_in

#: Numbers of the samples that stand nowhere else: values, tolerances, shares.
NUMBERS = ("7310513", "40961", "7000111", "8000111")
#: What stands in for the parts of addresses.
PARTS = {"module_key": "every", "lesson_key": "first", "lesson": "first", "key": "every", "survey_key": "feedback"}
MOST_PAGES = 150


@pytest.fixture
def ana(app: Flask, make: Make) -> MadePerson:
    return make.person("Ana")


@pytest.fixture
def browser(client: FlaskClient, ana: MadePerson) -> FlaskClient:
    return sign_in(client, ana)


def secrets_in(text: str) -> list[str]:
    """Return what of the secrets of the samples stands in a response."""
    return [each for each in (CANARY, *NUMBERS) if each in text.casefold()]


def doors(app: Flask) -> list[str]:
    """Return every address of the program that can be asked for without knowing more than the module."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.arguments <= set(PARTS) and rule.endpoint != "static":
            built = rule.build({each: PARTS[each] for each in rule.arguments})
            found += [built[1]] if built else []
    return found


def walked(app: Flask, browser: FlaskClient) -> dict[str, str]:
    """Return {address: response} of all that a worker can ask for and that her links lead to, files among them."""
    waiting, found = doors(app), dict[str, str]()
    while waiting and len(found) < MOST_PAGES:
        path = waiting.pop(0)
        if path in found:
            continue
        response = browser.get(path)
        found[path] = response.get_data().decode("utf-8", "replace") + str(response.headers)
        if response.status_code == 200:
            links = re.findall(r'(?:href|src|action)="(/[^"#]*)', found[path])
            waiting += [href.replace("&amp;", "&") for href in links if not href.startswith("/static")]
    return found


def questions(browser: FlaskClient) -> Iterator[tuple[str, str]]:
    """Yield every shape of the page with the questions, and what saving, switching and refusing answer."""
    for tag in TAGS:
        for both in ("0", "1"):
            browser.post(f"/language/{tag}")
            yield f"{tag} {both}", browser.get(f"{QUIZ_URL}?both={both}").text
    browser.post("/language/en")
    page = browser.get(QUIZ_URL).text
    some = {name: values for name, values in fields_of(SAMPLES).items() if CANARY not in str(values)}
    del some["a-q-numeric.value"]
    yield "missing", browser.post(QUIZ_URL, data=filled(page, some)).text
    yield "saved", browser.post(QUIZ_URL, data=filled(page, some, "save"), follow_redirects=True).text
    for tag in TAGS:
        yield f"switched to {tag}", browser.post(QUIZ_URL, data={**filled(page, some), "_language": tag}).text
    yield "foreign", browser.post(QUIZ_URL, data={**filled(page, some), "a-q-oral": "x"}).text
    yield "of another window", browser.post(QUIZ_URL, data={**filled(page, {}), "seen": "0" * 64}).text
    yield "without a form", browser.post(QUIZ_URL, data={}).text


def test_no_canary_in_what_can_be_fetched_before_the_end(app: Flask, browser: FlaskClient, ana: MadePerson) -> None:
    publish_every()
    before = walked(app, browser)
    begin(ana)
    during = {**walked(app, browser), **dict(questions(browser))}
    during |= {f"again {path}": text for path, text in walked(app, browser).items()}
    for kind in KINDS:
        assert f"Prompt of {kind}?" in during["en 0"]
        for tag in ("es", "to", "sm"):
            assert f"[{tag}] Prompt of {kind}?" in during[f"{tag} 1"], "it was looked at"
    assert min(len(before), len(during)) > 40, "she went everywhere"
    found = {place: secrets_in(text) for place, text in (before | during).items()}
    assert {place: told for place, told in found.items() if told} == {}


def test_what_is_secret_is_told_after_the_end(browser: FlaskClient, ana: MadePerson) -> None:
    spec = publish_every(AT_ONCE)
    begin(ana)
    page = browser.get(QUIZ_URL).text
    result = browser.post(QUIZ_URL, data=filled(page, fields_of(AT_ONCE)), follow_redirects=True).text
    assert "You passed the quiz" in result
    for item in spec.questions:
        assert f"{CANARY} in the feedback of {item.type}" in result, "so the canaries sing where they may"


def steady(page: str) -> str:
    """Return a page without what differs from one request to the next."""
    return re.sub(r'(value|nonce)="[0-9A-Za-z_.-]{20,}"', "", page)


@pytest.mark.parametrize("kind", KINDS)
def test_pages_do_not_depend_on_any_secret(kind: str, browser: FlaskClient, ana: MadePerson) -> None:
    """Two quizzes that differ in key, feedback and weights alone are asked by the very same pages."""
    publish_every()
    begin(ana)
    first = pages(browser)
    pairs = zip(SAMPLES, OTHERS, strict=True)
    publish_every([other if other["type"] == kind else each for each, other in pairs])
    newest = current(reading()).get("module", "every").revision_id
    write(lambda session: session.execute(update(Attempt).values(revision_id=newest)) and None)
    assert f"Prompt of {kind}?" in first[0]
    assert pages(browser) == first


def pages(browser: FlaskClient) -> list[str]:
    """Return the page with the questions in each language, alone and with English."""
    found = []
    for tag in TAGS:
        browser.post(f"/language/{tag}")
        found += [steady(browser.get(f"{QUIZ_URL}?both={both}").text) for both in "01"]
    return found
