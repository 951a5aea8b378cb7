"""Pages of quizzes: what they show and keep secret, and what a request may send."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from lms.actor import Actor
from lms.assessments import service
from lms.assessments.models import Attempt, AttemptAnswer
from lms.assessments.service import Shown
from lms.content.service import draft
from lms.db import db, reading, write
from tests.conftest import AT
from tests.factories import MadePerson, Make, sign_in
from tests.factories.learning import CANARY, QUIZ, RIGHT, TONGAN, UNSAFE, actor_of, module, publish_drafts, standard

QUIZ_URL = "/modules/alpha/quiz"


@pytest.fixture
def ana(app: Flask, make: Make) -> MadePerson:
    publish_drafts()
    return make.person("Ana")


@pytest.fixture
def browser(client: FlaskClient, ana: MadePerson) -> FlaskClient:
    return sign_in(client, ana)


@contextmanager
def counting() -> Iterator[list[str]]:
    """Collect the statements that the engines run."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of the answer form."""
    fields = {}
    for name in ("client_id", "attempt", "seen"):
        match = re.search(rf'<input id="{name}" name="{name}" type="hidden" value="([^"]*)"', page)
        assert match, name
        fields[name] = match[1]
    return fields


def filled(page: str, chosen: dict[str, tuple[str, ...]], do: str = "submit") -> dict[str, Any]:
    """Return the form of `page` with answers, as a browser would send it."""
    return {**hidden(page), "action": do, **{f"a-{item_id}": list(ids) for item_id, ids in chosen.items()}}


def ticked(page: str) -> set[tuple[str, str]]:
    """Return (field, value) of every choice that is ticked."""
    return set(re.findall(r'name="(a-[^"]+)" id="[^"]+" value="([^"]+)" checked', page))


def begin(browser: FlaskClient, url: str = QUIZ_URL) -> str:
    """Start the quiz and return the page with its questions."""
    response = browser.post(f"{url}/start", follow_redirects=True)
    assert response.status_code == 200
    return response.text


def rows(model: type) -> int:
    reading().rollback()
    return reading().execute(select(func.count()).select_from(model)).scalar_one()


class TestTheStory:
    def test_from_the_start_to_a_pass(self, browser: FlaskClient) -> None:
        before = browser.get(QUIZ_URL)
        assert "Begin the quiz" in before.text
        assert "3 questions" in before.text
        page = begin(browser)
        assert "Question 1 of 3" in page
        result = browser.post(QUIZ_URL, data=filled(page, RIGHT), follow_redirects=True)
        assert "You passed the quiz" in result.text
        assert "100 percent" in result.text
        assert f"{CANARY} about q-one" in result.text
        assert 'href="/modules/alpha/continue"' in result.text
        assert "Try again" not in result.text

    def test_a_fail_says_why_and_offers_another_try(self, browser: FlaskClient) -> None:
        page = begin(browser)
        result = browser.post(QUIZ_URL, data=filled(page, UNSAFE), follow_redirects=True)
        assert "Not passed yet" in result.text
        assert "about people&#39;s safety" in result.text or "about people's safety" in result.text
        again = begin(browser)
        assert hidden(again)["attempt"] != hidden(page)["attempt"]
        assert rows(Attempt) == 2

    def test_partly_right_is_told(self, browser: FlaskClient) -> None:
        page = begin(browser)
        chosen = {**RIGHT, "q-two": ("a",), "q-three": ("false",)}
        result = browser.post(QUIZ_URL, data=filled(page, chosen), follow_redirects=True)
        assert "Partly right" in result.text
        assert "Not right yet" in result.text
        assert "40 percent" in result.text

    def test_saved_answers_come_back(self, browser: FlaskClient) -> None:
        page = begin(browser)
        chosen = {"q-two": ("a", "c"), "q-three": ("false",)}
        back = browser.post(QUIZ_URL, data=filled(page, chosen, "save"), follow_redirects=True)
        assert "Your answers are saved" in back.text
        assert ticked(back.text) == {("a-q-two", "a"), ("a-q-two", "c"), ("a-q-three", "false")}
        assert ticked(browser.get(QUIZ_URL).text) == ticked(back.text)

    def test_open_questions_are_named_and_the_rest_kept(self, browser: FlaskClient) -> None:
        page = begin(browser)
        back = browser.post(QUIZ_URL, data=filled(page, {"q-one": ("a",)}))
        assert back.status_code == 200
        assert back.text.count("Please choose an answer.") == 4  # twice in the summary, twice beside the field
        assert ticked(back.text) == {("a-q-one", "a")}
        done = browser.post(QUIZ_URL, data=filled(back.text, RIGHT), follow_redirects=True)
        assert "You passed the quiz" in done.text

    def test_enter_saves_and_does_not_hand_in(self, browser: FlaskClient) -> None:
        page = begin(browser)
        assert re.search(r'class="default-submit" form="answers"[^>]*name="action" value="save"', page)


