"""Listening and recording in a real browser, on a phone of 360 pixels, with a microphone that hums or is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Dialog, Page, Request, Route, expect, sync_playwright
from sqlalchemy import select, update

from lms import files
from lms.db import reading, write
from lms.i18n import TAGS
from lms.listening.models import Recording
from lms.people.models import Person
from tests.assessments.test_assessing_browser import address, faults, phone, speak
from tests.demo.test_browser import CHROMIUM, QUIET
from tests.factories import MadePerson, Make
from tests.factories.learning import module, publish_drafts
from tests.listening.test_recording_views import RECORD, translator
from tests.listening.test_views import FIRST, LESSON, QUESTION, with_audio
from tests.sounds.made import real_mp3

__all__ = ["address"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="NOBODY LISTENS IN A BROWSER: there is no chromium here"),
]
HUMMING = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)


@pytest.fixture
def engine_name() -> str:
    """Return the one engine of this file: what differs between the two is no matter of a player."""
    return "sqlite"


@pytest.fixture
def humming() -> Iterator[Browser]:
    """Return a browser whose microphone hums and whose owner lets pages listen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *HUMMING])
        yield browser
        browser.close()


@pytest.fixture
def deaf() -> Iterator[Browser]:
    """Return a browser whose owner lets no page listen."""
    with sync_playwright() as playwright:
        args = [*QUIET, "--use-fake-device-for-media-stream", "--deny-permission-prompts"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        yield browser
        browser.close()


@pytest.fixture
def mele(app: Flask, make: Make, tmp_path: Path) -> MadePerson:
    files.put(app.config["LMS"].data_dir, real_mp3())
    publish_drafts()
    return translator(make)


def listen(person: MadePerson) -> None:
    write(lambda s: s.execute(update(Person).where(Person.id == person.person_id).values(listens=True)) and None)
    reading().rollback()


def recordings() -> list[Any]:
    found = list(reading().execute(select(Recording.__table__)))
    reading().rollback()
    return found


def test_nothing_is_loaded_before_she_presses_play(
    app: Flask, humming: Browser, address: str, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = real_mp3()
    files.put(app.config["LMS"].data_dir, sound)
    monkeypatch.setattr("tests.listening.test_views.SOUND", sound)
    monkeypatch.setattr("tests.listening.test_views.SHA", files.put(app.config["LMS"].data_dir, sound).sha256)
    publish_drafts([with_audio(module("alpha", survey=None), LESSON, QUESTION)])
    ana = make.person("Ana")
    page = phone(app, humming, address, ana).new_page()
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if "/sound/" in request.url else None)
    page.goto(FIRST)
    expect(page.locator("figure.listen")).to_contain_text("Listen")
    page.wait_for_timeout(300)
    assert asked == []
    length = page.evaluate("""async () => {
        const player = document.querySelector('figure.listen audio');
        await player.play();
        player.currentTime = 20;
        await new Promise(done => player.addEventListener('seeked', done, {once: true}));
        player.pause();
        return player.duration;
    }""")
    assert asked
    assert 20 < length < 40
    listen(ana)
    page.goto(FIRST)
    words = page.get_by_text("Words of first.")
    expect(words).to_be_hidden()
    page.get_by_text("Read instead").click()
    expect(words).to_be_visible()


def test_pages_fit_a_phone_in_four_languages(
    app: Flask, humming: Browser, address: str, mele: MadePerson, make: Make
) -> None:
    publish_drafts([with_audio(module("alpha", survey=None), LESSON, older=True)])
    listen(mele)
    trainer = make.person(roles=("trainer",))
    wrong: list[str] = []
    window, staff = phone(app, humming, address, mele), phone(app, humming, address, trainer)
    for tag in TAGS:
        speak(mele, tag)
        speak(trainer, tag)
        wrong += [f"{tag} {each}" for each in faults(window, FIRST)] if tag == "en" else []
        wrong += [f"{tag} {each}" for each in faults(window, "/account")]
        for path in ("/content/audio/alpha/to", RECORD, "/content/audio/alpha/es/record?at=quiz.yml:q-one"):
            wrong += [f"{tag} {each}" for each in faults(staff, path)]
    assert wrong == []


def record_a_little(page: Page) -> None:
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_text("Recording", exact=True)).to_be_visible()
    page.wait_for_timeout(2500)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Recorded. Listen to it, then send it.")).to_be_visible()


