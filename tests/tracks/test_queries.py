"""Reads of tracks: progress of many, what was asked and how it stands, words of what is retired."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert, true

from lms.content.library import Library, current
from lms.db import db, reading, write
from lms.errors import NotFound
from lms.ids import new_client_id
from lms.tracks import policy, queries, rules, service
from lms.tracks.models import Enrolment, TrackCompletion
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.organizations.conftest import crowd
from tests.tracks.conftest import MODULES, actor_of, earn

TODAY = date(2026, 3, 5)
TRACK = "first-steps"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the published content."""


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """Return the statements that the reading engine runs."""
    found: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            found.append(statement)

    event.listen(db.engines[None], "before_cursor_execute", hear)
    yield found
    event.remove(db.engines[None], "before_cursor_execute", hear)


def test_progress_of_many_takes_seven_questions(make: Make, asked: list[str]) -> None:
    people = crowd(make.organization(), [f"Worker {number}" for number in range(30)])
    earn(people[0], *MODULES)
    earn(people[1], "communication")
    ids = [person.person_id for person in people]
    write(lambda session: service.enrol(session, ids[:2], TRACK, at=AT))
    library = current(reading())
    progress = queries.progress_of(reading(), library, ids)
    asked.clear()
    assert queries.progress_of(reading(), library, ids) == progress
    assert len(asked) == 7, asked
    assert len(progress) == 30 * len(library.keys("track"))
    first, second, third = (progress[number, TRACK] for number in ids[:3])
    assert (first.state, first.done, first.completed_on) == ("completed", 2, TODAY)
    assert [item.completed_on for item in first.items] == [TODAY, TODAY]
    assert (second.state, second.done, second.completed_on) == ("active", 1, None)
    assert (third.state, third.done, third.total) == ("open", 0, 2)
    assert progress[ids[1], "core"].done == 1, "one credit counts in every track"
    assert len(progress[ids[0], "core"].others) == 13


def test_progress_of_nobody_or_nothing_asks_nothing(make: Make, asked: list[str]) -> None:
    library, person = current(reading()), make.person()
    asked.clear()
    assert queries.progress_of(reading(), library, []) == {}
    assert queries.progress_of(reading(), library, [person.person_id], []) == {}
    assert asked == []
    assert queries.progress_of(reading(), library, [person.person_id], ["no-such"]) == {}


def test_a_withdrawn_track_is_open_again(make: Make) -> None:
    cbo = make.organization()
    boss, ana = actor_of(make.supervisor(cbo)), make.person()
    make.employment(ana, cbo)
    batch = write(
        lambda s: service.assign(s, boss, cbo, TRACK, [ana.person_id], due_on=None, client_id=new_client_id(), at=AT)
    )
    write(lambda s: service.undo_batch(s, boss, batch.batch_public_id, at=AT))
    progress = queries.progress_of(reading(), current(reading()), [ana.person_id], [TRACK])
    assert progress[ana.person_id, TRACK].state == "open"


def test_a_second_cycle_counts_only_what_came_after_the_first(make: Make) -> None:
    ana = make.person()
    earn(ana, *MODULES)
    write(lambda session: service.enrol(session, [ana.person_id], TRACK, at=AT))

    def renew(session: Any) -> None:
        revision = current(session).get("track", TRACK).revision_id
        row = {"person_id": ana.person_id, "track_key": TRACK, "cycle": 2, "state": "active", "started_at": AT}
        session.execute(insert(Enrolment).values(public_id="renewal", revision_id=revision, **row))

    write(renew)
    progress = queries.progress_of(reading(), current(reading()), [ana.person_id], [TRACK])[ana.person_id, TRACK]
    assert (progress.state, progress.cycle, progress.done) == ("active", 2, 0)
    assert write(lambda s: service.refresh(s, current(s), [ana.person_id], at=AT)) == 0


class Office:
    """A CBO whose staff was asked for a track with many due dates."""

    def __init__(self, make: Make) -> None:
        self.id = make.organization("Hope")
        self.boss = actor_of(make.supervisor(self.id))
        self.people: dict[str, MadePerson] = {}
        for name, days, done in (
            ("Late", -1, False),
            ("Today", 0, False),
            ("Soon", 30, False),
            ("Far", 31, False),
            ("ʻOfa", None, False),
            ("Done", -5, True),
        ):
            person = make.person(name)
            make.employment(person, self.id)
            self.people[name] = person
            self._ask(person, None if days is None else TODAY + days * DAY, done=done)

    def _ask(self, person: MadePerson, due: date | None, *, done: bool) -> None:
        at = datetime(2026, 1, 10, 18, tzinfo=UTC)
        key = new_client_id()
        if done:
            earn(person, *MODULES, at=at)
        actor = self.boss
        write(lambda s: service.assign(s, actor, self.id, TRACK, [person.person_id], due_on=due, client_id=key, at=at))


