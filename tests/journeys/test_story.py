"""The whole story over HTTP, in each language on each database, with CSRF on and no JavaScript.

A supervisor assigns a track; a worker learns two modules in her language, passes their quizzes, gives feedback; a
certifier certifies; the certificate is signed, written about, downloaded, verified by a stranger, and counted.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pypdf
import pytest
from flask import Flask
from ruamel.yaml import YAML

from lms.assessments.items import rules_of
from lms.assessments.specs import QuizSpec
from lms.certificates.jobs import finish_issues
from lms.clock import now
from lms.config import ROOT, Config
from lms.notifications.jobs import send_letters
from tests.conftest import Browser as Client
from tests.factories import PASSPHRASE, MadePerson, Make
from tests.journeys.browser import Browser, Form, Page
from tests.keys import ensure_keys

NAMES = {
    "en": "Maya Quillfeather-O'Brien",
    "es": "María de los Ángeles Núñez Ibáñez Güell",
    "to": "ʻIlaisaane Halaʻevalu Māfileʻo",
    "sm": "Faʻamanu Leʻaupepe Tāmālelagi",
}
MODULES = ("communication", "outreach")


@pytest.fixture
def visit(content_app: Flask) -> Callable[[], Browser]:
    """Return a maker of browsers, each with its own cookies."""
    content_app.test_client_class = Client
    return lambda: Browser(content_app.test_client())


def quiz_keys(module: str) -> dict[str, list[str]]:
    """Return what a right answer sends in each field of a module's quiz, from its file."""
    text = (ROOT / "content" / "modules" / module / "quiz.yml").read_text(encoding="utf-8")
    keys: dict[str, list[str]] = {}
    for item in QuizSpec.read(YAML(typ="safe").load(text)).questions:
        for each in rules_of(item).perfect(item, "en"):
            part, is_part, value = each.partition("=")
            keys.setdefault(f"a-{item.id}.{part}" if is_part else f"a-{item.id}", []).append(value if is_part else each)
    return keys


def wrong_answers(keys: dict[str, list[str]], form: Form) -> dict[str, list[str]]:
    """Return what sends no right answer: another choice, or the right ones of a question's parts, each one further."""
    wrong = {}
    for name in dict.fromkeys(form.choices):
        item, is_part, _ = name.partition(".")
        parts = [each for each in keys if each.startswith(f"{item}.")]
        further = parts[(parts.index(name) + 1) % len(parts)] if is_part else name
        others = [option for option in form.choices.getlist(name) if option not in keys[name]]
        wrong[name] = keys[further] if is_part else others[:1]
    return wrong


def read_lessons(page: Page, module: str) -> Page:
    """Read every lesson of a module, pressing the one large button each time, up to its quiz."""
    page = page.follow(f"/modules/{module}")
    read = 0
    for _ in range(12):
        if "/quiz" in page.address:
            assert read >= 4, "a module has at least four lessons"
            return page
        if "/lessons/" in page.address:
            assert len(page.text) > 1200, "a lesson has text"
            page = page.send(page.form("/lessons/", having="csrf_token"))
            read += 1
        else:
            page = page.follow(f"/modules/{module}/")
    raise AssertionError(f"never came to the quiz of {module}: {page.address}")


def take_quiz(page: Page, module: str, *, right: bool) -> Page:
    """Start the quiz and answer every question, all right or all wrong."""
    page = page.send(page.form("quiz/start"))
    form = page.form("/quiz", having="client_id")
    keys = quiz_keys(module)
    answers = {name: keys[name] for name in form.choices} if right else wrong_answers(keys, form)
    assert len({name.partition(".")[0] for name in answers}) == 10
    submit = next(button for button in form.buttons if "submit" in button[1])
    return page.send(form, (submit[0], submit[1]), **answers)


def give_feedback(browser: Browser, module: str) -> Page:
    """Answer the survey at the end of a module."""
    page = browser.get(f"/modules/{module}/survey")
    form = page.form("/survey", having="csrf_token")
    answers = {name: form.choices.getlist(name)[-1] for name in dict.fromkeys(form.choices)}
    return page.send(form, **answers)


def learn_module(browser: Browser, module: str, *, fail_first: bool) -> Page:
    """Go through one module to its end."""
    page = read_lessons(browser.get("/learn"), module)
    if fail_first:
        page = take_quiz(page, module, right=False)
        assert page.status == 200
        page = browser.get(f"/modules/{module}/quiz")
    page = take_quiz(page, module, right=True)
    assert "100" in page.text
    return give_feedback(browser, module)