def test_she_records_listens_discards_records_again_and_sends(
    app: Flask, humming: Browser, address: str, mele: MadePerson
) -> None:
    page = phone(app, humming, address, mele).new_page()
    page.goto(RECORD)
    preview = page.locator("[data-preview]")
    expect(preview).to_be_hidden()
    buttons = [page.get_by_role("button", name=each, exact=True) for each in ("Record", "Stop", "Discard")]
    assert [each.is_visible() for each in buttons] == [True, False, False]
    record_a_little(page)
    assert [each.is_visible() for each in buttons] == [True, False, True]
    expect(preview).to_be_visible()
    assert "KB" in page.locator("[data-amount]").inner_text()
    assert page.evaluate("document.querySelector('[data-recorder]').closest('form').elements.sound.files.length") == 1
    page.wait_for_function("document.querySelector('[data-preview]').readyState > 0")
    page.get_by_role("button", name="Discard").click()
    expect(preview).to_be_hidden()
    assert page.evaluate("document.querySelector('[data-recorder]').closest('form').elements.sound.files.length") == 0
    record_a_little(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you. A second person listens to it now.")).to_be_visible()
    (row,) = recordings()
    assert row.media_type in {"audio/webm", "audio/mp4"}
    assert 2 <= row.seconds <= 6
    assert row.size > 1000


def test_what_was_not_sent_stays_and_is_asked_for_before_the_page_is_left(
    app: Flask, humming: Browser, address: str, mele: MadePerson
) -> None:
    page = phone(app, humming, address, mele).new_page()
    page.goto(RECORD)
    record_a_little(page)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.locator(".arrow-back").click(no_wait_after=True)
    page.wait_for_timeout(500)
    page.locator(".languages summary").click()
    page.locator("button[data-language]").first.click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload", "confirm"]
    assert page.url.endswith(RECORD)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as a file").click()
    assert saved.value.suggested_filename.startswith("reading.")

    lost = "It was not sent, and is kept on this page. Please try again."
    page.route(re.compile(r"/record\?"), lambda route: route.abort())
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text(lost)).to_be_visible()
    page.unroute_all()
    page.get_by_label("Which name do learners see?").fill("synthesizer")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("[data-why]")).to_contain_text("Please write a name, or leave this empty.")
    expect(page.locator("[data-preview]")).to_be_visible()
    page.get_by_label("Which name do learners see?").fill("Mele")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you. A second person listens to it now.")).to_be_visible()
    assert len(recordings()) == 1
    assert asked == ["beforeunload", "confirm"]


def test_what_was_recorded_before_a_fault_is_kept(app: Flask, humming: Browser, address: str, mele: MadePerson) -> None:
    page = phone(app, humming, address, mele).new_page()
    page.add_init_script("""
        const Real = MediaRecorder;
        window.MediaRecorder = class extends Real {
            constructor(...all) { super(...all); window.made = this; }
        };
    """)
    page.goto(RECORD)
    page.get_by_role("button", name="Record", exact=True).click()
    page.wait_for_timeout(2500)
    assert "left" in page.locator("[data-amount]").inner_text()
    page.evaluate("made.dispatchEvent(new Event('error'))")
    expect(page.get_by_text("The recording broke off. What was recorded until then is kept.")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you. A second person listens to it now.")).to_be_visible()


def test_without_leave_to_listen_a_file_is_chosen(app: Flask, deaf: Browser, address: str, mele: MadePerson) -> None:
    page = phone(app, deaf, address, mele).new_page()
    page.goto(RECORD)
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_text("We may not listen. Allow the microphone, or choose a file.")).to_be_visible()
    page.locator("input[type=file]").set_input_files({"name": "a.mp3", "mimeType": "audio/mpeg", "buffer": real_mp3()})
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you. A second person listens to it now.")).to_be_visible()
    assert recordings()[0].media_type == "audio/mpeg"


def test_it_stops_by_itself_when_it_is_full(app: Flask, humming: Browser, address: str, mele: MadePerson) -> None:
    page = phone(app, humming, address, mele).new_page()

    def shorter(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('data-longest="900"', 'data-longest="3"'))

    page.route(re.compile(r"/record\?"), shorter)
    page.goto(RECORD)
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_text("It is full, and stopped there.")).to_be_visible(timeout=10_000)


def test_without_scripts_a_file_is_sent(app: Flask, humming: Browser, address: str, mele: MadePerson) -> None:
    window = phone(app, humming, address, mele)
    cookies = window.cookies()
    plain = humming.new_context(java_script_enabled=False, base_url=address, viewport={"width": 360, "height": 740})
    plain.add_cookies(cookies)  # type: ignore[arg-type]
    page = plain.new_page()
    page.goto(RECORD)
    expect(page.get_by_role("button", name="Record", exact=True)).to_be_hidden()
    page.locator("input[type=file]").set_input_files({"name": "a.mp3", "mimeType": "audio/mpeg", "buffer": real_mp3()})
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you. A second person listens to it now.")).to_be_visible()