class TestSecrets:
    def questions(self, actor: Actor, quiz: dict[str, Any], client: FlaskClient) -> str:
        """Return the page of an attempt at `quiz`, without what is random in every page."""
        publish_drafts([each for each in standard() if each.key != "alpha"] + [module("alpha", quiz=quiz)])
        write(lambda s: service.start_attempt(s, actor, "alpha", shown=Shown("en"), at=AT, chance=random.Random(5)))
        page = client.get(QUIZ_URL).text
        page = re.sub(r'name="(client_id|attempt|seen)" type="hidden" value="[^"]*"', "", page)
        return re.sub(r'(nonce|value)="[A-Za-z0-9_.-]{16,}"', "", page)

    def test_no_key_weight_or_feedback_before_handing_in(self, app: Flask, client: FlaskClient, make: Make) -> None:
        other = {
            "pass_mark": 80,
            "items": [
                {**QUIZ["items"][0], "key": ["d"], "points": 17, "critical": True, "feedback": f"{CANARY} x"},
                {**QUIZ["items"][1], "key": ["c"], "points": 19, "feedback": f"{CANARY} y"},
                {**QUIZ["items"][2], "key": False, "points": 23, "feedback": f"{CANARY} z"},
            ],
        }
        pages = []
        for quiz in (QUIZ, other):
            person = make.person("Ana")
            pages.append(self.questions(actor_of(person), quiz, sign_in(app.test_client(), person)))
        assert pages[0] == pages[1]
        assert CANARY not in pages[0]
        assert "Prompt of q-one?" in pages[0]

    def test_every_page_before_handing_in_is_free_of_feedback(self, browser: FlaskClient) -> None:
        page = begin(browser)
        shown = [
            page,
            browser.get(QUIZ_URL).text,
            browser.post(QUIZ_URL, data=filled(page, RIGHT, "save"), follow_redirects=True).text,
            browser.post(QUIZ_URL, data=filled(browser.get(QUIZ_URL).text, {"q-one": ("a",)})).text,
            browser.get("/modules/alpha").text,
        ]
        assert not any(CANARY in each for each in shown)


