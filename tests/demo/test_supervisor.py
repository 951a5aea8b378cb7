"""A supervisor on a phone of 360 pixels: assigns a track to everyone with a title, takes it back, reads her digest.

What her way costs is counted: screens, taps, flicks of the thumb, keys. A page that grows, or a step that is added,
fails here. From the counts follows how long she takes; the seconds are those of somebody who does it the first time.
"""

from __future__ import annotations

import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from lms.clock import now
from lms.demo.accounts import PASSPHRASE
from lms.notifications.jobs import send_letters
from tests.demo.conftest import Demo
from tests.demo.test_browser import CHROMIUM, HEIGHT, PHONE, QUIET, SUPERVISOR

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),  # the first test waits for the loading
    pytest.mark.skipif(CHROMIUM is None, reason="NOBODY WALKS THROUGH IT IN A BROWSER: there is no chromium here"),
]

#: Seconds to read a screen that she has not seen before, to move the thumb and tap, to flick further, to press a key.
READ, TAP, FLICK, KEY = 4.0, 1.5, 1.0, 0.5
#: How many letters wait in a demonstration that was just loaded, and some.
MOST_ROUNDS = 30


@dataclass
class Hand:
    """Somebody's hand on one page, and what it did: taps, flicks of the thumb, keys, and screens that came."""

    page: Page
    taps: int = 0
    flicks: int = 0
    keys: int = 0
    screens: int = 1

    @property
    def seconds(self) -> float:
        """Return how long it takes to read every screen and do all of it."""
        return self.screens * READ + self.taps * TAP + self.flicks * FLICK + self.keys * KEY

    def tap(self, target: Locator, *, taps: int = 1) -> None:
        """Bring something into sight, a thumb's way at a time, and tap it; a list or a date needs more `taps`."""
        box = target.bounding_box()
        assert box is not None, f"{target} is not to be seen"
        while not 0 <= box["y"] <= HEIGHT - box["height"]:
            way = HEIGHT * 2 // 3 * (1 if box["y"] > 0 else -1)
            self.page.evaluate("way => scrollBy({top: way, behavior: 'instant'})", way)
            self.flicks += 1
            assert self.flicks < 50, f"{target} cannot be scrolled to"
            box = target.bounding_box() or box
        self.taps += taps
        if taps == 1:
            target.click()

    def press(self, key: str, times: int = 1) -> None:
        """Press a key."""
        for _ in range(times):
            self.page.keyboard.press(key)
        self.keys += times

    def type(self, text: str) -> None:
        """Type a text."""
        self.page.keyboard.type(text)
        self.keys += len(text)

    def reach(self, target: Locator, most: int = 12) -> None:
        """Press Tab until something has the focus, and see that the focus shows."""
        for _ in range(most):
            self.press("Tab")
            if target.evaluate("each => each === document.activeElement"):
                assert target.evaluate("each => each.matches(':focus-visible')")
                return
        pytest.fail(f"{most} times Tab do not lead to {target}")

    def skip(self) -> None:
        """Skip what stands above every page."""
        self.reach(self.page.locator(".usa-skipnav"), most=1)
        self.press("Enter")

    def arrive(self, heading: str) -> None:
        """See that another screen came, with what it says on top."""
        expect(self.page.locator("h1")).to_have_text(re.compile(heading))
        self.screens += 1


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def hand(browser: Browser, demo: Demo) -> Iterator[Hand]:
    """Return the hand of the supervisor, who has just opened the page of her team."""
    window = browser.new_context(
        locale="en-US", viewport={"width": PHONE, "height": HEIGHT}, base_url=demo.address, reduced_motion="reduce"
    )
    window.set_default_timeout(20_000)
    session = demo.reader(SUPERVISOR).session
    window.add_cookies([{"name": "session", "value": session or "", "url": demo.address}])
    page = window.new_page()
    page.goto("/team")
    yield Hand(page)
    window.close()


@pytest.fixture(scope="module")
def digest(demo: Demo) -> EmailMessage:
    """Return the supervisor's letter of the week, as the sender of `make demo` wrote it into a file."""
    folder = demo.config.data_dir / "mail"
    for _ in range(MOST_ROUNDS):
        letters = [_read(path) for path in folder.glob("*.eml")] if folder.exists() else []
        found = [each for each in letters if each["To"] == SUPERVISOR and "team" in each["Subject"]]
        if found:
            return found[0]
        assert send_letters(demo.app, at=now()), "nothing is left to send, and no digest came"
    raise AssertionError