@pytest.fixture
def office(make: Make) -> Office:
    """Return a CBO with assignments in every state."""
    return Office(make)


def names(office: Office, rows: list[queries.AssignmentRow]) -> list[str]:
    """Return whose assignments these are."""
    known = {person.person_id: name for name, person in office.people.items()}
    return [known[row.person_id] for row in rows]


def test_what_is_open_comes_first_by_due_date(office: Office) -> None:
    rows = queries.assignments_of(reading(), [office.id], TODAY)
    assert names(office, rows) == ["Late", "Today", "Soon", "Far", "ʻOfa", "Done"]
    assert [row.state for row in rows] == ["late", "due-soon", "due-soon", "on-time", "on-time", "done"]
    assert rows[-1].completed_on == date(2026, 1, 10)


def test_the_filter_says_what_the_rule_says(office: Office) -> None:
    for days in (-6, -1, 0, 1, 29, 30, 31, 32, 70):
        day = TODAY + days * DAY
        rows = queries.assignments_of(reading(), [office.id], day)
        for row in rows:
            assert row.state == rules.due_state(row.due_on, day, row.completed_on)
        counts = queries.count_assignments(reading(), [office.id], day)
        numbers = {"late": counts.late, "due-soon": counts.due_soon, "on-time": counts.on_time, "done": counts.done}
        for state, number in numbers.items():
            found = queries.assignments_of(reading(), [office.id], day, state=state)  # type: ignore[arg-type]
            assert found == [row for row in rows if row.state == state]
            assert len(found) == number
        assert counts.total == len(rows) == 6


def test_assignments_can_be_narrowed(office: Office, make: Make) -> None:
    every = {"organization_ids": [office.id], "today": TODAY}
    assert names(office, queries.assignments_of(reading(), **every, search="ofa")) == ["ʻOfa"]
    late = office.people["Late"].person_id
    assert names(office, queries.assignments_of(reading(), **every, person_ids=[late])) == ["Late"]
    assert queries.assignments_of(reading(), **every, track_key="core") == []
    assert names(office, queries.assignments_of(reading(), **every, limit=2, offset=1)) == ["Today", "Soon"]
    assert queries.count_assignments(reading(), [office.id], TODAY, search="zzz").total == 0
    assert queries.count_assignments(reading(), [office.id], TODAY, track_key="core").total == 0
    assert queries.assignments_of(reading(), [make.organization()], TODAY) == []


def test_batches_are_seen_by_those_who_supervise(office: Office, make: Make) -> None:
    visible = policy.visible_batches(office.boss)
    assert queries.count_batches(reading(), visible) == 6
    rows = queries.list_batches(reading(), visible, limit=2)
    assert [(row.people, row.standing, row.track_key) for row in rows] == [(1, 1, TRACK)] * 2
    stranger = policy.visible_batches(actor_of(make.supervisor(make.organization())))
    assert queries.list_batches(reading(), stranger) == []
    with pytest.raises(NotFound):
        queries.get_batch(reading(), stranger, rows[0].public_id)
    assert queries.get_batch(reading(), true(), rows[0].public_id) == rows[0]
    (person,) = queries.list_batch_people(reading(), rows[0].id, TODAY)
    assert person[1:] == ("Done", True)


def test_words_of_tracks_and_of_what_is_retired() -> None:
    library, nothing = current(reading()), Library(None, 0, {}, {})
    cards = queries.list_cards(library, "en")
    met = dict.fromkeys(library.keys("track"), True)
    assert {card.key: card.can_be_met for card in cards} == met
    short = next(card for card in cards if card.key == TRACK)
    assert short.minutes == sum(library.get("module", key).file("module.yml")["minutes"] for key in MODULES)
    assert queries.track_title(library, TRACK, "en").text == "First steps"
    assert queries.track_title(library, TRACK, "to").english == "First steps"
    assert queries.module_title(library, "outreach", "en").text == "Outreach"
    assert queries.item_title(library, "core", "advocacy", "Advocacy", "en").text == "Advocacy"
    assert queries.track_title(nothing, TRACK, "to").text == TRACK
    assert queries.module_title(nothing, "outreach", "to").text == "outreach"
    assert queries.track_summary(nothing, TRACK, "to").text == ""


def test_every_row_of_many_inserts_gets_a_public_id_of_its_own(make: Make) -> None:
    people = [make.person() for _ in range(5)]
    for person in people:
        earn(person, *MODULES)
    write(lambda session: service.enrol(session, [person.person_id for person in people], TRACK, at=AT))
    keys = reading().execute(TrackCompletion.__table__.select()).all()
    assert len({row.public_id for row in keys}) == 5
