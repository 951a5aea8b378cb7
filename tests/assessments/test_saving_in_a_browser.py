"""Answers that are saved while they are given, in a real browser: no signal, a closed window, two windows."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from lms.clock import now
from tests.assessments.timed import answers, limited, start
from tests.conftest import Browser
from tests.factories import Make, sign_in
from tests.factories.learning import actor_of

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
if CHROMIUM is None and os.environ.get("CI") == "true":
    pytest.fail("There is no chromium here; .ci/run installs it.", pytrace=False)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO PAGE IS LOOKED AT IN A BROWSER: there is no chromium here"),
]
PATH = "/modules/alpha/quiz"
WAIT = 30_000


@pytest.fixture
def phone(app: Flask, make: Make, engine_name: str) -> Iterator[tuple[BrowserContext, str, list[str]]]:
    """Return a phone on which Ana is signed in with an open attempt, its id, and what the console complained about."""
    if engine_name != "sqlite":
        pytest.skip("a browser does not know which database answers")
    limited(minutes=5)
    ana = make.person("Ana")
    one = start(actor_of(ana), at=now())
    app.test_client_class = Browser
    cookie = sign_in(app.test_client(), ana).get_cookie("session")
    assert cookie is not None
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(base_url=address, viewport={"width": 360, "height": 740})
        context.set_default_timeout(WAIT)
        context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
        complaints: list[str] = []
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        yield context, one, complaints
        browser.close()
    server.shutdown()
    server.server_close()


def opened(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(PATH)
    return page


def choose(page: Page, field: str, value: str) -> None:
    page.locator(f'input[name="a-{field}"][value="{value}"]').check(force=True)


def says(page: Page, text: str) -> None:
    expect(page.locator("[data-saved]")).to_contain_text(text, timeout=WAIT)


def nothing_kept(page: Page) -> None:
    """Wait until the phone keeps no answers any more: all are sent."""
    for _ in range(100):
        if page.evaluate("Object.keys(localStorage).length") == 0:
            return
        page.wait_for_timeout(100)
    pytest.fail("answers are still kept on the phone")


def test_saved_at_once_and_there_after_a_reload(phone: Any) -> None:
    context, one, complaints = phone
    page = opened(context)
    expect(page.locator("[data-left]")).to_contain_text("4:", timeout=WAIT)
    expect(page.locator("[data-warning]")).to_contain_text("5 minutes are left.", timeout=WAIT)
    choose(page, "q-one", "b")
    says(page, "Saved at")
    assert answers(one) == {"q-one": ("b",)}
    page.reload()  # nothing asks: all is sent
    expect(page.locator('input[name="a-q-one"][value="b"]')).to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert complaints == []


def test_what_was_sent_while_the_page_went_away_is_not_kept(phone: Any) -> None:
    context, _, complaints = phone
    page = opened(context)
    choose(page, "q-one", "a")
    says(page, "Saved at")
    nothing_kept(page)
    keep = """() => {
      const form = document.querySelector("[data-autosave]").closest("form");
      const given = [...new FormData(form)].filter(([name]) => name.startsWith("a-"));
      const kept = { body: new URLSearchParams(given).toString(), known: [] };
      localStorage.setItem(`quiz:${form.elements.attempt.value}`, JSON.stringify(kept));
    }"""
    page.evaluate(keep)  # as a phone does that never heard the answer
    page.reload()
    nothing_kept(page)
    assert page.locator("[data-kept]").is_hidden()
    assert complaints == []


def test_without_signal_it_stays_on_the_phone_and_is_sent_later(phone: Any) -> None:
    context, one, complaints = phone
    page = opened(context)
    choose(page, "q-one", "a")
    says(page, "Saved at")
    context.set_offline(True)
    choose(page, "q-two", "a")
    says(page, "no signal")
    assert answers(one) == {"q-one": ("a",)}
    page.close(run_before_unload=False)
    context.set_offline(False)
    page = opened(context)
    says(page, "Saved at")
    expect(page.locator('input[name="a-q-two"][value="a"]')).to_be_checked()
    nothing_kept(page)
    assert answers(one) == {"q-one": ("a",), "q-two": ("a",)}
    assert complaints == []


def test_of_two_windows_the_one_behind_is_told(phone: Any) -> None:
    context, one, complaints = phone
    first, second = opened(context), opened(context)
    choose(first, "q-one", "a")
    says(first, "Saved at")
    choose(second, "q-one", "c")
    says(second, "another window")
    assert answers(one) == {"q-one": ("a",)}
    assert complaints == []


def test_answers_of_a_phone_that_is_behind_are_offered_not_merged(phone: Any) -> None:
    context, one, complaints = phone
    page = opened(context)
    context.set_offline(True)
    choose(page, "q-one", "b")
    says(page, "no signal")
    key, kept = page.evaluate("Object.entries(localStorage)[0]")
    assert "q-one=b" in kept
    page.evaluate("localStorage.clear()")
    page.close(run_before_unload=False)
    context.set_offline(False)
    other = opened(context)
    choose(other, "q-one", "c")
    says(other, "Saved at")
    nothing_kept(other)
    other.evaluate("([key, kept]) => localStorage.setItem(key, kept)", [key, kept])
    late = opened(context)
    expect(late.locator("[data-kept]")).to_be_visible()
    assert answers(one) == {"q-one": ("c",)}
    late.locator("[data-use]").click()
    says(late, "Saved at")
    expect(late.locator('input[name="a-q-one"][value="b"]')).to_be_checked()
    nothing_kept(late)
    assert answers(one) == {"q-one": ("b",)}
    assert complaints == []
