"""Why a track stands as it does, as the worker reads it: what counts, what is missing, and the simplest next step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.clock import now
from lms.db import write
from lms.tracks import service
from lms.tracks.messages import PartWords, counted_words
from lms.tracks.rules import Scope, judge
from tests.factories import MadePerson, Make, day, sign_in
from tests.tracks.conftest import earn
from tests.tracks.practice import Practice
from tests.tracks.sample import (
    REFRESHER,
    TODAY,
    WHOLE,
    YEARLY,
    began,
    credit,
    elsewhere,
    finished,
    hours,
    publish_tracks,
    record,
    signed,
    track,
    waived,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the real content, with three tracks more."""
    publish_tracks(WHOLE, YEARLY, REFRESHER)


@pytest.fixture
def ana(make: Make, client: FlaskClient) -> MadePerson:
    """Return the worker who is signed in."""
    person = make.person("Ana")
    sign_in(client, person)
    return person


def enrol(person: MadePerson, key: str) -> None:
    write(lambda session: service.enrol(session, [person.person_id], key, at=now() - timedelta(days=9)))


def text_of(response: Any) -> str:
    """Return the words of a page's main part."""
    assert response.status_code == 200, response.status
    html = response.get_data(as_text=True)
    return " ".join(html.split("<main", 1)[1].split("</main>")[0].split())


def test_the_way_shows_what_comes_first_sets_and_choices(ana: MadePerson, client: FlaskClient) -> None:
    enrol(ana, "whole")
    said = text_of(client.get("/tracks/whole"))
    for words in (
        "This comes first",
        "The base",
        "Choose 1 of 2",
        "Opens after: First steps",
        "Also part of this track",
    ):
        assert words in said
    assert 'href="/tracks/first-steps"' in said.split("next-step-action")[1], (
        "the next step is the track that comes first"
    )
    earn(ana, "communication", "outreach", at=now())
    enrol(ana, "first-steps")
    said = text_of(client.get("/tracks/whole"))
    assert 'href="/modules/public-health/continue"' in said
    assert "More than is asked for; it stays yours." in said
    assert "2 of 5 parts done" in said


def test_each_part_says_why(ana: MadePerson, client: FlaskClient, make: Make) -> None:
    enrol(ana, "whole")
    practice = Practice(make)
    make.employment(ana, practice.place)
    practice.work(ana, 90, at=now())
    practice.sign(ana, at=now() - timedelta(days=3 * 365))
    practice.recognize(ana, "public-health", day(-400), at=now())
    said = text_of(client.get("/tracks/whole/why"))
    for words in (
        "Learned elsewhere on",
        "1 h 30 min of 2 h so far",
        "What counted here ended on",
        "This track comes first.",
    ):
        assert words in said
    for heading in (
        "What counts",
        "What is missing",
        "The rule",
        "Version 2 of the training",
        "You are on this track since",
    ):
        assert heading in said
    assert said.index("What counts") < said.index("Learned elsewhere") < said.index("What is missing")


def test_a_completed_track_says_what_counted(ana: MadePerson, client: FlaskClient) -> None:
    earn(ana, "communication", "outreach", at=now() - timedelta(days=5))
    enrol(ana, "first-steps")
    said = text_of(client.get("/tracks/first-steps/why"))
    assert "All that was asked for was there on that day." in said
    assert "What is missing" not in said
    assert "Version 1 of the training" in said


def test_a_stranger_and_a_missing_track_find_nothing(client: FlaskClient, make: Make) -> None:
    assert client.get("/tracks/whole/why").status_code == 302
    sign_in(client, make.person())
    assert client.get("/tracks/no-such/why").status_code == 404
    assert client.get("/tracks/whole/why").status_code == 200, "also before she begins"


def test_beginning_says_what_counts_already(ana: MadePerson, client: FlaskClient) -> None:
    earn(ana, "communication", at=now())
    assert "This counts already: Communication that builds trust." in text_of(client.get("/tracks/first-steps"))
    said = text_of(client.post("/tracks/first-steps/enrol", follow_redirects=True))
    assert "You are on this track now. This counts already: Communication that builds trust." in said


def test_renewing_is_offered_in_its_time(ana: MadePerson, client: FlaskClient) -> None:
    earn(ana, "communication", "outreach", at=now() - timedelta(days=100))
    write(lambda s: service.enrol(s, [ana.person_id], "yearly", at=now() - timedelta(days=100)))
    assert "You can renew it from" in text_of(client.get("/tracks/yearly"))
    said = text_of(client.post("/tracks/yearly/renew", follow_redirects=True))
    assert "You can renew this from" in said


