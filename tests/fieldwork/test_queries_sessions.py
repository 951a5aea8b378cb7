"""Reads of sessions: who sees which, what others remind people of, and how many statements it takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from lms.actor import Actor
from lms.db import db, reading, write
from lms.fieldwork import queries
from lms.fieldwork.policy import sessions as policies
from lms.fieldwork.queries.attendance import attended_by
from lms.fieldwork.queries.cohorts import list_cohorts, list_members
from lms.fieldwork.queries.sessions import calendar_of, get_session, list_sessions, list_sign_ups
from lms.fieldwork.rules.attendance import Stay
from lms.fieldwork.service.sessions import cancel_session
from tests.conftest import AT
from tests.factories import Make
from tests.fieldwork.classes import AFTER, DAY, Classes, clock, rows
from tests.fieldwork.test_service_sessions import cohort, join
from tests.organizations.conftest import actor_of


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the published content."""


@pytest.fixture
def classes(make: Make) -> Classes:
    """Return a trainer and workers."""
    return Classes(make)


def seen(criterion: Callable[[Actor], Any], actor: Actor) -> set[str]:
    """Return the titles of the sessions that a filter lets an actor see."""
    found = {row.title for row in list_sessions(reading(), criterion(actor))}
    reading().rollback()
    return found


def test_who_sees_which_session(classes: Classes, make: Make) -> None:
    other = make.organization()
    elsewhere, stranger = make.person(), make.person()
    make.employment(elsewhere, other)
    classes.plan(title="everybody")
    classes.plan(title="open", organization_id=other)
    classes.plan(title="ours", organization_id=classes.hope, is_open=False)
    classes.plan(classes.luis, title="theirs", organization_id=other, is_open=False)
    cohort(classes, classes.hope, name="invited")
    cohort(classes, name="free")
    kept = list_cohorts(reading(), policies.kept_cohorts(classes.teaching))
    invited, free = (next(row.id for row in kept if row.name == name) for name in ("invited", "free"))
    classes.plan(title="of the invited", cohort_id=invited)
    classes.plan(title="of the free", cohort_id=free)
    public = {"everybody", "open", "of the free"}
    assert seen(policies.open_sessions, actor_of(stranger)) == public
    assert seen(policies.open_sessions, actor_of(classes.ana)) == public | {"ours", "of the invited"}
    assert seen(policies.open_sessions, actor_of(classes.boss)) == public | {"ours", "of the invited"}
    assert seen(policies.open_sessions, actor_of(elsewhere)) == public | {"theirs"}
    assert seen(policies.visible_sessions, actor_of(classes.luis)) == public | {"ours", "of the invited", "theirs"}
    assert seen(policies.kept_sessions, actor_of(classes.luis)) == {"theirs"}
    assert seen(policies.kept_sessions, actor_of(classes.boss)) == {"ours"}
    assert seen(policies.kept_sessions, actor_of(stranger)) == set()
    everything = public | {"ours", "theirs", "of the invited"}
    assert seen(policies.kept_sessions, actor_of(stranger, "administrator")) == everything
    assert seen(policies.kept_sessions, classes.teaching) == everything


def test_policy_and_filter_agree(classes: Classes, make: Make) -> None:
    other = make.organization()
    plans = [
        ((), None),
        ((classes.luis,), None),
        ((), classes.hope),
        ((classes.luis,), classes.hope),
        ((), other),
    ]
    for teachers, host in plans:
        classes.plan(*teachers, organization_id=host, title=f"{bool(teachers)} {host}")
    people = (classes.ana, classes.luis, classes.boss, make.supervisor(other))
    roles = ("trainer", "administrator", "analyst")
    actors = [*map(actor_of, people), *(actor_of(make.person(), role) for role in roles)]
    checked = 0
    for actor in actors:
        kept = seen(policies.kept_sessions, actor)
        for teachers, host in plans:
            may = policies.can_keep(actor, host, {each.person_id for each in teachers})
            assert (f"{bool(teachers)} {host}" in kept) == may
            checked += 1
    assert checked == 35


