"""Reads of attendance: who was there, what counts for whom, and the minutes that tracks count."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from lms.db import among
from lms.fieldwork.models import AttendanceEntry, ClassCredit, GroupSession
from lms.fieldwork.queries.hours import EntryRow as HoursRow
from lms.fieldwork.rules.attendance import Stays, unpacked
from lms.fieldwork.rules.overlaps import Timed
from lms.organizations.queries import PEOPLE
from lms.statements import some_of


@dataclass(frozen=True)
class EntryRow:
    """What is known of one person's attendance, as of one entry."""

    group_session_id: int
    person_id: int
    person_public_id: str
    name: str
    number: int
    stays: Stays
    way: str
    sheet: str | None
    makes_up_id: int | None
    reason: str | None
    recorded_by: int
    recorded_at: datetime


@dataclass(frozen=True)
class CreditRow:
    """Standing minutes of one person at one session."""

    id: int
    group_session_id: int
    towards_id: int
    person_id: int
    present_minutes: int
    credited_minutes: int
    is_full: bool
    credited_at: datetime


@dataclass(frozen=True)
class AttendedRow:
    """One session that a person came to and that is closed, for her record and for her organization."""

    public_id: str
    title: str
    organization_id: int | None
    day: date
    present_minutes: int
    credited_minutes: int
    is_full: bool
    person_id: int
    person_public_id: str
    name: str


def list_entries(session: Session, group_session_id: int, person_id: int | None = None) -> list[EntryRow]:
    """Return every entry of a session, or of one person there, in the order of names and numbers. One query."""
    own = "number stays way sheet makes_up_id reason recorded_by recorded_at".split()
    statement = (
        select(
            AttendanceEntry.group_session_id,
            PEOPLE.c.id,
            PEOPLE.c.public_id,
            PEOPLE.c.name,
            *(getattr(AttendanceEntry, name) for name in own),
        )
        .join(PEOPLE, PEOPLE.c.id == AttendanceEntry.person_id)
        .where(AttendanceEntry.group_session_id == group_session_id)
        .order_by(PEOPLE.c.search_key, PEOPLE.c.id, AttendanceEntry.number)
    )
    if person_id is not None:
        statement = statement.where(AttendanceEntry.person_id == person_id)
    return [_entry(tuple(row)) for row in session.execute(statement)]


def _entry(row: tuple[Any, ...]) -> EntryRow:
    return EntryRow(*(*row[:5], unpacked(row[5]), *row[6:]))


def latest_entries(session: Session, group_session_id: int, person_id: int | None = None) -> dict[int, EntryRow]:
    """Return the entry that holds of each person at a session. One query."""
    return {row.person_id: row for row in list_entries(session, group_session_id, person_id)}


def standing_credits(session: Session, *criteria: ColumnElement[bool]) -> list[CreditRow]:
    """Return credits that meet `criteria` and are not withdrawn, in the order of time. One query."""
    names = (each for each in CreditRow.__dataclass_fields__)
    rows = session.execute(
        select(*(getattr(ClassCredit, name) for name in names))
        .where(ClassCredit.withdrawn_at.is_(None), *criteria)
        .order_by(ClassCredit.done_on, ClassCredit.group_session_id, ClassCredit.person_id)
    )
    return [CreditRow(*row) for row in rows]


def credits_of_session(session: Session, group_session_id: int) -> dict[int, CreditRow]:
    """Return what counts of a closed session, by person. One query."""
    found = standing_credits(session, ClassCredit.group_session_id == group_session_id)
    return {row.person_id: row for row in found}


def attended(session: Session, person_ids: Collection[int] | None, *, ever: bool = False) -> Select[Any]:
    """Return the statement of the minutes of closed sessions that count of these persons (None: of everybody).

    The competencies are those of the session whose matter was learned; last come when she was there and from when to
    when the session was. With `ever` also what was withdrawn.
    """
    statement = _attended(ever=ever)
    return statement if person_ids is None else statement.where(some_of(session, ClassCredit.person_id, person_ids))


