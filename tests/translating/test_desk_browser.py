"""The desk in a real browser of 360 pixels: buttons for letters, and pages that everybody can use."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import select

from lms.db import reading
from lms.translating.models import Proposal
from tests.assessments.test_assessing_browser import address, chromium, engine_name, faults, phone
from tests.demo.test_browser import CHROMIUM
from tests.factories import Make
from tests.factories.learning import publish_drafts
from tests.translating.desk import LESSON, Desk, translator

__all__ = ["address", "chromium", "engine_name"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="NOBODY TRANSLATES IN A BROWSER: there is no chromium here"),
]
ONE = f"/content/module/alpha/to/sentence?at={quote(LESSON, safe='')}"


@pytest.fixture
def desk_phone(app: Flask, make: Make, chromium: Browser, address: str) -> BrowserContext:
    publish_drafts()
    return phone(app, chromium, address, translator(make, "Ana"))


def test_buttons_put_letters_where_the_cursor_stands(desk_phone: BrowserContext) -> None:
    page = desk_phone.new_page()
    page.goto(ONE)
    field = page.locator("#text")
    field.fill("Lea foou")
    field.evaluate("field => field.setSelectionRange(6, 6)")
    row = page.locator("[data-letters]")
    assert row.is_visible()
    assert row.locator("button").all_text_contents() == list("ʻāēīōūáéíóúĀĒĪŌŪ")
    box = row.locator("button").first.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    row.locator("button", has_text="ʻ").click()
    assert field.input_value() == "Lea foʻou"
    page.keyboard.type("!")
    assert field.input_value() == "Lea foʻ!ou", "the cursor stands behind the letter"
    field.evaluate("field => field.setSelectionRange(7, 8)")
    row.get_by_role("button", name="ō", exact=True).press("Enter")
    assert field.input_value() == "Lea foʻōou", "what was chosen gives way"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("#write button[value=save]").click()
    page.wait_for_url("**part-of-first.3*")
    assert reading().execute(select(Proposal.text)).scalars().all() == ["Lea foʻōou"]


def test_without_a_script_the_field_works(app: Flask, make: Make, chromium: Browser, address: str) -> None:
    publish_drafts()
    with_script = phone(app, chromium, address, translator(make, "Ana"))
    plain = chromium.new_context(base_url=address, java_script_enabled=False, viewport={"width": 360, "height": 740})
    plain.add_cookies(with_script.cookies())  # type: ignore[arg-type]
    page = plain.new_page()
    page.goto(ONE)
    assert not page.locator("[data-letters]").is_visible()
    page.fill("#text", "Lea foʻou")
    page.click("#write button[value=save]")
    page.wait_for_load_state()
    assert reading().execute(select(Proposal.text)).scalars().all() == ["Lea foʻou"]


def test_an_approval_is_taken_back_on_a_phone(app: Flask, make: Make, chromium: Browser, address: str) -> None:
    desk = Desk(make)
    desk.write(desk.ana, "Lea foʻou")
    desk.step(desk.bea, "approved")
    context = phone(app, chromium, address, translator(make, "Dora"))
    assert faults(context, ONE) == []
    page = context.new_page()
    page.goto(ONE)
    assert not page.locator("#withdraw").is_visible()
    page.locator("summary", has_text="Take the approval back").click()
    page.locator("#withdraw textarea").fill("Hands, not feet.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("#withdraw button", has_text="Take the approval back").click()
    page.locator("section[aria-labelledby=versions] li", has_text="Hands, not feet.").wait_for()
    assert desk.state() == "in review"
    assert faults(context, ONE) == [], "with the reason shown"


@pytest.mark.parametrize(
    "path",
    [
        ONE,
        "/content/module/alpha/to/sentences",
        "/content/module/alpha/to/sentences?show=missing",
        "/content/to/queue",
        "/content",
    ],
)
def test_pages_are_for_everybody(desk_phone: BrowserContext, path: str) -> None:
    assert faults(desk_phone, path) == []
