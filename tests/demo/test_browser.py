"""The demonstration in a real browser: whether everyone can read and use each page, on a phone and on a desk.

The look-over of a page: axe-core finds no fault and is unsure of no color, nothing is wider than the window, the
page's own policy is never broken, nothing is written to the console, nothing is fetched from elsewhere.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from lms.config import ROOT
from lms.demo.accounts import ACCOUNTS, PASSPHRASE
from tests.demo.conftest import Demo

CHROMIUM = shutil.which("chromium")
if CHROMIUM is None and os.environ.get("CI") == "true":
    pytest.fail("There is no chromium here, and without it no page is looked at; .ci/run installs it.", pytrace=False)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),  # the first test waits for the loading
    pytest.mark.skipif(CHROMIUM is None, reason="NO PAGE IS LOOKED AT IN A BROWSER: there is no chromium here"),
]

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESK = 360, 1280
HEIGHT = 740
#: What a first visit may cost, in bytes over the wire.
FIRST_LOAD = 60_000
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: How a browser of each language asks.
ASKED = {"en": "en-US", "es": "es-US", "to": "to-TO", "sm": "sm-WS"}
LANGUAGE_OF = {account.email: account.language for account in ACCOUNTS}
WORKERS = {tag: f"worker-{tag}@demo.example" for tag in ASKED}
SUPERVISOR, CERTIFIER, ANALYST, ADMINISTRATOR = (
    f"{name}@demo.example" for name in ("supervisor-a", "certifier", "analyst", "administrator")
)
AXE = """async tags => {
    const found = await axe.run(document, {
        runOnly: {type: 'tag', values: tags}, preload: false, resultTypes: ['violations', 'incomplete'],
    });
    const told = kind => found[kind].flatMap(rule => rule.nodes.map(
        node => [rule.id, node.target.join(' '), node.any.concat(node.all, node.none).map(c => c.message).join('; ')]));
    return {violations: told('violations'), incomplete: told('incomplete'), passes: found.passes.length};
}"""
WIDER = """() => {
    const seen = document.documentElement;
    if (seen.scrollWidth <= seen.clientWidth) return [];
    const over = box => box.right > seen.clientWidth + 0.5 || box.left < -0.5;
    const wide = [...document.querySelectorAll('body *')].filter(each => over(each.getBoundingClientRect()));
    return [`${seen.scrollWidth} > ${seen.clientWidth}`, ...wide.slice(0, 5).map(each => each.outerHTML.slice(0, 150))];
}"""


@dataclass
class Watch:
    """What one page did that it should not do."""

    host: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Listen to a page."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        self.requests.append(request.url)
        parts = urlsplit(request.url)
        if parts.scheme != "data" and parts.netloc != self.host:
            self.complaints.append(f"asks another host: {request.url}")

    def _response(self, response: Any) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} for {response.url}")


class Studio:
    """One browser for all tests, with one window for each reader."""

    def __init__(self, browser: Browser, demo: Demo) -> None:
        self.browser = browser
        self.demo = demo
        self.axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
        self.windows: dict[tuple[str | None, str], BrowserContext] = {}

    def window(self, email: str | None, lang: str) -> BrowserContext:
        """Return the window of a reader, who is signed in already."""
        if (email, lang) not in self.windows:
            window = self.browser.new_context(
                locale=ASKED[lang],
                viewport={"width": PHONE, "height": HEIGHT},
                base_url=self.demo.address,
                reduced_motion="reduce",
            )
            window.set_default_timeout(60_000)
            if email:
                value = self.demo.reader(email).session
                window.add_cookies([{"name": "session", "value": value, "url": self.demo.address}])
            self.windows[email, lang] = window
        return self.windows[email, lang]

    def look(
        self, path: str, email: str | None, lang: str, *, desk: bool = False, dark: bool = False, heading: str = "h1"
    ) -> list[str]:
        """Return what is wrong with a page, on a phone and, where asked, on a desk and in the dark."""
        page = self.window(email, lang).new_page()
        watch = Watch(urlsplit(self.demo.address).netloc)
        watch.over(page)
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path} answers {answer.status}"
        assert urlsplit(page.url).path == urlsplit(path).path, f"{path} leads to {page.url}"
        assert page.locator("html").get_attribute("lang") == lang
        assert page.locator(heading).count() == 1
        page.evaluate(f"{self.axe};undefined")
        faults = self._faults(page, "phone")
        if dark:
            page.emulate_media(color_scheme="dark")
            faults += self._faults(page, "phone, dark")
            page.emulate_media(color_scheme="light")
        if desk:
            page.set_viewport_size({"width": DESK, "height": HEIGHT})
            faults += self._faults(page, "desk")
        page.close()
        assert watch.requests
        return faults + watch.complaints

    @staticmethod
    def _faults(page: Page, where: str) -> list[str]:
        found = page.evaluate(AXE, TAGS)
        assert found["passes"] > 5, "axe looked at next to nothing"
        unsure = [each for each in found["incomplete"] if each[0] == "color-contrast"]
        faults = [f"{where}: {' | '.join(each)}" for each in found["violations"]]
        faults += [f"{where}: unsure, {' | '.join(each)}" for each in unsure]
        return faults + [f"{where}: wider than the window: {each}" for each in page.evaluate(WIDER)]


@pytest.fixture(scope="module")
def studio(demo: Demo) -> Iterator[Studio]:
    """Return the one browser of this file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield Studio(browser, demo)
        browser.close()


