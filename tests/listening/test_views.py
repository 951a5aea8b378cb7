"""Pages: the player of a lesson and of a question, the sounds they play, and who would rather listen."""

from __future__ import annotations

import hashlib
import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms import files
from lms.content.library import Source, Words
from lms.content.readings import Reading, today
from lms.content.service import Draft, draft
from lms.courses.specs import spoken_of
from lms.db import reading
from lms.people.models import Person
from tests.assessments.test_views import begin, counting
from tests.factories import MadePerson, Make, sign_in
from tests.factories.learning import TONGAN, module, publish_drafts, standard
from tests.sounds.made import mp3

FIRST = "/modules/alpha/lessons/first"
LESSON, QUESTION, CASE = "lessons/first.md", "quiz.yml:q-one", "quiz.yml:visit"
SOUND = mp3(50)
SHA = hashlib.sha256(SOUND).hexdigest()


def with_audio(
    made: Draft,
    *places: str,
    words: Words | None = None,
    spoken: str = "synthesizer",
    older: bool = False,
    of: Draft | None = None,
) -> Draft:
    """Return a module's text with a reading at these places, of its own words or of former ones."""
    source = _source(of or (made if made.locale == "en" else module("alpha")))
    now = {at: today(spoken_of(source)[at], words or Words("en")) for at in places}
    read = {at: Reading(SHA, len(SOUND), 2, "audio/mpeg", spoken, "f" * 64 if older else now[at]) for at in places}
    audio = {at: each.as_data() for at, each in read.items()}
    return draft(made.kind, made.key, made.locale, {**made.body, "audio": audio}, {SHA: SOUND})


def _source(made: Draft) -> Source:
    return Source(made.kind, made.key, 0, made.sha256, made.body)


def publish(*changed: Draft) -> None:
    places = {each.address for each in changed}
    publish_drafts([*changed, *(each for each in standard() if each.address not in places)])


@pytest.fixture
def ana(app: Flask, make: Make) -> MadePerson:
    files.put(app.config["LMS"].data_dir, SOUND)
    publish(with_audio(module("alpha"), LESSON, QUESTION))
    return make.person("Ana")


@pytest.fixture
def browser(client: FlaskClient, ana: MadePerson) -> FlaskClient:
    return sign_in(client, ana)