def test_what_she_came_to_stays_visible_to_her(classes: Classes, make: Make) -> None:
    guest, place = make.person(), make.organization()
    make.employment(guest, place)
    group = classes.plan(organization_id=classes.hope, is_open=False)
    actor = actor_of(guest)
    assert seen(policies.visible_sessions, actor) == set()
    classes.mark(group, guest)
    assert seen(policies.visible_sessions, actor) == {"Talking with families"}


def test_reminders_go_to_those_who_have_a_place(classes: Classes) -> None:
    group = classes.plan(capacity=1, link="https://room.example")
    gone = classes.plan(title="Gone")
    for person in (classes.ana, classes.luis):
        classes.sign_up(group, person)
        classes.sign_up(gone, person)
    write(lambda s: cancel_session(s, classes.teaching, gone, reason="x", at=AT))
    (fact,) = queries.sessions_on(reading(), DAY)
    assert (fact.person_id, fact.title, fact.link) == (
        classes.ana.person_id,
        "Talking with families",
        "https://room.example",
    )
    assert (fact.place, fact.starts_at, fact.public_id) == ("Main Street 1", clock(9), group)
    assert queries.sessions_on(reading(), DAY + timedelta(days=1)) == []
    (waiting,) = queries.upcoming_of(reading(), classes.luis.person_id, DAY)
    assert (waiting.is_waiting, waiting.link) == (True, "")
    assert queries.upcoming_of(reading(), classes.luis.person_id, DAY + timedelta(days=1)) == []
    states = {each.title: each.state for each in calendar_of(reading(), classes.ana.person_id, DAY)}
    assert states == {"Talking with families": "planned", "Gone": "cancelled"}
    classes.leave(group, classes.ana)
    assert [each.title for each in queries.upcoming_of(reading(), classes.ana.person_id, DAY)] == []


def test_lists_are_in_order(classes: Classes, make: Make) -> None:
    group = classes.plan(capacity=2)
    zoe, abe = make.person("Zoe"), make.person("Abe")
    for person in (zoe, classes.luis, abe, classes.ana):
        classes.sign_up(group, person)
    rows = list_sign_ups(reading(), [classes.id_of(group)])
    assert [(row.name, row.is_waiting) for row in rows] == [
        ("Luis", False),
        ("Zoe", False),
        ("Abe", True),
        ("Ana", True),
    ]
    row = get_session(reading(), policies.kept_sessions(classes.teaching), group)
    assert (row.placed, row.waiting, row.free, row.plan.capacity) == (2, 2, 0, 2)


def test_her_own_attendance(classes: Classes) -> None:
    first, second = classes.plan(title="First"), classes.plan(title="Second", day=DAY - timedelta(days=1))
    for group in (first, second):
        day = classes.row(group).day
        classes.mark(group, classes.ana, stays=(Stay(clock(9, day=day), clock(12, day=day)),))
        classes.close(group, at=AFTER)
    assert [each.title for each in attended_by(reading(), classes.ana.person_id)] == ["First", "Second"]
    found = cohort(classes)
    join(classes.ana, found)
    (number,) = (row.id for row in list_cohorts(reading(), policies.kept_cohorts(classes.teaching)))
    assert [row.name for row in list_members(reading(), number)] == ["Ana"]
    assert list_members(reading(), number, [classes.luis.person_id]) == []


def test_the_number_of_statements_does_not_grow(classes: Classes) -> None:
    group = classes.plan(capacity=50)
    people = [classes.ana, classes.luis, *(classes.make.person() for _ in range(6))]
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    def counted(number: int) -> int:
        seen = classes.preview(group).fingerprint
        statements.clear()
        classes.close(group, fingerprint=seen)
        count = len(statements)
        classes.reopen(group)
        return count

    classes.mark(group, *people[:2])
    event.listen(db.engines["write"], "before_cursor_execute", note)
    few = counted(2)
    for person in people[2:]:
        classes.make.employment(person, classes.hope)
    classes.mark(group, *people[2:])
    many = counted(8)
    event.remove(db.engines["write"], "before_cursor_execute", note)
    assert few == many > 8
    assert rows