def assign(browser: Browser, worker: MadePerson) -> None:
    """Let a supervisor assign the short track to one worker on the pages made for it."""
    page = browser.get("/team/assign")
    form = page.form("/team/assign", having="track")
    chosen = next(value for name, value in form.choices.items(multi=True) if value == worker.person_public_id)
    field = next(name for name, value in form.choices.items(multi=True) if value == chosen)
    page = page.send(form, **{"track": "first-steps", field: [chosen]})
    page = page.send(page.form("/team/assign/confirm"))
    assert page.status == 200
    assert "/undo" in "".join(form.action for form in page.forms), "an assignment can be undone"


def certify(browser: Browser) -> None:
    """Let the certifier open the first application and certify it."""
    page = browser.get("/certify").follow("/certify/applications/")
    form = page.form("", having="outcome")
    page = page.send(form, outcome="certify")
    assert page.status == 200


def letters(config: Config, folder: str) -> list[str]:
    """Return subject and text of every letter that was posted to a file."""
    found = []
    for path in sorted(Path(config.data_dir, folder).glob("*.eml")):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        found.append(f"{message['To']} {message['Subject']} {body.get_content() if body else ''}")
    return found


@pytest.mark.parametrize("language", ["en", "es", "to", "sm"])
def test_from_assignment_to_a_verified_certificate(
    content_app: Flask, make: Make, visit: Callable[[], Browser], language: str
) -> None:
    config: Config = content_app.config["LMS"]
    ensure_keys(config, at=now())
    organization = make.organization("Río Hondo Promotoras")
    worker = make.person(NAMES[language], language=language)
    make.employment(worker, organization)
    supervisor = make.supervisor(organization, language="en")
    certifier, analyst = make.person(roles=("certifier",)), make.person(roles=("analyst",))

    boss = visit()
    boss.sign_in(supervisor.email, PASSPHRASE)
    assign(boss, worker)

    phone = visit()
    page = phone.sign_in(worker.email, PASSPHRASE)
    assert page.address.startswith("/learn")
    assert page.lang == language
    assert NAMES[language] in page.text
    for number, module in enumerate(MODULES):
        learn_module(phone, module, fail_first=number == 0)

    page = phone.get("/learn").follow("/name")
    assert page.lang == language
    page = page.send(page.form("", having="client_id"))
    assert page.status == 200

    office = visit()
    office.sign_in(certifier.email, PASSPHRASE)
    certify(office)
    assert finish_issues(content_app, at=now()) == 1
    assert send_letters(content_app, at=now())
    told = [letter for letter in letters(config, "mail") if worker.email in letter]
    assert told, "the worker was written to"

    page = phone.get("/record")
    address = page.link(".pdf")
    response = phone.client.get(address)
    assert response.mimetype == "application/pdf"
    text = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(response.data)).pages)
    flat = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text))
    assert NAMES[language] in flat
    serial = re.search(r"/certificates/([A-Z0-9-]+)\.pdf", address)
    assert serial is not None
    assert re.sub(r"\W", "", serial.group(1)) in re.sub(r"\W", "", flat)

    stranger = visit()
    page = stranger.get(f"/verify/{serial.group(1)}")
    assert page.status == 200
    assert NAMES[language] not in page.html, "a stranger sees a masked name"
    answer = stranger.client.get(f"/verify/{serial.group(1)}", headers={"Accept": "application/json"})
    assert answer.json["state"] == "valid"
    wrong = serial.group(1)[:-1] + ("0" if serial.group(1)[-1] != "0" else "1")
    assert json.loads(stranger.client.get(f"/verify/{wrong}", headers={"Accept": "application/json"}).data)[
        "state"
    ] in ("mistyped", "malformed")
    assert stranger.client.get(address).status_code in (302, 404), "a stranger gets no file"

    assert NAMES[language] in boss.get("/team").text
    clerk = visit()
    clerk.sign_in(analyst.email, PASSPHRASE)
    report = clerk.get("/reports/completions")
    assert report.status == 200
    assert "Río Hondo Promotoras" in report.text


def test_switching_the_language_in_a_quiz_keeps_what_was_answered(
    content_app: Flask, make: Make, visit: Callable[[], Browser]
) -> None:
    worker = make.person(NAMES["to"], language="to")
    phone = visit()
    phone.sign_in(worker.email, PASSPHRASE)
    page = phone.get("/modules/communication/quiz")
    page = page.send(page.form("quiz/start"))
    form = page.form("/quiz", having="client_id")
    name = next(iter(form.choices))
    value = form.choices.getlist(name)[0]
    page = page.send(form, ("_language", "es"), **{name: value})
    assert page.lang == "es"
    again = page.form("/quiz", having="client_id")
    assert again.fields.getlist(name) == [value]
    assert phone.get("/learn").lang == "es"