def get(browser: FlaskClient, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status, answer.text[:1500]
    return html.unescape(answer.text)


def main_of(page: str) -> str:
    """Return a page without its header, where languages are folded."""
    return page[page.index("<main") :]


def players(page: str) -> list[str]:
    return re.findall(r'<audio controls preload="none" src="([^"]*)"', page)


class TestALesson:
    def test_size_and_length_stand_there_before_anything_is_loaded(self, browser: FlaskClient) -> None:
        page = get(browser, FIRST)
        assert players(page) == [f"{FIRST}/sound/{SHA}"]
        assert "<b>Listen</b> (2 s, 7 KB). Spoken by a synthesizer.</figcaption>" in page
        assert "Older reading" not in page
        assert "Words of first." in page
        assert page.index("<audio") < page.index("Words of first.")
        assert "<details" not in main_of(page)
        assert "<script" not in main_of(page)

    def test_a_lesson_without_a_reading_offers_none(self, browser: FlaskClient) -> None:
        assert players(get(browser, "/modules/alpha/lessons/second")) == []

    def test_another_language_has_its_own_or_none(self, browser: FlaskClient, make: Make) -> None:
        sign_in(browser, make.person(language="to"))
        assert players(get(browser, FIRST)) == []
        words = Words("to", entries=TONGAN.body["words"])
        publish(with_audio(module("alpha"), LESSON), with_audio(TONGAN, LESSON, words=words, spoken="Mele Tongaʻuiha"))
        page = get(browser, FIRST)
        assert len(players(page)) == 1
        assert "Mele Tongaʻuiha" in page

    def test_an_older_reading_says_so(self, browser: FlaskClient) -> None:
        publish(with_audio(module("alpha"), LESSON, older=True))
        page = get(browser, FIRST)
        assert len(players(page)) == 1
        assert "Older reading" in page
        assert "What is written counts." in page

    def test_a_reading_costs_the_page_one_statement(self, browser: FlaskClient) -> None:
        get(browser, FIRST)
        with counting() as seen:
            get(browser, FIRST)
        assert len([each for each in seen if "recordings" in each]) == 1

    def test_who_would_rather_listen_has_the_player_first_and_the_text_folded(
        self, browser: FlaskClient, ana: MadePerson
    ) -> None:
        assert "I would rather listen" in get(browser, "/account")
        assert browser.post("/account/listening/first").status_code == 302
        assert reading().execute(select(Person.listens).where(Person.id == ana.person_id)).scalar_one()
        reading().rollback()
        page = get(browser, FIRST)
        assert 'class="listen listen--first"' in page
        main = main_of(page)
        folded = main[main.index("<details") : main.index("</details>")]
        assert "Read instead" in folded and "Words of first." in folded
        assert "I have heard this. Go on" in page
        assert "Words of second" in get(browser, "/modules/alpha/lessons/second")
        assert "<details" not in main_of(get(browser, "/modules/alpha/lessons/second"))
        assert "<details" in main_of(get(browser, f"{FIRST}?both=0"))
        assert browser.post("/account/listening/beside").status_code == 302
        assert "<details" not in main_of(get(browser, FIRST))
        assert browser.post("/account/listening/both").status_code == 404


class TestASound:
    URL = f"{FIRST}/sound/{SHA}"

    def test_it_is_sent_once_and_kept_by_the_browser(self, browser: FlaskClient) -> None:
        answer = browser.get(self.URL)
        assert (answer.status_code, answer.data, answer.mimetype) == (200, SOUND, "audio/mpeg")
        assert answer.headers["ETag"] == f'"{SHA}"'
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        again = browser.get(self.URL, headers={"If-None-Match": f'"{SHA}"'})
        assert (again.status_code, again.data) == (304, b"")

    @pytest.mark.parametrize(
        ("asked", "start", "stop"),
        [("bytes=0-", 0, 7200), ("bytes=0-99", 0, 100), ("bytes=7000-", 7000, 7200), ("bytes=-5", 7195, 7200)],
    )
    def test_a_part_is_sent_as_a_part(self, browser: FlaskClient, asked: str, start: int, stop: int) -> None:
        answer = browser.get(self.URL, headers={"Range": asked})
        assert (answer.status_code, answer.data) == (206, SOUND[start:stop])
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/7200"

    def test_a_part_beyond_the_end_is_none(self, browser: FlaskClient) -> None:
        assert browser.get(self.URL, headers={"Range": "bytes=7200-"}).status_code == 416

    def test_only_its_own_lesson_has_it(self, browser: FlaskClient) -> None:
        for path in (
            f"/modules/alpha/lessons/second/sound/{SHA}",
            f"{FIRST}/sound/{'0' * 64}",
            f"{FIRST}/sound/..",
            f"/modules/none/lessons/first/sound/{SHA}",
        ):
            assert browser.get(path).status_code == 404, path

    def test_whoever_may_not_begin_the_module_may_not_hear_it(self, browser: FlaskClient) -> None:
        publish(with_audio(module("beta", prerequisites=["alpha"], survey=None), LESSON))
        answer = browser.get(f"/modules/beta/lessons/first/sound/{SHA}")
        assert (answer.status_code, answer.mimetype) == (403, "text/html")
        assert SOUND not in answer.data

    def test_who_is_not_signed_in_is_led_to_the_sign_in_page(self, client: FlaskClient, ana: MadePerson) -> None:
        answer = client.get(self.URL)
        assert answer.status_code == 302 and "/sign-in" in answer.location

    def test_a_lost_file_is_missing(self, app: Flask, browser: FlaskClient) -> None:
        (app.config["LMS"].data_dir / "files" / SHA[:2] / SHA).unlink()
        assert browser.get(self.URL).status_code == 404

    def test_a_page_that_was_open_goes_on_playing_after_a_publication(self, browser: FlaskClient) -> None:
        publish(module("alpha"))
        assert players(get(browser, FIRST)) == []
        assert browser.get(self.URL).status_code == 200


class TestAQuestion:
    def test_it_is_heard_where_it_is_asked(self, browser: FlaskClient) -> None:
        page = html.unescape(begin(browser))
        (href,) = players(page)
        assert re.fullmatch(rf"/modules/alpha/quiz/\w+/sound/q-one/{SHA}", href)
        answer = browser.get(href, headers={"Range": "bytes=0-9"})
        assert (answer.status_code, answer.data) == (206, SOUND[:10])
        assert browser.get(href.replace("q-one", "q-two")).status_code == 404
        assert browser.get(href.replace("alpha", "beta")).status_code == 404
        assert browser.get(href.replace("q-one", "q-none")).status_code == 404

    def test_others_do_not_hear_it(self, browser: FlaskClient, make: Make) -> None:
        (href,) = players(html.unescape(begin(browser)))
        sign_in(browser, make.person("Other"))
        assert browser.get(href).status_code == 404

    def test_an_attempt_hears_its_own_wording_and_no_other(self, browser: FlaskClient) -> None:
        begin(browser)
        quiz = module("alpha").body["files"]["quiz.yml"]
        other = {**quiz, "items": [{**quiz["items"][0], "prompt": "Other words?"}, *quiz["items"][1:]]}
        publish(with_audio(module("alpha", quiz=other), LESSON, spoken="Ana Cruz"))
        assert len(players(get(browser, "/modules/alpha/quiz"))) == 1, "its reading is of its revision"

    def test_an_older_reading_is_not_offered_in_an_attempt(self, browser: FlaskClient) -> None:
        publish(with_audio(module("alpha"), QUESTION, older=True))
        assert players(html.unescape(begin(browser))) == []

    def test_the_story_above_questions_is_heard_too(self, browser: FlaskClient) -> None:
        quiz = module("alpha").body["files"]["quiz.yml"]
        case = {"id": "visit", "type": "scenario", "prompt": "Ana opens.", "items": list(quiz["items"][1:])}
        made = module("alpha", quiz={**quiz, "items": [quiz["items"][0], case]})
        publish(with_audio(made, CASE))
        (href,) = players(html.unescape(begin(browser)))
        assert f"/sound/visit/{SHA}" in href
        assert browser.get(href).status_code == 200


def test_no_page_but_one_may_ask_for_the_microphone(browser: FlaskClient) -> None:
    answer = browser.get(FIRST)
    assert answer.headers["Permissions-Policy"] == "camera=(), geolocation=(), microphone=()"
    assert "media-src 'self';" in answer.headers["Content-Security-Policy"]
