"""Every type of question is answered with the keyboard alone, in a real browser on a phone of 360 pixels.

The hand knows Tab, the arrows, the space bar, letters and Enter. It goes through the page as it comes, and never jumps.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from lms.config import ROOT
from tests.assessments.items.quizzes import AT_ONCE, QUIZ_URL, SAMPLES, begin, fields_of, publish_every
from tests.demo.conftest import _Quiet
from tests.demo.test_browser import AXE, CHROMIUM, HEIGHT, PHONE, QUIET, TAGS, WIDER
from tests.factories import MadePerson, Make, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="NOBODY ANSWERS IN A BROWSER: there is no chromium here"),
]

#: What has the focus.
FOCUS = """() => {
    const it = document.activeElement;
    return {tag: it.tagName, type: it.type || '', name: it.name || '', value: it.value || '', checked: !!it.checked,
            shows: it.matches(':focus-visible'), label: it.ariaLabel || it.labels?.[0]?.innerText || ''};
}"""
#: Of all fields with an answer: {name: the values that would be sent}.
SENT = """() => {
    const sent = {};
    for (const [name, value] of new FormData(document.getElementById('answers')))
        if (name.startsWith('a-') && value) (sent[name] ??= []).push(value);
    return sent;
}"""
MOST_TABS = 90


@pytest.fixture
def engine_name() -> str:
    """Return the one engine of this file: what differs between the two is no matter of the keyboard."""
    return "sqlite"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def ana(make: Make) -> MadePerson:
    return make.person("Ana")


@pytest.fixture
def page(app: Flask, client: FlaskClient, chromium: Browser, ana: MadePerson) -> Iterator[Page]:
    """Return a page of a phone on which Ana is signed in."""
    sign_in(client, ana)
    cookie = client.get_cookie("session")
    assert cookie is not None
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://localhost:{server.server_port}"
    window = chromium.new_context(
        locale="en-US", viewport={"width": PHONE, "height": HEIGHT}, base_url=address, reduced_motion="reduce"
    )
    window.set_default_timeout(20_000)
    window.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    yield window.new_page()
    window.close()
    server.shutdown()
    thread.join()
    server.server_close()


class Keys:
    """A hand on the keyboard, and how often it pressed a key."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)
        self.pressed += 1

    @property
    def focus(self) -> dict[str, Any]:
        """Return what has the focus."""
        found: dict[str, Any] = self.page.evaluate(FOCUS)
        return found

    def type(self, text: str) -> None:
        """Type a text over what stands there."""
        self.press("Control+a")
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def answer(self, wanted: Mapping[str, Sequence[str]], button: str) -> None:
        """Go through the page, give each field what is `wanted`, and press the button when it comes."""
        for _ in range(MOST_TABS):
            self.press("Tab")
            focus = self.focus
            assert focus["shows"], f"the focus does not show on {focus}"
            if focus["name"] == "action" and focus["value"] == button:
                self.press("Enter")
                return
            if focus["name"] in wanted:
                assert focus["label"].strip(), f"{focus} has no name"
                self._give(focus, wanted[focus["name"]])
        pytest.fail(f"{MOST_TABS} times Tab do not lead to the button")

    def _give(self, focus: dict[str, Any], values: Sequence[str]) -> None:
        if focus["type"] == "checkbox":
            if (focus["value"] in values) != focus["checked"]:
                self.press("Space")
        elif focus["type"] == "radio" or focus["tag"] == "SELECT":
            if focus["type"] == "radio":
                self.press("Space")
            for _ in range(20):
                if self.focus["value"] == values[0]:
                    return
                self.press("ArrowDown")
            pytest.fail(f"the arrows do not lead to {values}")
        else:
            self.type(values[0])


def look(page: Page) -> list[str]:
    """Return what is wrong with the page for anybody, in light and in the dark."""
    page.evaluate(f"{(ROOT / 'node_modules' / 'axe-core' / 'axe.min.js').read_text(encoding='utf-8')};undefined")
    faults = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(AXE, TAGS)
        assert found["passes"] > 5
        faults += [f"{scheme}: {' | '.join(each)}" for each in found["violations"]]
        faults += [f"{scheme}: unsure, {' | '.join(each)}" for each in found["incomplete"] if "contrast" in each[0]]
    return faults + [f"wider than the window: {each}" for each in page.evaluate(WIDER)]


def test_every_type_is_answered_and_saved(page: Page, ana: MadePerson) -> None:
    publish_every()
    begin(ana)
    page.goto(QUIZ_URL)
    assert look(page) == []
    wanted, keys = fields_of(SAMPLES), Keys(page)
    keys.answer(wanted, "save")
    expect(page.get_by_text("Your answers are saved.")).to_be_visible()
    assert page.evaluate(SENT) == wanted
    assert keys.pressed < 260, "the way with the keyboard became longer"


def test_what_is_open_is_told_beside_it(page: Page, ana: MadePerson) -> None:
    publish_every()
    begin(ana)
    page.goto(QUIZ_URL)
    Keys(page).answer({}, "submit")
    expect(page.get_by_role("heading", name="Please look at this again")).to_be_visible()
    assert look(page) == []
    for sample in SAMPLES:
        frame = page.locator(f"fieldset[id='a-{sample['id']}']")
        described = (frame.get_attribute("aria-describedby") or "").split()
        told = [page.locator(f"[id='{each}']").inner_text() for each in described]
        has_error = any(text.startswith(("Please", "Two")) for text in told)
        assert has_error == (sample["type"] not in {"practical", "oral"}), (sample["id"], told)


@pytest.mark.parametrize("language", ["en", "to"])
def test_an_attempt_is_handed_in_and_passed(page: Page, ana: MadePerson, language: str) -> None:
    publish_every(AT_ONCE)
    begin(ana)
    page.goto(QUIZ_URL)
    if language != "en":
        page.evaluate(f"fetch('/language/{language}', {{method: 'POST'}})")
        page.goto(QUIZ_URL)
        assert page.locator("html").get_attribute("lang") == language
    assert look(page) == []
    keys = Keys(page)
    keys.answer(fields_of(AT_ONCE), "submit")
    expect(page.locator("main .usa-button--big")).to_have_attribute("href", "/modules/every/continue")
    assert look(page) == []
    assert keys.pressed < 260, "the way with the keyboard became longer"
