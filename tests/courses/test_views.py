"""Pages of modules and lessons: the way through, reading, resuming, and both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale, gettext
from sqlalchemy import func, select, update

from lms.content.library import Words
from lms.content.service import draft
from lms.courses.models import LessonProgress
from lms.courses.specs import lesson_at
from lms.db import reading, write
from lms.people.models import Person
from tests.assessments.test_views import counting
from tests.courses.test_service import complete, finish, pass_quiz
from tests.factories import MadePerson, Make, sign_in
from tests.factories.learning import actor_of, module, publish_drafts, standard
from tests.factories.learning import words as words_of
from tests.listening.test_views import with_audio

FIRST = "/modules/alpha/lessons/first"


@pytest.fixture
def ana(app: Flask, make: Make) -> MadePerson:
    publish_drafts()
    return make.person("Ana")


@pytest.fixture
def browser(client: FlaskClient, ana: MadePerson) -> FlaskClient:
    return sign_in(client, ana)


def form_of(page: str) -> dict[str, str]:
    match = re.search(r'name="client_id" value="([0-9a-f]{32})"', page)
    assert match
    return {"client_id": match[1]}


def flat(page: str) -> str:
    """Return a page without the line breaks between its elements."""
    return re.sub(r">\s*\n\s*<", "><", page)


def marks_of(page: str) -> list[str]:
    """Return what a page says of its words as a whole, without the tags' own language."""
    line = re.search(r'<p class="marks">(.*?)</p>', page, re.DOTALL)
    known = ("Being updated", "Not yet translated", "Partly translated", "Draft translation")
    said = {gettext(words): words for words in known}
    return [said[words] for words in re.findall(r'<span class="usa-tag[^"]*">([^<]+)</span>', line[1])] if line else []


def big_button(page: str) -> tuple[str, str]:
    """Return (address, words) of the page's one big link."""
    found = re.findall(r'<a class="usa-button usa-button--big" href="([^"]*)">([^<]*)</a>', page)
    assert len(found) == 1, found
    return found[0]


def lessons_written() -> int:
    reading().rollback()
    return reading().execute(select(func.count()).select_from(LessonProgress)).scalar_one()


class TestModulePage:
    def test_a_new_module_begins_with_its_first_lesson(self, browser: FlaskClient) -> None:
        page = browser.get("/modules/alpha").text
        assert big_button(page) == (FIRST, "Begin")
        for words in (
            "Title of alpha",
            "Summary of alpha.",
            "15 min",
            "Lesson 1 of 2, about 5 min",
            "Quiz",
            "Feedback",
        ):
            assert words in page
        assert page.index("Lesson 1 of 2") < page.index("The way through")

    def test_the_button_follows_the_way(self, browser: FlaskClient, ana: MadePerson) -> None:
        actor = actor_of(ana)
        finish(actor, "first")
        assert big_button(browser.get("/modules/alpha").text) == ("/modules/alpha/lessons/second", "Go on")
        finish(actor, "second")
        assert big_button(browser.get("/modules/alpha").text) == ("/modules/alpha/quiz", "To the quiz")
        browser.post("/modules/alpha/quiz/start")
        assert big_button(browser.get("/modules/alpha").text)[1] == "Go on with the quiz"
        pass_quiz(actor)
        assert big_button(browser.get("/modules/alpha").text)[0] == "/modules/alpha/survey"

    def test_a_finished_module_says_so_and_leads_home(self, browser: FlaskClient, ana: MadePerson) -> None:
        complete(actor_of(ana))
        page = browser.get("/modules/alpha").text
        assert "You have finished this module" in page
        assert "Finished on" in page
        assert big_button(page)[0] == "/learn"
        assert page.count("usa-process-list__item step step--done") == 4

    def test_another_module_first(self, browser: FlaskClient, ana: MadePerson) -> None:
        page = browser.get("/modules/beta").text
        assert "Please finish “Title of alpha” first." in page
        assert big_button(page) == ("/modules/alpha", "Go to this module")
        assert "The way through" not in page
        complete(actor_of(ana))
        assert big_button(browser.get("/modules/beta").text)[0] == "/modules/beta/lessons/first"

    def test_a_module_without_quiz_or_survey_shows_neither(self, browser: FlaskClient) -> None:
        page = browser.get("/modules/gamma").text
        assert "/modules/gamma/quiz" not in page
        assert "/modules/gamma/survey" not in page

    def test_what_does_not_exist(self, browser: FlaskClient) -> None:
        for url in ("/modules/nothing", "/modules/nothing/continue", "/modules/nothing/lessons/x", f"{FIRST}x"):
            assert browser.get(url).status_code == 404, url
        assert browser.post("/modules/alpha/lessons/nothing", data={"client_id": "0" * 32}).status_code == 404


