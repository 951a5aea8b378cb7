"""What a track that she could begin takes, with what is recorded of it; and which track comes first, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from lms.content.library import current
from lms.db import reading, write
from lms.i18n import TAGS, force_locale
from lms.tracks import rules
from lms.tracks.messages import PartWords
from lms.tracks.messages.taking import takes_words
from lms.tracks.models import TrackCompletion
from lms.tracks.queries import standing_of, track_title
from lms.tracks.rules import HoursTold, hours_told
from lms.tracks.specs import TrackSpec
from tests.factories import MadePerson, Make, day, sign_in
from tests.home.conftest import CORE, FIRST, Story, instant
from tests.tracks.practice import Practice

PREVENTION = "community-prevention"


@pytest.fixture
def story(content_app: Flask, make: Make) -> Story:
    """Return who writes what happens, on the published content."""
    content_app.config["WTF_CSRF_ENABLED"] = False
    return Story(make)


@pytest.fixture
def client(content_app: Flask) -> FlaskClient:
    return content_app.test_client()


def words_of(client: FlaskClient, path: str) -> str:
    """Return what stands in the middle of a page."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    html = answer.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def card_of(client: FlaskClient, key: str) -> str:
    """Return the words of the card of a track on /learn."""
    html = client.get("/learn").get_data(as_text=True)
    (card,) = [each for each in html.split('<div class="card">')[1:] if f'href="/tracks/{key}"' in each]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", card.partition("</div>")[0])).split())


def explained(person: MadePerson, key: str) -> Any:
    """Return how somebody stands to a track."""
    library = current(reading())
    found = standing_of(reading(), library, [person.person_id], [key], today=day()).progress(person.person_id, key)
    assert found is not None
    return found.explained


CLASS, PRACTICUM = ("class", "simulation"), ("practicum",)


def test_hours_are_told_by_what_counts_for_them(story: Story, make: Make) -> None:
    """80 hours of eleven skills and 40 in the field, as the shipped track asks; what is recorded, and no more."""
    ana = make.person("Ana")
    track = current(reading()).spec(TrackSpec, "track", CORE)
    assert hours_told(track, explained(ana, CORE)) == (HoursTold(CLASS, 4800, 0), HoursTold(PRACTICUM, 2400, 0))
    reading().rollback()
    practice = Practice(make)
    make.employment(ana, practice.place)
    practice.work(ana, 90, at=instant(-1))
    assert hours_told(track, explained(ana, CORE))[1] == HoursTold(PRACTICUM, 2400, 90)
    reading().rollback()
    practice.work(ana, 600, at=instant(-2))
    told = hours_told(track, explained(ana, CORE))
    assert told == (HoursTold(CLASS, 4800, 0), HoursTold(PRACTICUM, 2400, 690)), "practice is no class"


def test_the_card_of_core_says_all_that_it_takes(story: Story, make: Make, client: FlaskClient) -> None:
    ana = make.person("Ana")
    sign_in(client, ana)
    for said in (card_of(client, CORE), words_of(client, f"/tracks/{CORE}")):
        assert re.search(r"Lessons: about \d+ h", said), said
        assert "Class / Simulation: 0 min of 80 h recorded here" in said
        assert "Practicum: 0 min of 40 h recorded here" in said
        assert "Observations: 0 of 1 signed here" in said
    practice = Practice(make)
    make.employment(ana, practice.place)
    practice.work(ana, 90, at=instant(-1))
    said = card_of(client, CORE)
    assert "Practicum: 1 h 30 min of 40 h recorded here" in said
    assert "Class / Simulation: 0 min of 80 h recorded here" in said
    said = card_of(client, "medi-cal-basics")
    assert "recorded here" not in said
    assert re.search(r"About \d+ (h|min)", said), "lessons alone are told as before"


def test_what_is_waived_or_cannot_be_recorded_is_never_told_as_done(story: Story, make: Make) -> None:
    ana = make.person("Ana")
    found, library = explained(ana, CORE), current(reading())
    track = library.spec(TrackSpec, "track", CORE)
    waiver = rules.Proof("waiver", "w", instant(-1), day(-1), reason="other")

    def changed(**parts: Mapping[str, Any]) -> Any:
        """Return how she stood if some parts stood otherwise."""

        return SimpleNamespace(others=[_with(part, parts.get(part.id, {})) for part in found.others])

    told = hours_told(track, changed(practicum={"proof": waiver}))
    assert told == (HoursTold(CLASS, 4800, 0),), "she need not do it: it is not asked for, nor told as recorded"
    away = PartWords(library, CORE, "en", changed(field={"state": "unrecorded", "key": ""}))
    assert takes_words(away, 0)[-1] == "Observed in the field: not recorded here yet"


def _with(part: Any, changes: Mapping[str, Any]) -> Any:
    return replace(part, **changes)


# ── What comes first ──────────────────────────────────────────────────────────


def test_a_track_that_comes_first_is_named_with_its_reason(story: Story, make: Make, client: FlaskClient) -> None:
    """Among what she could begin, on the track's page, behind its "Why?", and once she is on it."""
    ana = make.person("Ana")
    sign_in(client, ana)
    reason = "“Core training” comes first: until it is completed, this track is not."
    assert reason in card_of(client, PREVENTION)
    assert "comes first" not in card_of(client, CORE)
    said = words_of(client, f"/tracks/{PREVENTION}")
    assert re.search(r"This comes first .*?Core training .*?This track comes first\.", said)
    why = words_of(client, f"/tracks/{PREVENTION}/why")
    assert re.search(r"What is missing .*?Core training .*?This track comes first\.", why)
    story.enrol(ana, PREVENTION)
    learn = client.get("/learn").get_data(as_text=True)
    assert f'href="/tracks/{PREVENTION}/why"' in learn
    assert re.search(r"Core training .*?This track comes first\.", words_of(client, "/learn"))
    story.enrol(ana, FIRST)
    story.lesson(ana, "communication", "listening")
    assert reason in words_of(client, "/learn"), "also where it is one of her other tracks"


@pytest.mark.parametrize("tag", TAGS)
def test_both_are_said_in_every_language(story: Story, make: Make, client: FlaskClient, tag: str) -> None:
    ana = make.person("Ana", language=tag)
    sign_in(client, ana)
    library = current(reading())
    core = track_title(library, CORE, tag).text
    with force_locale(tag):
        lines = takes_words(PartWords(library, CORE, tag, explained(ana, CORE)), 60)
    assert len(lines) == 4
    card = card_of(client, CORE)
    assert all(line in card for line in lines[1:])
    assert core in card_of(client, PREVENTION)
    assert tag == "en" or "comes first" not in card_of(client, PREVENTION)
    assert tag == "en" or "recorded here" not in card


def test_core_that_is_done_comes_first_no_more(story: Story, make: Make, client: FlaskClient) -> None:
    ana = make.person("Ana")
    sign_in(client, ana)
    assert "comes first" in card_of(client, PREVENTION)
    row = {
        "person_id": ana.person_id,
        "track_key": CORE,
        "cycle": 1,
        "revision_id": current(reading()).get("track", CORE).revision_id,
        "completed_at": instant(-1),
        "completed_on": day(-1),
        "language": "en",
        "counted": [],
    }
    reading().rollback()
    write(lambda s: s.execute(insert(TrackCompletion).values(**row)) and None)
    assert "comes first" not in card_of(client, PREVENTION)
