"""Pages of assessors in a real browser: on a phone of 360 pixels, with axe, and by the keyboard alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from lms.assessments.models import Attempt
from lms.clock import now
from lms.config import ROOT
from lms.db import reading, write
from lms.i18n import TAGS
from lms.people.models import Person
from tests.assessments.assessing import PICTURE, RIGHT, Cast, as_actor, enter, entered, hand_in, make_sheet
from tests.demo.conftest import _Quiet
from tests.demo.test_browser import AXE, CHROMIUM, HEIGHT, PHONE, QUIET, WIDER
from tests.demo.test_browser import TAGS as RULES
from tests.factories import MadePerson, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="NOBODY ASSESSES IN A BROWSER: there is no chromium here"),
]


@pytest.fixture
def engine_name() -> str:
    """Return the one engine of this file: what differs between the two is no matter of the keyboard."""
    return "sqlite"


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Return where the program is served."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def phone(app: Flask, chromium: Browser, address: str, who: MadePerson) -> BrowserContext:
    """Return the phone of somebody who is signed in."""
    client = sign_in(app.test_client(), who)
    cookie = client.get_cookie("session")
    assert cookie is not None
    window = chromium.new_context(
        viewport={"width": PHONE, "height": HEIGHT}, base_url=address, reduced_motion="reduce"
    )
    window.set_default_timeout(20_000)
    window.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    return window


def speak(who: MadePerson, language: str) -> None:
    def fn(session: Any) -> None:
        session.get(Person, who.person_id).language = language

    write(fn)
    reading().rollback()


def faults(window: BrowserContext, path: str) -> list[str]:
    """Return what is wrong with a page."""
    page = window.new_page()
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, f"{path}: {answer.status}"
    page.evaluate(f"{(ROOT / 'node_modules' / 'axe-core' / 'axe.min.js').read_text(encoding='utf-8')};undefined")
    found = page.evaluate(AXE, RULES)
    assert found["passes"] > 5
    wide = page.evaluate(WIDER)
    page.close()
    return [f"{path}: {each}" for each in (*found["violations"], *wide)]


def test_every_page_fits_a_phone(app: Flask, cast: Cast, chromium: Browser, address: str) -> None:
    made = hand_in(as_actor(cast.ana), at=now())
    sheet = make_sheet(as_actor(cast.boss), at=now())
    person = f"/assess/people/{cast.ana.person_public_id}"
    one = entered(sheet, RIGHT, sheet=PICTURE, taken_on=sheet.made_on)
    entry = enter(as_actor(cast.boss), cast.ana, one, at=now()).entry
    whole = make_sheet(as_actor(cast.cleo, "certifier"), "delta", at=now())
    paths = ["/assess", f"/assess/{made}", f"/assess/entries/{entry}", "/assess/people?q=ana", person, "/assess/paper"]
    paths += ["/assess/paper/delta", f"/assess/sheets/{whole.public_id}", f"{person}/sheets/{whole.number}"]
    paths += [f"{person}/quizzes/delta"]
    window = phone(app, chromium, address, cast.cleo)
    wrong = []
    for number, path in enumerate(paths):  # a language each, in turn
        language = TAGS[number % len(TAGS)]
        speak(cast.cleo, language)
        wrong += [f"{language} {each}" for each in faults(window, path)]
    worker = phone(app, chromium, address, cast.ana)
    wrong += [each for path in ("/modules/delta/quiz", "/modules/eps/quiz") for each in faults(worker, path)]
    assert wrong == []


def test_an_attempt_is_scored_with_the_keyboard_alone(app: Flask, cast: Cast, chromium: Browser, address: str) -> None:
    made = hand_in(as_actor(cast.ana), at=now())
    page = phone(app, chromium, address, cast.tess).new_page()
    page.goto(f"/assess/{made}")
    wanted = {"c-q-write.asks", "c-q-write.hears", "c-q-show.does", "interpreter"}
    chosen: set[str] = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        name, words = page.evaluate("() => [document.activeElement.name || '', document.activeElement.innerText || '']")
        if name in wanted - chosen:
            page.keyboard.press("Space")
            if name.startswith("c-"):
                page.keyboard.press("ArrowUp")  # round to the best
            chosen.add(name)
        if words.strip() == "Give these scores":
            page.keyboard.press("Enter")
            break
    assert chosen == wanted
    page.wait_for_url(f"{address}/assess")
    assert "Scored. She sees her result now." in page.inner_text("body")
    reading().rollback()
    assert reading().execute(select(Attempt.passed)).scalar_one() is True