class TestReading:
    def test_a_lesson_shows_its_words_and_place(self, browser: FlaskClient) -> None:
        page = browser.get(FIRST).text
        for words in ("Lesson 1 of 2", "Lesson first", "Do what first says.", "<h2>Part of first</h2>"):
            assert words in page
        assert '<div class="note"><p>A note in first.</p></div>' in page
        assert "Show the English too" not in page
        assert lessons_written() == 0

    def test_the_button_finishes_and_goes_on_to_the_end_of_the_way(self, browser: FlaskClient) -> None:
        one = browser.post(FIRST, data=form_of(browser.get(FIRST).text))
        assert one.headers["Location"] == "/modules/alpha/lessons/second"
        second = browser.get(one.headers["Location"]).text
        two = browser.post("/modules/alpha/lessons/second", data=form_of(second))
        assert two.headers["Location"] == "/modules/alpha/continue"
        assert browser.get("/modules/alpha/continue").headers["Location"] == "/modules/alpha/quiz"
        assert big_button(browser.get(FIRST).text) == ("/modules/alpha/lessons/second", "Go on")

    def test_resuming_leads_to_what_is_open(self, browser: FlaskClient, ana: MadePerson) -> None:
        finish(actor_of(ana), "second")
        assert browser.get("/modules/alpha/continue").headers["Location"] == FIRST
        finish(actor_of(ana), "first")
        pass_quiz(actor_of(ana))
        assert browser.get("/modules/alpha/continue").headers["Location"] == "/modules/alpha/survey"
        assert browser.get("/modules/gamma/continue").headers["Location"] == "/modules/gamma/lessons/only"
        finish(actor_of(ana), "only", key="gamma")
        assert browser.get("/modules/gamma/continue").headers["Location"] == "/modules/gamma"

    def test_two_taps_write_once(self, browser: FlaskClient) -> None:
        data = form_of(browser.get(FIRST).text)
        for _ in range(2):
            assert browser.post(FIRST, data=data).status_code == 302
        assert lessons_written() == 1

    def test_a_form_without_key_goes_back_to_the_lesson(self, browser: FlaskClient) -> None:
        back = browser.post(FIRST, data={"client_id": "no key"})
        assert back.headers["Location"] == FIRST
        assert lessons_written() == 0

    def test_a_locked_lesson_is_refused_with_the_reason(self, browser: FlaskClient) -> None:
        url = "/modules/beta/lessons/first"
        page = browser.get(url)
        assert page.status_code == 403
        assert "Please finish “Title of alpha” first." in page.text
        assert "Words of first." not in page.text
        sent = browser.post(url, data={"client_id": "0" * 32})
        assert sent.headers["Location"] == "/modules/beta"
        assert lessons_written() == 0