@pytest.fixture(scope="module")
def quizzes(demo: Demo) -> str:
    """Let the four workers begin their last quiz; return its address."""
    for email in WORKERS.values():
        reader = demo.reader(email)
        page = reader.get("/modules/outreach/quiz")
        if any("/quiz/start" in form.action for form in page.forms):
            page = reader.press(page, "/quiz/start")
        assert page.status == 200
        assert any("action" in dict(form.fields) or form.choices for form in page.forms), page.text
    return "/modules/outreach/quiz"


def lesson(demo: Demo, lang: str) -> str:
    """Return the address of a worker's lesson: the one to which her module's page leads first."""
    page = demo.reader(WORKERS[lang]).get("/modules/communication")
    return next(href for href, _ in page.links if "/modules/communication/lessons/" in href)


def certificate(demo: Demo, kind: str) -> str:
    """Return the public page of a certificate of which the newest event is `kind`."""
    return f"/verify/{demo.one(NEWEST, kind=kind)}"


NEWEST = """SELECT a.serial FROM awards a JOIN status_events e ON e.award_id = a.id
            WHERE e.id = (SELECT max(id) FROM status_events WHERE award_id = a.id) AND e.kind = :kind
            ORDER BY a.id DESC"""
APPLICATION = "SELECT public_id FROM applications WHERE state = :state ORDER BY id"

Where = Callable[[Demo], str]


def at(path: str) -> Where:
    """Return a way to an address that is the same in every database."""
    return lambda _demo: path


@dataclass(frozen=True)
class Spot:
    """A page, who looks at it, and whether on a desk and in the dark too."""

    name: str
    where: Where
    email: str | None = None
    desk: bool = False
    dark: bool = False


SPOTS = (
    Spot("survey", at("/modules/communication/survey"), WORKERS["sm"]),
    Spot("record", at("/record"), WORKERS["es"], dark=True),
    Spot("account", at("/account"), WORKERS["to"]),
    Spot("track", at("/tracks/first-steps"), WORKERS["es"]),
    Spot("verify", lambda demo: certificate(demo, "issued"), dark=True),
    Spot("verify-revoked", lambda demo: certificate(demo, "revoked")),
    Spot("team", at("/team"), SUPERVISOR, desk=True, dark=True),
    Spot("assign", at("/team/assign"), SUPERVISOR),
    Spot("staff", at("/team/staff"), SUPERVISOR),
    Spot("queue", at("/certify"), CERTIFIER, desk=True),
    Spot(
        "application",
        lambda demo: f"/certify/applications/{demo.one(APPLICATION, state='waiting')}",
        CERTIFIER,
        desk=True,
    ),
    Spot("completions", at("/reports/completions"), ANALYST, desk=True, dark=True),
    Spot("admin", at("/admin"), ADMINISTRATOR, desk=True),
    Spot("people", at("/admin/people"), ADMINISTRATOR),
    Spot("organizations", at("/admin/organizations"), ADMINISTRATOR),
)


@pytest.mark.parametrize("spot", SPOTS, ids=lambda spot: spot.name)
def test_page(studio: Studio, demo: Demo, spot: Spot) -> None:
    lang = LANGUAGE_OF[spot.email] if spot.email else "en"
    faults = studio.look(spot.where(demo), spot.email, lang, desk=spot.desk, dark=spot.dark)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("lang", ASKED)
class TestInEveryLanguage:
    def test_sign_in(self, studio: Studio, lang: str) -> None:
        faults = studio.look("/sign-in", None, lang, desk=lang == "en", dark=lang == "es")
        assert not faults, "\n".join(faults)

    def test_learn(self, studio: Studio, lang: str) -> None:
        faults = studio.look("/learn", WORKERS[lang], lang, desk=lang == "es", dark=lang == "to")
        assert not faults, "\n".join(faults)

    def test_lesson(self, studio: Studio, demo: Demo, lang: str) -> None:
        faults = studio.look(lesson(demo, lang), WORKERS[lang], lang, dark=lang == "es")
        assert not faults, "\n".join(faults)

    def test_quiz(self, studio: Studio, quizzes: str, lang: str) -> None:
        faults = studio.look(quizzes, WORKERS[lang], lang, dark=lang == "sm")
        assert not faults, "\n".join(faults)


