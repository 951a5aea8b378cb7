"""What a track asks of its words holds where one of its modules is asked for alone, and where a standing rule asks."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from lms.content.library import current
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.ids import new_client_id
from lms.organizations.rules import Criteria
from lms.tracks import queries, service
from lms.tracks.messages.wording import route_words
from lms.tracks.models import Assignment, AssignmentRule, WordingRoute
from lms.tracks.rules import Due, Routes, key_alone
from lms.tracks.service import Statement
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.tracks.test_choosing import text_of
from tests.tracks.test_service import rows
from tests.tracks.test_unworded import words_in
from tests.tracks.test_wording import NONE, TRACK, Team, approve, asked, browser_of, look

#: A module that the track holds, and one that it does not.
MODULE, OTHER = "outreach", "contact-tracing"
KEY = key_alone(MODULE)


@pytest.fixture
def team(content_app: Flask, make: Make) -> Team:
    """Return a CBO with staff, on the published content: every translation of it is a draft."""
    return Team(make)


def ask_alone(team: Team, *people: MadePerson, key: str = KEY, routes: Routes = NONE) -> int:
    """Assign a module alone, and return how many are newly asked."""
    ids = [each.person_id for each in people]
    wish = {"due_on": None, "client_id": new_client_id(), "routes": routes}
    return write(lambda s: service.assign(s, team.actor, team.id, key, ids, **wish, at=AT)).assigned


def make_rule(team: Team, key: str, language: str = "sm") -> str:
    """Make a standing rule for a language, and return its public id."""
    said = Statement(team.id, key, Criteria(languages=(language,)), Due())
    expected = service.plan_statement(reading(), team.actor, said, at=AT).new
    reading().rollback()
    wish = {"expected": expected, "client_id": new_client_id(), "at": AT}
    return write(lambda s: service.make_rule(s, team.actor, said, **wish)).rule_public_id


# ── A module alone ────────────────────────────────────────────────────────────


def test_the_demand_of_a_track_is_that_of_its_modules(team: Team) -> None:
    library = current(reading())
    assert queries.demands_on(reading(), library, KEY) == ()
    reading().rollback()
    team.ask()
    assert queries.demands_on(reading(), library, KEY) == (TRACK,)
    assert queries.demands_on(reading(), library, TRACK) == (TRACK,)
    assert queries.demands_on(reading(), library, "core") == (), "another track with the same module asks by itself"
    assert queries.demands_on(reading(), library, key_alone(OTHER)) == ()
    assert queries.demands_on(reading(), library, "module-nothing") == ()
    reading().rollback()
    team.ask(is_asked=False)
    assert queries.demands_on(reading(), library, KEY) == ()


def test_nobody_is_led_around_it_by_one_module(team: Team) -> None:
    team.ask()
    with pytest.raises(RuleBroken, match="wording-undecided"):
        ask_alone(team, team.sina)
    assert ask_alone(team, team.ana) == 1, "English is the source"
    assert ask_alone(team, team.mele, key=key_alone(OTHER)) == 1, "no track that asks holds this one"
    assert ask_alone(team, team.sina, routes=Routes({"sm": "oral"})) == 1
    assert rows(WordingRoute, "track_key", "route") == [(KEY, "oral")]
    assert asked() == {team.ana.person_id, team.mele.person_id, team.sina.person_id}
    approve("sm")
    assert ask_alone(team, team.tala) == 1


def test_the_last_look_names_the_track_that_asks(team: Team, content_app: Flask) -> None:
    team.ask()
    boss = browser_of(content_app, team.boss)
    page = boss.get("/team/assign")
    said = text_of(page)
    assert (
        "“First steps” asks that its words are approved in the language of who learns them. That holds for each" in said
    )
    place = re.search(r'name="organization" value="(\w+)"', page.get_data(as_text=True))
    assert place
    form = {"organization": place[1], "track": KEY, "who": "some", "person": team.sina.person_public_id, "do": "look"}
    said = text_of(boss.post("/team/assign", data=form))
    assert "For 1 person the words are not approved yet: Gagana Sāmoa Sina" in said
    assert "“First steps” asks that its words are approved in the language of who learns them. What is missing:" in said
    assert "This track asks for approved words." not in said
    assert "This track asks for approved words. What is missing:" in text_of(look(boss, team.sina))
    team.ask(is_asked=False)
    assert "asks that its words are approved" not in text_of(boss.get("/team/assign"))


def test_the_pages_of_a_module_name_the_track_on_whose_way_she_is(team: Team, content_app: Flask) -> None:
    """Its own page, and that of its quiz before the start; in the language that lacks words, and on no other way."""
    team.assign(team.sina)
    sina, mele = browser_of(content_app, team.sina), browser_of(content_app, team.mele)
    pages = (f"/modules/{MODULE}", f"/modules/{MODULE}/quiz")
    wish = "E manaʻomia e le “"
    told = "E mafai e se faiaʻoga ona faitau faʻatasi ma oe"
    for page in pages:
        assert wish not in text_of(sina.get(page)), "it does not ask"
    team.ask()
    for page in pages:
        said = text_of(sina.get(page))
        assert wish in said, page
        assert told in said, page
        assert "“First steps”" not in text_of(mele.get(page)), "she is on no such way"
    assert wish not in text_of(sina.get(f"/modules/{OTHER}"))
    sina.post("/language/en")
    assert "asks that its words" not in text_of(sina.get(pages[0]))
    sina.post("/language/sm")
    approve("sm")
    assert wish not in text_of(sina.get(pages[0]))


def test_who_is_asked_for_one_module_reads_how_she_learns(team: Team, content_app: Flask) -> None:
    team.ask()
    ask_alone(team, team.sina, routes=Routes({"sm": "session"}))
    sina, boss = browser_of(content_app, team.sina), browser_of(content_app, team.boss)
    for page in (f"/modules/{MODULE}", f"/tracks/{KEY}", f"/tracks/{KEY}/why"):
        assert words_in("sm", route_words, "session") in text_of(sina.get(page)), page
    assert re.search(r"1 person Sina .*?In a group session", text_of(boss.get("/team/reading")))
    ask_alone(team, team.tala, routes=Routes({"sm": "both"}))
    assert queries.reads_english(reading(), current(reading()), team.tala.person_id, MODULE, "sm")
    assert not queries.reads_english(reading(), current(reading()), team.sina.person_id, MODULE, "sm")


# ── A standing rule ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", [TRACK, KEY])
def test_a_rule_says_who_waits_and_why(team: Team, content_app: Flask, key: str) -> None:
    team.ask()
    public_id = make_rule(team, key)
    assert asked() == set()
    boss = browser_of(content_app, team.boss)
    page = f"/team/rules/{public_id}"
    said = text_of(boss.get(page))
    assert re.search(r"Who waits for approved words .*?2 people wait: Gagana Sāmoa Sina Tala", said)
    assert re.search(
        r"What is missing: Of \d+ sentences: \d+ drafts\. .*?Outreach: Of \d+ sentences: \d+ drafts\.", said
    )
    assert ("“First steps” asks that" in said) == (key == KEY)
    assert "Nothing: whoever fits and has approved words is asked." in said
    assert "everyone who fits is asked" not in said
    assert "assign it to her by hand and choose how she learns" in said
    assert "Approved words asked for" in text_of(boss.get("/team/rules"))
    told = text_of(boss.post(f"{page}/compare", follow_redirects=True))
    assert "2 people wait for approved words." in told
    approve("sm")
    said = text_of(boss.get(page))
    assert "Who waits for approved words" not in said
    assert re.search(r"Would be asked now \(2\) They newly fit\. Sina Tala", said)
    told = text_of(boss.post(f"{page}/compare", follow_redirects=True))
    assert "2 people were asked." in told
    assert "wait for approved words" not in told
    assert asked() == {team.sina.person_id, team.tala.person_id}


def test_a_rule_that_asks_says_of_nobody_that_she_waits(team: Team, content_app: Flask) -> None:
    public_id = make_rule(team, TRACK, "to")
    boss = browser_of(content_app, team.boss)
    assert len(rows(Assignment, "id")) == len(rows(AssignmentRule, "id")) == 1
    assert "waits" not in text_of(boss.get(f"/team/rules/{public_id}"))
    assert "Approved words asked for" not in text_of(boss.get("/team/rules"))
    team.ask()
    assert "waits" not in text_of(boss.get(f"/team/rules/{public_id}")), "she was asked before"
