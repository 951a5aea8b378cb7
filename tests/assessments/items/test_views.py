"""How each type of question looks: in its language with English beneath, with what was answered, and afterwards."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.assessments.items.numeric.numbers import LONGEST as LONGEST_NUMBER
from lms.assessments.items.reflection.rules import LONGEST as LONGEST_TEXT
from lms.assessments.items.typed import SHORT
from lms.assessments.models import AttemptAnswer
from lms.db import reading
from tests.assessments.items import CANARY
from tests.assessments.items.quizzes import (
    AT_ONCE,
    KINDS,
    QUIZ_URL,
    SAMPLES,
    begin,
    fields_of,
    filled,
    publish_every,
)
from tests.factories import MadePerson, Make, sign_in

ENGLISH = '<span class="both-en" lang="en">'


@pytest.fixture
def ana(app: Flask, make: Make) -> MadePerson:
    return make.person("Ana")


@pytest.fixture
def browser(client: FlaskClient, ana: MadePerson) -> FlaskClient:
    return sign_in(client, ana)


def begun(browser: FlaskClient, ana: MadePerson, items: Any = SAMPLES, language: str = "en") -> str:
    """Publish, begin, and return the page with the questions."""
    publish_every(items)
    begin(ana)
    browser.post(f"/language/{language}")
    return browser.get(QUIZ_URL).text


def frame(page: str, kind: str) -> str:
    """Return the part of the page that asks the question of a type."""
    found = re.search(rf'<fieldset[^>]* id="a-q-{kind}".*?</fieldset>', page, re.DOTALL)
    assert found, kind
    return found[0]


def sent_by(page: str) -> dict[str, list[str]]:
    """Return {field: values} of all answers that stand on a page."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name = re.search(r'name="(a-[^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        is_choice = 'type="radio"' in tag or 'type="checkbox"' in tag
        if name and value and value[1] and (not is_choice or " checked" in tag):
            found.setdefault(name[1], []).append(unescape(value[1]))
    for name, inner in re.findall(r'<select[^>]* name="(a-[^"]*)".*?>(.*?)</select>', page, re.DOTALL):
        if chosen := re.search(r'value="([^"]+)" selected', inner):
            found[name] = [chosen[1]]
    for name, inner in re.findall(r'<textarea[^>]* name="(a-[^"]*)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL):
        if inner:
            found[name] = [unescape(inner)]
    return found


def test_what_was_saved_comes_back(browser: FlaskClient, ana: MadePerson) -> None:
    page = begun(browser, ana)
    wanted = fields_of(SAMPLES)
    assert sent_by(page) == {}
    saved = browser.post(QUIZ_URL, data=filled(page, wanted, "save"), follow_redirects=True).text
    assert {name: sorted(values) for name, values in sent_by(saved).items()} == {
        name: sorted(values) for name, values in wanted.items()
    }
    reading().rollback()
    stored = dict(reading().execute(select(AttemptAnswer.item_id, AttemptAnswer.chosen)).all())
    assert stored["q-matching"] == ["cough=home", "fall=call", "fever=clinic"]
    assert stored["q-ordering"] == ["dry=4", "rinse=3", "soap=2", "wet=1"]
    assert stored["q-numeric"] == ["unit=mg", "value=7,310,513"]
    assert stored["q-fill-in"] == ["how-long=twenty", f"what={CANARY} soap"]
    assert stored.keys() == {f"q-{kind}" for kind in KINDS} - {"q-oral", "q-practical"}


def test_a_switch_of_language_keeps_all_of_it(browser: FlaskClient, ana: MadePerson) -> None:
    page = begun(browser, ana)
    wanted = fields_of(SAMPLES)
    switched = browser.post(QUIZ_URL, data={**filled(page, wanted), "_language": "sm"}).text
    assert '<html lang="sm">' in switched
    assert {name: set(values) for name, values in sent_by(switched).items()} == {
        name: set(values) for name, values in wanted.items()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_english_stands_beneath_drafts(kind: str, browser: FlaskClient, ana: MadePerson) -> None:
    asked = frame(begun(browser, ana, language="to"), kind)
    assert f"[to] Prompt of {kind}?" in asked
    assert f"{ENGLISH}Prompt of {kind}?</span>" in asked
    told = {
        "matching": ["[to] Words of fever " + ENGLISH + "Words of fever", "[to] Words of home " + ENGLISH],
        "ordering": ["[to] Words of rinse " + ENGLISH + "Words of rinse"],
        "numeric": ["[to] mg · mg"],
        "fill-in": ["[to] Wash for", "Wash for (1) seconds with (2) and water.", "[to] Words of five · Words of five"],
        "practical": ["[to] Waits for the answer. " + ENGLISH],
        "oral": ["[to] Asks in an open way. " + ENGLISH],
        "reflection": ["[to] Asks in an open way. " + ENGLISH],
    }
    for words in told.get(kind, []):
        assert words in asked


def test_what_is_not_translated_says_that_it_is_english(browser: FlaskClient, ana: MadePerson) -> None:
    publish_every(SAMPLES, translated=False)
    begin(ana)
    browser.post("/language/es")
    page = browser.get(QUIZ_URL).text
    assert '<span lang="en">Prompt of short?</span>' in page
    assert '<span lang="en">Words of fever</span>' in frame(page, "matching")
    assert re.search(r'<option value="clinic" lang="en">', frame(page, "matching"))
    assert '<p class="gapped" lang="en">' in frame(page, "fill-in")
    assert "both-en" not in "".join(frame(page, kind) for kind in KINDS if kind != "true-false")


def test_levels_of_rubrics_are_for_assessors(browser: FlaskClient, ana: MadePerson) -> None:
    page = begun(browser, ana)
    for kind in ("practical", "oral", "reflection"):
        asked = frame(page, kind)
        assert "This is what is looked at:" in asked
        assert "Asks in an open way." in asked
        assert "level" not in asked
        assert ("<textarea" in asked) == (kind == "reflection")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"practical", "oral"}])
def test_what_is_open_is_told_in_its_frame(kind: str, browser: FlaskClient, ana: MadePerson) -> None:
    page = begun(browser, ana)
    asked = frame(browser.post(QUIZ_URL, data=filled(page, {})).text, kind)
    error = re.search(rf'<p class="usa-error-message" id="a-q-{kind}-error">(.*?)</p>', asked)
    assert error
    assert len(error[1]) > 10
    assert re.search(rf'<fieldset[^>]*aria-describedby="[^"]*a-q-{kind}-error', asked)
    fields = re.findall(r'<(?:select|textarea|input class="usa-input)[^>]*>', asked)
    assert all('aria-invalid="true"' in field for field in fields)


def test_two_steps_at_one_place_are_told(browser: FlaskClient, ana: MadePerson) -> None:
    page = begun(browser, ana)
    same = {f"a-q-ordering.{step}": ["1"] for step in ("wet", "soap", "rinse", "dry")}
    asked = frame(browser.post(QUIZ_URL, data=filled(page, same)).text, "ordering")
    assert "Two steps have the same place." in asked
    assert "aria-invalid" not in asked, "none of them is empty"


def test_the_page_lets_nobody_type_more_than_is_kept(browser: FlaskClient, ana: MadePerson) -> None:
    page = begun(browser, ana)
    for kind, most in (("numeric", LONGEST_NUMBER), ("short", SHORT), ("fill-in", SHORT), ("reflection", LONGEST_TEXT)):
        assert f'maxlength="{most}"' in frame(page, kind)


def test_answers_are_shown_after_the_end(browser: FlaskClient, ana: MadePerson) -> None:
    page = begun(browser, ana, AT_ONCE)
    typed = {"a-q-short": ["<b>none</b>"], "a-q-reflection": ["First.\nSecond."], "a-q-numeric.value": ["12"]}
    data = filled(page, {**fields_of(AT_ONCE), **typed})
    result = browser.post(QUIZ_URL, data=data, follow_redirects=True).text
    text = unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", result)))
    assert "<b>none" not in result
    assert "&lt;b&gt;none&lt;/b&gt;" in result
    assert "You wrote: 12 Words of" not in text
    assert "You wrote: 12 mg" in text
    assert "Words of fever Words of clinic" in text
    assert re.search(r'<li value="1">Words of wet</li>', re.sub(r"\s+", " ", result).replace("> ", ">"))
    assert f"Wash for Words of twenty seconds with {CANARY} soap and water." in text
    assert "First.\nSecond." in result
    assert "Kept" in text
    assert "of 8 questions right" in text, "the one that is only kept is not counted"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("a-q-numeric.value", "9" * 200),
        ("a-q-numeric.unit", "kg"),
        ("a-q-numeric.other", "1"),
        ("a-q-matching.fever", "fever"),
        ("a-q-matching.clinic", "clinic"),
        ("a-q-ordering.wet", "5"),
        ("a-q-ordering.wet", "0"),
        ("a-q-fill-in.how-long", "ten"),
        ("a-q-fill-in.more", "ten"),
        ("a-q-short", "x" * 500),
        ("a-q-reflection", "x" * 20_000),
        ("a-q-practical", "done"),
        ("a-q-oral.asks", "all"),
    ],
)
def test_what_the_page_could_not_send_is_refused(name: str, value: str, browser: FlaskClient, ana: MadePerson) -> None:
    page = begun(browser, ana)
    answer = browser.post(QUIZ_URL, data=filled(page, {name: [value]}, "save"))
    assert answer.status_code == 400
    assert "does not belong to this quiz" in answer.text
    twice = browser.post(QUIZ_URL, data=filled(page, {name: [value, value]}, "save"))
    assert twice.status_code == 400