def _read(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def staff_of(page: Page) -> tuple[str, int]:
    """Return the job title that most people have, as it stands in the form, and how many these are."""
    label = page.locator("label", has_text=re.compile(r"\(\d+\)$")).first.inner_text()
    found = re.fullmatch(r"(.+) \((\d+)\)", label)
    assert found is not None
    return found[1], int(found[2])


def test_with_a_thumb(hand: Hand) -> None:
    page = hand.page
    hand.tap(page.get_by_role("link", name="Assign a track").first)
    hand.arrive("^Assign a track$")
    title, people = staff_of(page)
    hand.tap(page.locator("[name=track]"), taps=2)
    page.select_option("[name=track]", "core")
    hand.tap(page.locator("#who label", has_text=f"{title} ({people})"))
    hand.tap(page.get_by_role("button", name="Look at it once more").first)
    hand.arrive(f"to {people} people")
    hand.tap(page.get_by_role("button", name="Assign", exact=True))
    hand.arrive(f"is assigned to {people} people")
    assert (hand.screens, hand.taps) == (4, 6)
    assert hand.flicks <= 5, "she scrolls more than before"
    assert hand.seconds < 60, hand
    hand.tap(page.get_by_text("Take this back", exact=True).first)
    hand.tap(page.get_by_role("button", name="Take it back"))
    hand.arrive("was taken back")
    assert (hand.screens, hand.taps) == (5, 8)
    assert hand.seconds < 60, hand


def test_with_the_keyboard_only(hand: Hand) -> None:
    page = hand.page
    hand.skip()
    hand.reach(page.get_by_role("link", name="Assign a track").first, most=4)
    hand.press("Enter")
    hand.arrive("^Assign a track$")
    title, people = staff_of(page)
    hand.skip()
    hand.reach(page.locator("[name=track]"), most=2)
    hand.type("Core")
    hand.press("Tab")
    hand.press("Space")
    assert page.locator("[name=who]:checked").get_attribute("value") == f"title:{title}"
    hand.press("Tab")
    hand.press("Enter")  # in the field of the date: no journey to the button is needed
    hand.arrive(f"to {people} people")
    hand.skip()
    hand.reach(page.get_by_role("button", name="Assign", exact=True), most=2)
    hand.press("Enter")
    hand.arrive(f"is assigned to {people} people")
    hand.skip()
    hand.reach(page.locator("summary", has_text="Take this back"), most=4)
    hand.press("Enter")
    hand.reach(page.get_by_role("button", name="Take it back"), most=2)
    hand.press("Enter")
    hand.arrive("was taken back")
    assert hand.taps == hand.flicks == 0
    assert hand.screens == 5
    assert hand.keys <= 34, "her way with the keyboard became longer"
    assert hand.seconds < 60, hand


def test_enter_finds_whom_was_typed_and_keeps_the_rest(hand: Hand) -> None:
    page = hand.page
    page.goto("/team/assign?track=core&who=some")
    page.locator("[name=q]").fill("Promotora")
    page.locator("[name=q]").press("Enter")
    expect(page.locator("[name=applied]")).to_have_value("Promotora")
    assert page.locator("[name=track]").input_value() == "core"
    assert page.locator("[name=who]:checked").input_value() == "some"


def test_the_digest_says_what_its_links_show(hand: Hand, demo: Demo, digest: EmailMessage) -> None:
    html, plain = (digest.get_body((kind,)) for kind in ("html", "plain"))
    assert html is not None and plain is not None
    page = hand.page
    page.set_content(html.get_content())
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    parts = page.locator("p > a", has_text=re.compile(r"^\d+ ")).all()
    told = {each.get_attribute("href") or "": int(each.inner_text().split()[0]) for each in parts}
    counts = {urlsplit(href).query: number for href, number in told.items()}
    assert counts["status=late"] > 5
    assert "status=lapsing" in counts
    for query in ("status=late", "status=lapsing"):
        assert f"{demo.address}/team?{query}" in plain.get_content()
        page.goto(f"{demo.address}/team?{query}")
        assert page.locator("#people").inner_text() in {f"{counts[query]} people", f"{counts[query]} person"}
        assert page.locator("tbody tr").count() == counts[query]


def test_a_link_of_the_digest_leads_there_after_signing_in(hand: Hand, digest: EmailMessage) -> None:
    page = hand.page
    page.context.clear_cookies()
    plain = digest.get_body(("plain",))
    assert plain is not None
    page.goto(next(each for each in plain.get_content().split() if each.endswith("/team?status=late")))
    page.locator("[name=identifier]").focus()
    hand.type(SUPERVISOR)
    hand.press("Tab")
    hand.type(PASSPHRASE)
    hand.press("Enter")
    hand.arrive("^My team$")
    assert urlsplit(page.url)[2:4] == ("/team", "status=late")