def test_survey_with_its_questions(studio: Studio, demo: Demo) -> None:
    """A worker who passed and has not answered yet sees the questions themselves."""
    page = demo.reader(WORKERS["en"]).get("/modules/outreach/survey")
    if page.status != 200:
        pytest.fail(f"the survey answers {page.status}: {page.text}")
    assert any(len(set(form.choices)) >= 5 for form in page.forms), page.text
    faults = studio.look("/modules/outreach/survey", WORKERS["en"], "en")
    assert not faults, "\n".join(faults)


def test_first_load_is_small(studio: Studio) -> None:
    """Everything that a first visit to the sign-in page fetches, headers and all."""
    window = studio.browser.new_context(base_url=studio.demo.address, viewport={"width": PHONE, "height": HEIGHT})
    page = window.new_page()
    wire = window.new_cdp_session(page)
    names: dict[str, str] = {}
    sizes: dict[str, float] = {}
    wire.on("Network.responseReceived", lambda told: names.update({told["requestId"]: told["response"]["url"]}))
    wire.on("Network.loadingFinished", lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]}))
    wire.send("Network.enable")
    page.goto("/sign-in", wait_until="networkidle")
    window.close()
    for key, size in sorted(sizes.items(), key=lambda item: -item[1]):
        print(f"{size:8.0f} {names.get(key, key)}")
    print(f"{sum(sizes.values()):8.0f} bytes in all")
    assert len(sizes) >= 3, "the page, its styles and its script at least"
    assert sum(sizes.values()) < FIRST_LOAD


def test_without_scripts(studio: Studio) -> None:
    """Changing the language keeps what was typed; signing in, changing it again and leaving work, by pressing only."""
    window = studio.browser.new_context(
        java_script_enabled=False,
        base_url=studio.demo.address,
        locale="en-US",
        viewport={"width": PHONE, "height": HEIGHT},
    )
    window.set_default_timeout(60_000)
    page = window.new_page()
    watch = Watch(urlsplit(studio.demo.address).netloc)
    watch.over(page)
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == "en"
    page.fill("[name=identifier]", WORKERS["to"])
    page.click("nav.languages button[lang=es]")
    assert page.locator("html").get_attribute("lang") == "es"
    assert page.input_value("[name=identifier]") == WORKERS["to"]
    page.fill("[name=password]", PASSPHRASE)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/learn")
    assert page.locator("html").get_attribute("lang") == "to"
    page.click("nav.languages button[lang=sm]")
    page.wait_for_selector("html[lang=sm]")
    assert urlsplit(page.url).path == "/learn"
    page.click("nav.languages button[lang=to]")
    page.wait_for_selector("html[lang=to]")
    page.click("form.signed-in button")
    page.wait_for_url("**/sign-in*")
    window.close()
    assert not watch.complaints, watch.complaints


FAULTS = {
    "color-contrast": "document.querySelector('main p, main li').style.color = '#c9c2b5'",
    "image-alt": "document.querySelector('main').append(new Image())",
    "wider than the window": "document.querySelector('main').style.minWidth = '500px'",
    "console error": "document.head.append(Object.assign(document.createElement('script'), {textContent: '1'}))",
    "script error": "setTimeout(() => { throw new Error('planted') })",
    "unsure": """document.querySelector('main p, main li').style.background = 'linear-gradient(red, blue)'""",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_look_over_finds(studio: Studio, fault: str) -> None:
    """Each kind of fault, planted in a page, is found: otherwise the tests above would say nothing."""
    page = studio.window(None, "en").new_page()
    watch = Watch(urlsplit(studio.demo.address).netloc)
    watch.over(page)
    page.goto("/sign-in")
    page.evaluate(f"{studio.axe};undefined")
    page.evaluate(f"() => {{ {FAULTS[fault]} }}")
    found = studio._faults(page, "phone")
    page.wait_for_timeout(50)
    page.close()
    assert any(fault in each for each in found + watch.complaints), found + watch.complaints


def test_the_look_over_finds_another_host(studio: Studio) -> None:
    page = studio.window(None, "en").new_page()
    watch = Watch(urlsplit(studio.demo.address).netloc)
    watch.over(page)
    page.goto(studio.demo.address.replace("127.0.0.1", "localhost") + "/no-such-page")
    page.close()
    assert any(each.startswith("asks another host: http://localhost") for each in watch.complaints)
    assert any(each.startswith("404 for") for each in watch.complaints)