class TestLanguages:
    @pytest.fixture
    def mele(self, app: Flask, client: FlaskClient, make: Make) -> FlaskClient:
        publish_drafts()
        return sign_in(client, make.person("Mele", language="to"))

    def test_translated_words_with_a_tag_and_english_where_none(self, mele: FlaskClient) -> None:
        page = mele.get(FIRST).text
        assert "Lēsoni ʻuluaki" in page
        assert "<p>Ngaahi lea.</p>" in page
        with force_locale("to"):
            assert marks_of(page) == ["Partly translated", "Draft translation"]
            note = f'<p class="block-mark"><span class="usa-tag tag--draft">{gettext("Not yet translated")}</span></p>'
        assert f'<div class="note">{note}<div lang="en"><p>A note in first.</p></div></div>' in flat(page)
        assert '<span lang="en">Do what first says.</span>' in page
        assert "Words of first." not in page

    def test_one_tap_shows_english_beneath_and_stays(self, mele: FlaskClient) -> None:
        assert 'href="?both=1"' in mele.get(FIRST).text
        page = mele.get(f"{FIRST}?both=1").text
        assert '<p>Ngaahi lea.</p><div class="both-en" lang="en"><p>Words of first.</p></div>' in flat(page)
        assert '<h2>Konga ʻuluaki</h2><p class="both-en" lang="en">Part of first</p>' in flat(page)
        assert page.count("A note in first.") == 1
        again = mele.get(FIRST).text
        assert "Words of first." in again
        assert 'href="?both=0"' in again
        mele.post(FIRST, data=form_of(again))
        shown = reading().execute(select(LessonProgress.shown_language)).scalar_one()
        assert shown == "to+en"
        assert "Title of alpha" in mele.get("/modules/alpha").text
        assert "Words of first." not in mele.get(f"{FIRST}?both=0").text
        assert "Words of first." not in mele.get(f"{FIRST}?both=maybe").text

    def test_english_readers_never_see_it_twice(self, browser: FlaskClient) -> None:
        assert browser.get(f"{FIRST}?both=1").text.count("Words of first.") == 1

    def test_a_module_without_translation_says_so(self, mele: FlaskClient) -> None:
        page = mele.get("/modules/gamma").text
        assert page.count("tag--draft") == 1
        with force_locale("to"):
            assert marks_of(page) == ["Not yet translated"]
        assert page.count('<span lang="en">Title of gamma</span>') == 1
        assert page.count('<span lang="en">Lesson only</span>') == 2  # in the big button and among the steps
        lesson = mele.get("/modules/gamma/lessons/only").text
        assert lesson.count("tag--draft") == 1
        assert '<a class="arrow-back" href="/modules/gamma"><span lang="en">Title of gamma</span></a>' in lesson
        assert '<div lang="en"><p>Words of only.</p></div>' in flat(lesson)

    def test_older_words_are_marked_with_todays_english_open(self, app: Flask, client: FlaskClient, make: Make) -> None:
        old = {
            "module.yml:title": ("Title of alpha", "Hingoa", "approved"),
            "lessons/first.md:title": ("An older title", "Lēsoni motuʻa", "approved"),
            "lessons/first.md:part-of-first.1": ("Part of first", "Konga", "approved"),
            "lessons/first.md:part-of-first.2": ("Give your number.", "ʻOange hoʻo fika.", "approved"),
            "lessons/first.md:part-of-first.3": ("A note in first.", "Fakamatala.", "draft"),
        }
        others = [each for each in standard() if (each.key, each.locale) != ("alpha", "to")]
        publish_drafts([*others, words_of("module", "alpha", "to", old)])
        sign_in(client, make.person("Mele", language="to"))
        page = client.get(FIRST).text
        with force_locale("to"):
            tag = f'<p class="block-mark"><span class="usa-tag tag--stale">{gettext("Being updated")}</span></p>'
            assert marks_of(page) == ["Being updated", "Partly translated", "Draft translation"]
        english = '<div class="both-en" lang="en"><p>Words of first.</p></div>'
        assert f'<div class="piece stale">{tag}<p>ʻOange hoʻo fika.</p>{english}</div>' in flat(page)
        assert 'Lēsoni motuʻa <span class="both-en" lang="en">Lesson first</span>' in page
        assert "Part of first" not in page  # approved
        assert '<details class="original"><summary><span class="usa-tag tag--draft">' in page
        client.post(FIRST, data=form_of(page))
        assert reading().execute(select(LessonProgress.shown_language)).scalar_one() == "to+en"
        module_page = client.get("/modules/alpha").text
        with force_locale("to"):
            assert marks_of(module_page) == ["Being updated", "Partly translated"]
        step = (
            r'Lēsoni motuʻa</a><span class="usa-sr-only">: [^<]+</span> <span class="both-en" lang="en">Lesson first<'
        )
        assert re.search(step, module_page)

    @pytest.mark.parametrize("listens", [False, True])
    @pytest.mark.parametrize(("state", "beneath"), [("draft", True), ("reviewed", True), ("approved", False)])
    def test_english_stands_beneath_what_is_safety_critical_until_it_is_approved(
        self, app: Flask, client: FlaskClient, make: Make, state: str, *, beneath: bool, listens: bool
    ) -> None:
        """To who would rather listen too: the words under the reading are unfolded then."""
        lesson = {
            "title": "Lesson only",
            "minutes": 5,
            "objectives": ["Do it."],
            "markdown": "## Part\n\nWords.\n\n:::safety\n- Call 911 at once.\n- Stay.\n:::\n",
        }
        made = module("gamma", ["only"], quiz=None, survey=None, credits={"skills/walk": 5})
        files = {**made.body["files"], "lessons/only.md": lesson}
        entries = {
            "module.yml:title": ("Title of gamma", "Hingoa", state),
            "module.yml:summary": ("Summary of gamma.", "Fakamatala.", state),
            "lessons/only.md:title": ("Lesson only", "Lēsoni", state),
            "lessons/only.md:objectives.1": ("Do it.", "Fai ia.", state),
            "lessons/only.md:part.1": ("Part", "Konga", state),
            "lessons/only.md:part.2": ("Words.", "Ngaahi lea.", state),
            "lessons/only.md:part.3": ("Call 911 at once.", "Tā leva ki he 911.", state),
            "lessons/only.md:part.4": ("Stay.", "Nofo.", state),
        }
        others = [each for each in standard() if each.key != "gamma"]
        english_of = draft("module", "gamma", "en", {"files": files})
        tongan = words_of("module", "gamma", "to", entries)
        heard = with_audio(tongan, lesson_at("only"), words=Words("to", entries=tongan.body["words"]), of=english_of)
        publish_drafts([*others, english_of, heard])
        mele = make.person("Mele", language="to")
        write(lambda s: s.execute(update(Person).where(Person.id == mele.person_id).values(listens=listens)) and None)
        sign_in(client, mele)
        url = "/modules/gamma/lessons/only"
        page = client.get(url).text
        assert '<div class="safety"><p class="block-label">' in flat(page)
        english = '<div class="both-en" lang="en"><ul><li>Call 911 at once.</li><li>Stay.</li></ul></div>'
        assert (english in flat(page)) == beneath
        assert "Words." not in page, "only what is safety-critical shows both"
        folds = re.findall(r'<details class="read-instead"( open)?>', page)
        assert folds == ([" open" if beneath else ""] if listens else [])
        client.post(url, data=form_of(page))
        shown = reading().execute(select(LessonProgress.shown_language)).scalar_one()
        assert shown == ("to+en" if beneath else "to")

    def test_a_draft_among_approved_words_has_its_mark(self, app: Flask, client: FlaskClient, make: Make) -> None:
        entries = {
            "lessons/only.md:title": ("Lesson only", "Lēsoni", "draft"),
            "lessons/only.md:objectives.1": ("Do what only says.", "Fai ia.", "draft"),
            "lessons/only.md:part-of-only.1": ("Part of only", "Konga", "approved"),
            "lessons/only.md:part-of-only.2": ("Words of only.", "Ngaahi lea.", "approved"),
            "lessons/only.md:part-of-only.3": ("A note in only.", "Fakamatala.", "approved"),
        }
        publish_drafts([*standard(), words_of("module", "gamma", "to", entries)])
        sign_in(client, make.person("Mele", language="to"))
        page = flat(client.get("/modules/gamma/lessons/only").text)
        assert page.count("tag--draft") == 3, "the page, the title and the objective"
        assert re.search(r'</h1>\s*</div><p><span class="usa-tag tag--draft">', page)
        assert 'Fai ia.</span> <span class="usa-tag tag--draft">' in page

    def test_the_page_says_where_its_facts_come_from(self, app: Flask, client: FlaskClient, make: Make) -> None:
        sources = [{"id": "own", "title": "Our practice, 2026", "url": "https://www.example.org/a?b=1"}]
        publish_drafts([each for each in standard() if each.key != "alpha"] + [module("alpha", sources=sources)])
        page = sign_in(client, make.person("Ana")).get("/modules/alpha").text
        assert "Where this comes from" in page
        assert '<a href="https://www.example.org/a?b=1" rel="noreferrer">Our practice, 2026</a>' in page
        assert "Where this comes from" not in client.get("/modules/gamma").text