@cache
def _attended(*, ever: bool) -> Select[Any]:
    """Return what `attended` asks of everybody: it takes longer to build than to run."""
    towards, visited, latest = aliased(GroupSession), aliased(GroupSession), aliased(AttendanceEntry)
    number = select(func.max(AttendanceEntry.number)).where(*_same(AttendanceEntry)).correlate(ClassCredit)
    columns: tuple[Any, ...] = (
        ClassCredit.person_id,
        literal("class").label("kind"),
        towards.competencies,
        ClassCredit.credited_minutes.label("minutes"),
        ClassCredit.done_on,
        ClassCredit.credited_at,
        ClassCredit.id,
        literal_column("NULL", Integer()).label("begins"),
        literal_column("NULL", Integer()).label("ends"),
        latest.stays,
        visited.starts_at,
        visited.ends_at,
    )
    return (
        select(*columns)
        .join(towards, towards.id == ClassCredit.towards_id)
        .join(visited, visited.id == ClassCredit.group_session_id)
        .outerjoin(latest, and_(*_same(latest), latest.number == number.scalar_subquery()))
        .where(true() if ever else ClassCredit.withdrawn_at.is_(None), ClassCredit.credited_minutes > 0)
    )


def _same(entry: Any) -> tuple[ColumnElement[bool], ...]:
    """Return the criteria of the entries behind a credit."""
    return entry.group_session_id == ClassCredit.group_session_id, entry.person_id == ClassCredit.person_id


def came_since(session: Session, since: Mapping[int, datetime]) -> Select[Any]:
    """Return the statement of the sessions that persons came to, as recorded since the first of these instants."""
    entry, later = AttendanceEntry, aliased(AttendanceEntry)
    same = (later.group_session_id == entry.group_session_id) & (later.person_id == entry.person_id)
    is_corrected = exists().where(same, later.number > entry.number)
    was_there = cast(entry.stays, String) != "[]"
    kind, at = literal("class").label("kind"), entry.recorded_at.label("at")
    return (
        select(entry.person_id, kind, GroupSession.competencies, at)
        .join(GroupSession, GroupSession.id == entry.group_session_id)
        .where(entry.recorded_at >= min(since.values()), was_there, ~is_corrected)
        .where(among(session, entry.person_id, since))
    )


def list_attended(session: Session, *criteria: ColumnElement[bool], limit: int | None = None) -> list[AttendedRow]:
    """Return standing credits that meet `criteria`, with session and person, the newest first. One query."""
    statement = (
        select(
            GroupSession.public_id,
            GroupSession.title,
            GroupSession.organization_id,
            ClassCredit.done_on,
            ClassCredit.present_minutes,
            ClassCredit.credited_minutes,
            ClassCredit.is_full,
            PEOPLE.c.id,
            PEOPLE.c.public_id,
            PEOPLE.c.name,
        )
        .join(GroupSession, GroupSession.id == ClassCredit.group_session_id)
        .join(PEOPLE, PEOPLE.c.id == ClassCredit.person_id)
        .where(ClassCredit.withdrawn_at.is_(None), *criteria)
        .order_by(ClassCredit.done_on.desc(), GroupSession.id.desc(), PEOPLE.c.search_key, PEOPLE.c.id)
        .limit(limit)
    )
    return [AttendedRow(*row) for row in session.execute(statement)]


def list_classes(session: Session, criterion: ColumnElement[bool], rows: Collection[HoursRow]) -> list[Timed]:
    """Return when the people of these hours entries were in sessions that meet `criterion`, on the same dates.

    They have the id 0, for they are no entries. One query.
    """
    found = session.execute(
        select(
            AttendanceEntry.group_session_id,
            AttendanceEntry.person_id,
            AttendanceEntry.stays,
            GroupSession.day,
            GroupSession.starts,
            GroupSession.ends,
        )
        .join(GroupSession, GroupSession.id == AttendanceEntry.group_session_id)
        .where(
            criterion,
            AttendanceEntry.person_id.in_({row.person_id for row in rows}),
            GroupSession.day.in_({row.done_on for row in rows}),
        )
        .order_by(AttendanceEntry.number)
    )
    latest = {(row.group_session_id, row.person_id): row for row in found}
    return [
        Timed(0, row.person_id, row.day, _minute_of(row.starts), _minute_of(row.ends))
        for row in latest.values()
        if row.stays
    ]


def _minute_of(at: time) -> int:
    return 60 * at.hour + at.minute


def came(person_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the criterion of the credits of these people."""
    return ClassCredit.person_id.in_(person_ids)


def attended_by(session: Session, person_id: int) -> list[AttendedRow]:
    """Return the closed sessions that a person came to, the newest first. One query."""
    return list_attended(session, came([person_id]))
