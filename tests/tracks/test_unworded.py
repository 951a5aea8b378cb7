"""Who has no approved words on a track that asks for them: what she is told and shown, and who lists her."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale, gettext

from lms.content.library import current, spec_of
from lms.courses.models import LessonProgress
from lms.courses.specs import ModuleSpec
from lms.db import reading
from lms.ids import new_client_id
from lms.organizations.rules import Criteria
from lms.tracks import queries, service
from lms.tracks.messages.wording import route_words
from lms.tracks.queries import wording
from lms.tracks.rules import Due, Routes
from lms.tracks.service import Statement
from tests.conftest import AT
from tests.factories import Make
from tests.tracks.test_choosing import text_of
from tests.tracks.test_service import rows
from tests.tracks.test_wording import TRACK, Team, approve, browser_of, look

MODULE = "communication"


@pytest.fixture
def team(content_app: Flask, make: Make) -> Team:
    """Return a CBO with staff, on the published content: every translation of it is a draft."""
    return Team(make)


def test_what_is_wholly_approved_is_counted_once(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    approve("sm")
    assert set(queries.gaps_of(current(reading()), TRACK)) == {"es", "to"}
    counted: list[str] = []
    monkeypatch.setattr(wording, "gap_of", lambda key, states: counted.append(key))
    assert set(queries.gaps_of(current(reading()), TRACK)) == {"es", "to"}
    assert counted == []


def test_a_rule_says_of_nobody_who_is_asked_already_that_she_waits(team: Team) -> None:
    team.ask()
    team.assign(team.sina, routes=Routes({"sm": "oral"}))
    said = Statement(team.id, TRACK, Criteria(languages=("sm",)), Due())
    plan = service.plan_statement(reading(), team.actor, said, at=AT)
    assert plan.unworded == (team.tala.person_id,)


def test_a_rule_says_beside_its_button_who_waits(team: Team, content_app: Flask) -> None:
    boss = browser_of(content_app, team.boss)
    waits = "Who has no approved words yet is not asked now"
    assert waits not in text_of(look_at_language(boss, "sm"))
    team.ask()
    assert waits in text_of(look_at_language(boss, "sm"))
    assert waits not in text_of(look_at_language(boss, "en"))


def look_at_language(boss: FlaskClient, tag: str) -> Any:
    """Return the last look before assigning the track to all who fit a language."""
    place = re.search(r'name="organization" value="(\w+)"', boss.get("/team/assign").get_data(as_text=True))
    assert place
    form = {"organization": place[1], "track": TRACK, "who": "fit", "languages": tag, "do": "look"}
    return boss.post("/team/assign", data=form)


def words_in(tag: str, say: Callable[[str], str], what: str) -> str:
    """Return what is said in a language."""
    with force_locale(tag):
        return say(what)


def test_a_worker_reads_how_she_learns_and_why(team: Team, content_app: Flask) -> None:
    team.ask()
    team.assign(team.sina, routes=Routes({"sm": "oral"}))
    sina, boss = browser_of(content_app, team.sina), browser_of(content_app, team.boss)
    pages = (f"/tracks/{TRACK}", f"/tracks/{TRACK}/why")
    path = f"/team/people/{team.sina.person_public_id}"
    for page in pages:
        assert words_in("sm", route_words, "oral") in text_of(sina.get(page)), page
    sina.post("/language/en")
    for page in pages:
        assert "A trainer reads this with you." not in text_of(sina.get(page)), "in English nothing is missing"
    assert "asks that its words are approved" in text_of(sina.get(pages[1]))
    assert "A trainer reads it with her." not in text_of(boss.get(path))
    sina.post("/language/sm")
    assert "A trainer reads it with her." in text_of(boss.get(path))
    team.ask(is_asked=False)
    assert words_in("sm", route_words, "oral") not in text_of(sina.get(pages[0])), "it asks no more"
    assert "A trainer reads it with her." not in text_of(boss.get(path))
    team.ask()
    approve("sm")
    for page in pages:
        assert words_in("sm", route_words, "oral") not in text_of(sina.get(page)), "all of it is approved"
    assert "A trainer reads it with her." not in text_of(boss.get(path))


UNROUTED = (
    "The words of this track are not all checked in your language yet, and they should be right when you learn with "
    "them. A trainer can read it with you, or you learn it in a group. Please call us."
)


def test_who_learns_without_approved_words_is_listed_until_there_are_some(team: Team, content_app: Flask) -> None:
    """Also who was asked before the track asked for them, and who changes her language on the way."""
    team.assign(team.ana, team.mele)
    boss, ana = browser_of(content_app, team.boss), browser_of(content_app, team.ana)
    assert "Nobody" in text_of(boss.get("/team/reading"))
    team.ask()
    team.assign(team.sina, routes=Routes({"sm": "oral"}))
    said = text_of(boss.get("/team/reading"))
    assert re.search(r"2 people Mele .*? Not chosen yet Lea faka-Tonga Sina .*? A trainer reads it with her", said)
    assert words_in("en", gettext, UNROUTED) not in text_of(ana.get(f"/tracks/{TRACK}"))
    ana.post("/language/es")
    assert re.search(r"3 people .*Ana .*?Not chosen yet Español", text_of(boss.get("/team/reading")))
    assert words_in("es", gettext, UNROUTED) in text_of(ana.get(f"/tracks/{TRACK}"))
    approve("sm")
    assert "Sina" not in text_of(boss.get("/team/reading"))
    team.ask(is_asked=False)
    assert "Nobody" in text_of(boss.get("/team/reading"))


def test_a_trainer_sees_who_began_by_herself_and_an_employer_does_not(
    team: Team, make: Make, content_app: Flask
) -> None:
    team.ask()
    browser_of(content_app, team.sina).post(f"/tracks/{TRACK}/enrol", data={"english": "1"})
    assert "Nobody" in text_of(browser_of(content_app, team.boss).get("/team/reading"))
    trainer = browser_of(content_app, make.person("Trainer", roles=("trainer",)))
    assert re.search(r"1 person Sina .*?With English beneath", text_of(trainer.get("/team/reading")))


def test_a_long_list_has_pages(team: Team, make: Make, content_app: Flask) -> None:
    more = [make.person(f"Worker {number}", language="sm") for number in range(60)]
    for person in more:
        make.employment(person, team.id, since=date(2026, 1, 10))
    team.ask()
    boss = browser_of(content_app, team.boss)
    page = look(boss, *more).get_data(as_text=True)
    assert page.index("See whom") < page.index('<ul class="names">'), "folded"
    team.assign(*more, routes=Routes({"sm": "oral"}))
    first, second = (text_of(boss.get(f"/team/reading?page={number}")) for number in (1, 2))
    assert (first.count("A trainer reads it with her"), second.count("A trainer reads it with her")) == (50, 10)
    assert "60 people" in first


def test_who_reads_english_too_has_it_beneath_the_lessons(team: Team, content_app: Flask) -> None:
    """While the track asks for approved words that her language has not got, whatever the switch says."""
    team.ask()
    sina, mele = browser_of(content_app, team.sina), browser_of(content_app, team.mele)
    source = current(reading()).get("module", MODULE)
    lesson = spec_of(ModuleSpec, source).lessons[0]
    reading().rollback()
    pages = f"/modules/{MODULE}", f"/modules/{MODULE}/lessons/{lesson.key}"

    def has_english(browser: FlaskClient) -> list[bool]:
        said = [browser.get(page).get_data(as_text=True) for page in (*pages, f"{pages[1]}?both=0")]
        return [f'lang="en">{lesson.title}</span>' in each for each in said]

    assert has_english(sina) == [False] * 3
    sina.post(f"/tracks/{TRACK}/enrol", data={"english": "1"})
    assert has_english(sina) == [True] * 3
    assert has_english(mele) == [False] * 3
    assert "?both=" not in sina.get(pages[1]).get_data(as_text=True), "a switch that would do nothing"
    sent = {"client_id": new_client_id()}
    sina.post(pages[1], data=sent)
    assert [row.shown_language for row in rows(LessonProgress, "shown_language")] == ["sm+en"]
    approve("sm")
    assert has_english(sina) == [False] * 3