@pytest.mark.parametrize(("days", "words"), [(340, "Please renew it by"), (380, "It was to be renewed by")])
def test_renewing_opens_and_is_late_and_goes_on(make: Make, client: FlaskClient, days: int, words: str) -> None:
    person, then = make.person(), now() - timedelta(days=days)
    earn(person, "communication", "outreach", at=then)
    write(lambda s: service.enrol(s, [person.person_id], "yearly", at=then))
    sign_in(client, person)
    assert words in text_of(client.get("/tracks/yearly"))
    said = text_of(client.post("/tracks/yearly/renew", follow_redirects=True))
    assert "You have begun to renew this track." in said
    assert "0 of 2 parts done" in said
    for address in ("/modules/communication", "/modules/communication/quiz", "/learn"):
        assert client.get(address).status_code == 200
    assert "You have finished this module" not in text_of(client.get("/modules/communication"))
    lesson = client.get("/modules/communication/continue").location
    assert "/lessons/listening" in lesson
    done = client.post(lesson, data={"client_id": "c" * 32})
    assert done.status_code == 302
    assert "Lesson 2 of 5" in text_of(client.get("/learn"))
    assert client.post("/modules/communication/quiz/start").status_code == 302
    assert 'name="attempt"' in text_of(client.get("/modules/communication/quiz"))
    assert client.get("/modules/communication/survey").status_code == 302, "first the quiz, in this round too"


def test_no_page_of_a_track_asks_more_than_twelve_questions(ana: MadePerson, client: FlaskClient) -> None:
    enrol(ana, "whole")
    for address in ("/tracks/whole", "/tracks/whole/why", "/learn"):
        assert client.get(address).status_code == 200


# ── Words of parts ───────────────────────────────────────────────────────────


def test_the_words_of_every_kind_of_proof_and_of_what_a_supervisor_reads(content_app: Flask) -> None:
    library = publish_tracks(WHOLE)
    items = [
        {"id": "a", "module": "communication", "accepts": ["outreach"]},
        {"id": "b", "module": "public-health"},
        {"id": "c", "module": "outreach", "prerequisites": ["d"]},
        {"id": "d", "module": "gone"},
    ]
    spec = track(
        sets=[{"id": "x", "items": items}, {"id": "y", "items": [{"id": "later", "planned": True, "title": "Later"}]}],
        prerequisites=["first-steps"],
        hours=[{"kind": "practicum", "minutes": 60, "title": "Practice"}],
        sign_offs=[{"id": "seen", "title": "Seen", "checklist": "visit"}, {"id": "field", "title": "Field"}],
    )  # fmt: skip
    facts = record(
        credit("outreach", -9), waived("b", -5, until=30), hours(75), signed(until=30), finished("first-steps")
    )
    with content_app.test_request_context():
        words = PartWords(library, "t", "en", judge(spec, facts, began(), TODAY))
        notes = {part.id: words.note(part) for part in words.explained.parts}
        reduced = PartWords(library, "t", "en", words.explained, reduced=True)
        told = {part.id: reduced.note(part) for part in words.explained.parts}
        hrefs = {part.id: words.href(part) for part in words.explained.parts}
    assert notes == {
        "track:first-steps": "Done on March 4, 2026",
        "a": "Done on February 24, 2026 with “Outreach”, which counts for it.",
        "b": "You need not do this. Your experience shows it. Until April 4, 2026.",
        "c": "Done on February 24, 2026",
        "d": "",
        "later": "We are preparing this part.",
        "practicum": "1 h 15 min, enough since March 4, 2026.",
        "seen": "Signed on March 4, 2026. Valid until April 4, 2026.",
        "field": "Not recorded here yet. Nothing is asked of you now.",
    }
    assert {key for key in notes if notes[key] != told[key]} == {"b"}
    assert told["b"] == "Counts since February 28, 2026."
    assert (hrefs["d"], hrefs["a"], hrefs["field"]) == (None, "/modules/communication", None)


def test_what_counts_already_is_cut_to_five(content_app: Flask) -> None:
    library = publish_tracks(WHOLE)
    spec = track(*"abcdefg")
    with content_app.test_request_context():
        seven = judge(spec, record(*map(credit, "abcdefg")), Scope(), TODAY)
        assert counted_words(PartWords(library, "t", "en", seven)) == "This counts already: a, b, c, d, e, and 2 more."
        assert counted_words(PartWords(library, "t", "en", judge(spec, record(), Scope(), TODAY))) == ""
        base = {"id": "x", "items": [{"id": key, "module": key} for key in "ab"]}
        then = {"id": "y", "items": [{"id": "c", "module": "c"}]}
        blocked = judge(track(sets=[base, then]), record(elsewhere("a")), began(), TODAY)
        assert PartWords(library, "t", "en", blocked).note(blocked.items[2]) == "Opens after: b"
