"""What people are written to when a labelled change is published, and how they are reminded of what it asks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from lms.clock import local_date
from lms.db import reading, write
from lms.notifications import queries, service
from lms.notifications.jobs import send_letters
from lms.notifications.queries import Item, Moment
from lms.tracks.queries.due import list_due, list_repeated
from lms.tracks.rules.versions import Choices
from tests.factories import MadePerson, Make
from tests.notifications.conftest import letters, steps
from tests.publish.conftest import LATER, RENEWAL, content, did, enrol, module, publish, track

RENEW = Choices("retraining", finished="renew", days=90)
MOVE = Choices("retraining", "move", "move")
DAY = timedelta(days=1)
TODAY = local_date(LATER)
DUE = TODAY + 90 * DAY


@pytest.fixture
def people(app: Flask, make: Make) -> list[MadePerson]:
    """Return somebody who has not begun, somebody under way and somebody who has finished."""
    publish(content(track("t", "a", "b")))
    found = [make.person(name, language=tag) for name, tag in (("None", "en"), ("Half", "es"), ("All", "to"))]
    enrol([each.person_id for each in found])
    did([each.person_id for each in found[1:]], "a")
    did([found[2].person_id], "b")
    return found


def say(at: datetime = LATER) -> list[Item]:
    """Return what the letter about a change tells, in the newest first."""
    letter = letters("change")[-1]
    claimed = write(lambda s: service.claim_letters(s, "one", at=at, limit=500))
    write(lambda s: service.give_back(s, claimed, "one"))
    found = next(each for each in claimed if each.id == letter.id)
    try:
        return list(queries.get_facts(reading(), found, Moment(at, local_date(at))).values["items"])
    finally:
        reading().rollback()


def remind(day: date) -> int:
    at = datetime(day.year, day.month, day.day, 20, tzinfo=LATER.tzinfo)
    return write(lambda s: service.plan_reminders(s, today=day, at=at))


def test_who_has_more_to_do_is_told_and_who_has_not_is_not(app: Flask, people: list[MadePerson]) -> None:
    publish(content(track("t", "a", "b", "c")), at=LATER, t=MOVE)
    assert [each.person_id for each in letters("change")] == [people[0].person_id, people[1].person_id]
    (item,) = say()
    assert (item.kind, item.title, item.values) == ("change", "Track", {"deed": "moves"})
    did([people[1].person_id], "b", "c", at=LATER)
    assert send_letters(app, at=LATER) == "1 sent, 1 dropped"


def test_who_has_finished_by_it_is_congratulated(app: Flask, people: list[MadePerson]) -> None:
    publish(content(track("t", "a")), at=LATER, t=Choices("equivalent", under_way="move"))
    assert [each.person_id for each in letters("change")] == [people[1].person_id]
    assert say()[0].values == {"deed": "completes"}
    assert send_letters(app, at=LATER) == "1 sent"


def test_a_track_that_is_to_be_done_again_is_told_and_reminded_of(app: Flask, people: list[MadePerson]) -> None:
    publish(content(track("t", "a", "b", "c", **RENEWAL)), at=LATER, t=RENEW)
    own = people[2].person_id
    (item,) = [each for each in say() if each.values["deed"] == "renews"]
    assert (item.day, item.is_over) == (DUE, False)
    assert send_letters(app, at=LATER) == "2 sent"
    assert list_due(reading(), own, TODAY) == [("t", 2, DUE)]
    reading().rollback()
    wrote = {n: remind(DUE + n * DAY) for n in range(-95, 40)}
    assert {n: count for n, count in wrote.items() if count} == {-30: 1, -7: 1, -1: 1, 1: 1, 14: 1}
    assert {each[:4] for each in steps()} == {(own, "track", "t:2", DUE)}
    did([own], "a", "b", round_number=2, at=LATER + DAY)
    did([own], "c", at=LATER + DAY)
    assert list_due(reading(), own, TODAY) == []
    reading().rollback()


def test_a_module_that_is_to_be_done_again_is_told_and_reminded_of(app: Flask, people: list[MadePerson]) -> None:
    publish(content(track("t", "a", "b"), module("a", lessons=["one", "two"])), at=LATER, module_a=RENEW)
    own = people[2].person_id
    (item,) = say()
    assert (item.endpoint, item.address, item.day) == ("courses.module", {"module_key": "a"}, DUE)
    assert list_repeated(reading(), own, TODAY) == [("a", 2, DUE)]
    reading().rollback()
    assert [remind(DUE - n * DAY) for n in (31, 30, 29)] == [0, 1, 0]
    assert steps() == [(own, "module", "a:2", DUE, -30)]
    did([own], "a", round_number=2, at=LATER)
    assert remind(DUE - 7 * DAY) == 0
    assert send_letters(app, at=LATER + 100 * DAY) == "2 dropped", "she has done it"


def test_the_letter_of_the_day_is_not_followed_by_a_reminder_of_the_same(app: Flask, people: list[MadePerson]) -> None:
    soon = Choices("retraining", finished="renew", days=20)
    publish(content(track("t", "a", "b", "c", **RENEWAL)), at=LATER, t=soon)
    due = TODAY + 20 * DAY
    assert [remind(TODAY + n * DAY) for n in range(15)] == [0] * 13 + [1, 0]
    assert steps() == [(people[2].person_id, "track", "t:2", due, -7)]


def test_what_is_taught_no_more_is_not_told(app: Flask, people: list[MadePerson]) -> None:
    publish(content(track("t", "a", "b", "c")), at=LATER, t=MOVE)
    publish(content(), at=LATER)
    assert send_letters(app, at=LATER) == "2 dropped"
