"""What must not happen when a form of assigning says what no page offers: no error of the program."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from lms.ids import new_client_id
from lms.tracks.models import AssignmentRule
from tests.factories import Make
from tests.tracks.test_choosing import Place
from tests.tracks.test_service import TRACK, rows


@pytest.fixture
def place(make: Make, content_app: Flask) -> Place:
    return Place(make, content_app)


ODD: tuple[dict[str, Any], ...] = (
    {"areas": "x"},
    {"areas": "99999999999999999999"},
    {"languages": "xx" * 500},
    {"kinds": "owner"},
    {"for_days": "99999999999"},
    {"for_days": "-5"},
    {"since": "0001-01-01"},
    {"titles": "x" * 5000},
    {"due_kind": "asked", "due_days": "999999999"},
    {"due_kind": "employed", "due_days": "99999999999999999999"},
    {"due_kind": "asked", "due_days": "-9999999"},
    {"due_on": "9999-12-31"},
)


def test_what_no_page_offers_is_refused_or_passed_over(place: Place) -> None:
    for odd in ODD:
        send(place, odd)
    assert all(len(str(row.criteria)) < 500 for row in rows(AssignmentRule, "criteria"))


def send(place: Place, odd: dict[str, Any]) -> None:
    """Send what no page offers to every address of assigning."""
    known = {"organization": place.public_id, "track": TRACK, "who": "fit", "titles": "CHW"} | odd
    assert place.browser.get("/team/assign", query_string=known).status_code in (200, 302)
    people = " ".join(each.person_public_id for each in (place.ana, place.luis))
    sent = {**known, "people": people, "chosen": people, "client_id": new_client_id(), "due_kind": "", **odd}
    for address in ("/team/assign", "/team/assign/confirm", "/team/rules/new"):
        for do in ("ease", ""):
            answer = place.browser.post(address, data={**sent, "do": do})
            assert answer.status_code < 500, (address, do, odd)
