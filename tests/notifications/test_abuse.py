"""What must not happen with letters, on both databases: a text to a phone whose holder has said STOP."""

from __future__ import annotations

from flask import Flask

from lms.db import reading
from lms.notifications import queries
from tests.factories import MadePerson, Make
from tests.notifications.conftest import consent, phone
from tests.notifications.test_choices import NUMBER, said, text


def agrees(person: MadePerson) -> bool:
    found = queries.list_agreements(reading(), person.person_id, [NUMBER])[NUMBER].is_given
    reading().rollback()
    return found


def test_stop_counts_for_all_of_a_shared_phone_also_after_one_has_left(app: Flask, make: Make) -> None:
    """One of two who share a phone ended hers on a page. Whoever then texts STOP ends the other's too."""
    ana, luis = make.person("Ana"), make.person("Luis")
    phone(ana)
    phone(luis)
    consent(luis, NUMBER, "withdrawn")
    assert agrees(ana)
    assert text("STOP") == "stop"
    assert not agrees(ana)
    before = said()
    assert text("stop") == "stop"
    assert said() == before, "said twice it is written once"