class TestWhatMayBeSent:
    def test_what_does_not_belong_is_refused_whole(self, browser: FlaskClient) -> None:
        page = begin(browser)
        for extra in (
            {"score": "100"},
            {"passed": "true"},
            {"attempt_no": "1"},
            {"a-q-stranger": "a"},
            {"a-q-one": ["a", "b"]},
            {"a-q-one": "zz"},
            {"a-q-one": "9" * 10_000},
            {"client_id": "short"},
            {"client_id": ["0" * 32, "1" * 32]},
            {"seen": "x"},
        ):
            assert browser.post(QUIZ_URL, data={**filled(page, RIGHT), **extra}).status_code == 400, extra
        assert rows(AttemptAnswer) == 0

    def test_another_persons_attempt_looks_missing(self, app: Flask, browser: FlaskClient, make: Make) -> None:
        page = begin(browser)
        stranger = sign_in(app.test_client(), make.person("Bea"))
        begin(stranger)
        assert stranger.post(QUIZ_URL, data=filled(page, RIGHT)).status_code == 404
        assert stranger.post(QUIZ_URL, data={**filled(page, RIGHT), "_language": "es"}).status_code == 404
        assert rows(AttemptAnswer) == 0

    def test_under_another_module_the_attempt_looks_missing(self, browser: FlaskClient) -> None:
        page = begin(browser)
        assert browser.post("/modules/beta/quiz", data=filled(page, RIGHT)).status_code == 404

    def test_sent_twice_counts_once(self, browser: FlaskClient) -> None:
        data = filled(begin(browser), RIGHT)
        for _ in range(2):
            assert browser.post(QUIZ_URL, data=data).headers["Location"].endswith(QUIZ_URL)
        assert rows(AttemptAnswer) == 3

    def test_the_same_form_with_other_answers_is_refused(self, browser: FlaskClient) -> None:
        page = begin(browser)
        browser.post(QUIZ_URL, data=filled(page, UNSAFE))
        again = browser.post(QUIZ_URL, data=filled(page, RIGHT))
        assert again.status_code == 422
        assert "The first ones count" in again.text
        assert "Not passed yet" in browser.get(QUIZ_URL).text

    def test_a_second_window_sees_the_one_result(self, browser: FlaskClient) -> None:
        one, two = begin(browser), browser.get(QUIZ_URL).text
        browser.post(QUIZ_URL, data=filled(one, UNSAFE))
        for do in ("submit", "save"):
            late = browser.post(QUIZ_URL, data=filled(two, RIGHT, do))
            assert late.status_code == 409
            assert "The first ones count." in late.text
            assert "Not passed yet" in late.text
            assert "Your answers are saved" not in late.text
        same = browser.post(QUIZ_URL, data=filled(two, UNSAFE))
        assert same.headers["Location"].endswith(QUIZ_URL)
        switched = browser.post(QUIZ_URL, data={**filled(two, RIGHT), "_language": "en"})
        assert switched.status_code == 302

    def test_two_windows_with_different_answers_are_shown_both(self, browser: FlaskClient) -> None:
        one, two = begin(browser), browser.get(QUIZ_URL).text
        browser.post(QUIZ_URL, data=filled(one, {"q-one": ("b",)}, "save"))
        late = browser.post(QUIZ_URL, data=filled(two, {"q-one": ("c",), "q-three": ("true",)}, "save"))
        assert late.status_code == 409
        assert "open in another window" in late.text
        assert late.text.count("In the other window you chose something else.") == 2
        assert ticked(late.text) == {("a-q-one", "c"), ("a-q-three", "true")}
        chosen = {"q-one": ("c",), "q-three": ("true",)}
        assert browser.post(QUIZ_URL, data=filled(late.text, chosen, "save")).status_code == 302

    def test_a_get_changes_nothing(self, browser: FlaskClient) -> None:
        assert browser.get(f"{QUIZ_URL}/start").status_code == 405
        browser.get(QUIZ_URL)
        assert rows(Attempt) == 0

    def test_after_a_pass_a_start_leads_to_the_result(self, browser: FlaskClient) -> None:
        browser.post(QUIZ_URL, data=filled(begin(browser), RIGHT))
        again = browser.post(f"{QUIZ_URL}/start", follow_redirects=True)
        assert "You have passed this quiz" in again.text
        assert rows(Attempt) == 1

    def test_another_module_first_leads_to_its_page(self, browser: FlaskClient) -> None:
        response = browser.post("/modules/beta/quiz/start")
        assert response.headers["Location"].endswith("/modules/beta")
        assert rows(Attempt) == 0

    @pytest.mark.parametrize("url", ["/modules/gamma/quiz", "/modules/nothing/quiz"])
    def test_without_a_quiz_there_is_no_page(self, browser: FlaskClient, url: str) -> None:
        assert browser.get(url).status_code == 404
        assert browser.post(f"{url}/start").status_code == 404