def test_words_of_content_are_shown_as_text(app: Flask, client: FlaskClient, make: Make) -> None:
    nasty = module("alpha", title="<script>alert(1)</script>")
    publish_drafts([each for each in standard() if each.key != "alpha"] + [nasty])
    sign_in(client, make.person("Ana"))
    for url in ("/modules/alpha", FIRST, "/modules/alpha/quiz", "/modules/alpha/survey", "/modules/beta"):
        page = client.get(url, follow_redirects=True).text
        assert "<script>alert" not in page, url
        assert "&lt;script&gt;alert" in page, url


def test_pages_ask_few_queries(browser: FlaskClient, ana: MadePerson) -> None:
    counts = {}

    def measured(name: str, url: str, **kwargs: Any) -> str:
        with counting() as seen:
            response = browser.open(url, **kwargs)
        assert response.status_code in {200, 302, 403}
        counts[name] = len([each for each in seen if not each.startswith(("BEGIN", "PRAGMA"))])
        return response.text

    measured("module", "/modules/alpha")
    page = measured("lesson", FIRST)
    measured("continue", "/modules/alpha/continue")
    measured("finish", FIRST, method="POST", data=form_of(page))
    measured("blocked", "/modules/beta/lessons/first")
    complete(actor_of(ana))
    measured("beta", "/modules/beta/lessons/first")
    print(counts)
    assert counts["lesson"] <= 4
    assert max(counts.values()) <= 10