def test_control_characters_are_left_out(browser: FlaskClient, ana: MadePerson) -> None:
    page = begun(browser, ana)
    typed = {"a-q-reflection": ["One\x07two\x0b"], "a-q-short": ["\x01"], "a-q-fill-in.what": ["so\x7fap"]}
    saved = browser.post(QUIZ_URL, data=filled(page, typed, "save"), follow_redirects=True).text
    assert sent_by(saved) == {"a-q-reflection": ["Onetwo"], "a-q-fill-in.what": ["soap"]}
    with_nul = browser.post(QUIZ_URL, data=filled(page, {"a-q-short": ["so\0ap"]}, "save"))
    assert with_nul.status_code == 400, "as everywhere in the program"


def test_the_one_unit_is_told_with_the_field(browser: FlaskClient, ana: MadePerson) -> None:
    sample = next(each for each in SAMPLES if each["type"] == "numeric")
    one = [{**sample, "units": sample["units"][:1]} if each is sample else each for each in SAMPLES]
    asked = frame(begun(browser, ana, one, language="to"), "numeric")
    assert re.search(r'aria-label="[^"]+ \(\[to\] mg · mg\)"', asked)
    assert f"<span>[to] mg {ENGLISH}mg</span></span>" in asked
    assert "<select" not in asked