class TestLanguages:
    def test_a_switch_keeps_what_was_chosen(self, browser: FlaskClient) -> None:
        page = begin(browser)
        data = {**filled(page, {"q-one": ("b",), "q-two": ("a", "d")}), "_language": "to"}
        switched = browser.post(QUIZ_URL, data=data)
        assert switched.status_code == 200
        assert '<html lang="to">' in switched.text
        assert ticked(switched.text) == {("a-q-one", "b"), ("a-q-two", "a"), ("a-q-two", "d")}
        assert hidden(switched.text) == hidden(page)
        assert rows(AttemptAnswer) == 0
        done = browser.post(QUIZ_URL, data=filled(switched.text, RIGHT), follow_redirects=True)
        assert 'href="/modules/alpha/continue"' in done.text
        reading().rollback()
        languages = reading().execute(select(AttemptAnswer.item_id, AttemptAnswer.shown_language)).all()
        assert dict(languages) == {"q-one": "to", "q-two": "to+en", "q-three": "en"}

    def test_english_stands_beneath_what_is_not_approved(self, app: Flask, client: FlaskClient, make: Make) -> None:
        publish_drafts()
        page = begin(sign_in(client, make.person("Mele", language="to")))
        assert "Fehuʻi ʻuluaki?" in page
        assert "Prompt of q-one?" not in page  # approved
        assert 'Fehuʻi ua? <span class="both-en" lang="en">Prompt of q-two?</span>' in page
        assert 'Fili a <span class="both-en" lang="en">Option a of q-two</span>' in page
        assert '<span lang="en">Prompt of q-three?</span>' in page  # not translated

    def test_an_older_question_is_marked(self, app: Flask, client: FlaskClient, make: Make) -> None:
        old = dict(TONGAN.body["words"])
        old["quiz.yml:q-one.b"] = {"source": "Give your number", "text": "ʻOange hoʻo fika", "state": "approved"}
        others = [each for each in standard() if (each.key, each.locale) != ("alpha", "to")]
        publish_drafts([*others, draft("module", "alpha", "to", {"words": old})])
        page = begin(sign_in(client, make.person("Mele", language="to")))
        assert 'ʻOange hoʻo fika <span class="both-en" lang="en">Option b of q-one</span>' in page
        assert page.count("tag--stale") == 2  # the page and the question
        assert page.partition('name="a-q-one"')[0].count("tag--stale") == 2
        result = client.post(QUIZ_URL, data=filled(page, RIGHT), follow_redirects=True).text
        assert result.count("tag--stale") == 2

    def test_english_stands_everywhere_when_the_reader_asked_for_it(
        self, app: Flask, client: FlaskClient, make: Make
    ) -> None:
        publish_drafts()
        sign_in(client, make.person("Mele", language="to"))
        client.get("/modules/alpha/lessons/first?both=1")
        assert 'Fehuʻi ʻuluaki? <span class="both-en" lang="en">Prompt of q-one?</span>' in begin(client)


def test_scripts_in_content_are_shown_as_text(app: Flask, client: FlaskClient, make: Make) -> None:
    nasty = "<script>alert(1)</script>"
    quiz = {"pass_mark": 80, "items": [{**QUIZ["items"][0], "prompt": nasty, "feedback": nasty}]}
    publish_drafts([each for each in standard() if each.key != "alpha"] + [module("alpha", quiz=quiz)])
    sign_in(client, make.person("Ana"))
    page = begin(client)
    result = client.post(QUIZ_URL, data=filled(page, {"q-one": ("a",)}), follow_redirects=True)
    assert nasty not in page + result.text
    assert "&lt;script&gt;" in page
    assert "&lt;script&gt;" in result.text


def test_pages_ask_few_queries(browser: FlaskClient) -> None:
    counts = {}

    def measured(name: str, *args: Any, **kwargs: Any) -> str:
        with counting() as seen:
            response = browser.open(*args, **kwargs)
        counts[name] = len([each for each in seen if not each.startswith(("BEGIN", "PRAGMA"))])
        return response.text

    measured("before", QUIZ_URL)
    measured("start", f"{QUIZ_URL}/start", method="POST")
    page = measured("questions", QUIZ_URL)
    measured("save", QUIZ_URL, method="POST", data=filled(page, {"q-one": ("a",)}, "save"))
    page = measured("questions again", QUIZ_URL)
    measured("submit", QUIZ_URL, method="POST", data=filled(page, RIGHT))
    measured("result", QUIZ_URL)
    print(counts)
    assert max(counts[name] for name in ("before", "questions", "questions again")) <= 6
    assert counts["result"] <= 9, "with what an assessor gave, what was corrected and what she may try again"
    assert max(counts.values()) <= 12


def test_a_retired_module_keeps_its_attempts(browser: FlaskClient) -> None:
    page = begin(browser)
    publish_drafts(
        [each for each in standard() if each.key not in {"alpha", "beta"}]
        + [draft("module", "beta", "en", module("beta").body)]
    )
    assert browser.get(QUIZ_URL).status_code == 200
    assert "You passed" in browser.post(QUIZ_URL, data=filled(page, RIGHT), follow_redirects=True).text
