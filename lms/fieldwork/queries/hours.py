"""Reads of the hours ledger: entries, what became of them, sums, and the minutes that count."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, extract, func, literal_column, or_, select
from sqlalchemy.orm import Session

from lms.db import UtcDateTime, among
from lms.errors import NotFound
from lms.fieldwork.models import HoursAct, HoursEntry, HoursEvent, HoursHost
from lms.fieldwork.rules.hours import LIVE, SETTLE_DAYS, WAITING, Host
from lms.fieldwork.rules.overlaps import Timed
from lms.organizations.queries import PEOPLE, worked_there
from lms.statements import some_of

PAGE_SIZE = 50
_MOST_SITES = 12


@dataclass(frozen=True)
class EntryRow:
    """One entry with whose it is."""

    id: int
    public_id: str
    person_id: int
    organization_id: int
    done_on: date
    site: str
    kind: str
    competencies: list[str]
    minutes: int
    begins: int | None
    ends: int | None
    note: str
    source: str
    sheet_on: date | None
    is_of_supervisor: bool
    replaces_id: int | None
    state: str
    state_at: datetime
    person_public_id: str
    name: str
    host_id: int | None
    host_name: str | None
    is_host_asked: bool | None


@dataclass(frozen=True)
class EventRow:
    """What became of an entry, by which account."""

    kind: str
    at: datetime
    by: int
    words: str


@dataclass(frozen=True)
class SumRow:
    """Minutes of one kind and state in one month."""

    year: int
    month: int
    kind: str
    state: str
    minutes: int


@dataclass(frozen=True)
class ActRow:
    """One act of countersigning that can still be undone, and how many of its entries stand countersigned."""

    public_id: str
    made_at: datetime
    standing: int


@dataclass(frozen=True)
class ReturnedRow:
    """An entry that was returned to its worker and waits for her, with why."""

    public_id: str
    done_on: date
    minutes: int
    returned_at: datetime
    words: str


_COLUMNS = (
    HoursEntry.id,
    HoursEntry.public_id,
    HoursEntry.person_id,
    HoursEntry.organization_id,
    HoursEntry.done_on,
    HoursEntry.site,
    HoursEntry.kind,
    HoursEntry.competencies,
    HoursEntry.minutes,
    HoursEntry.begins,
    HoursEntry.ends,
    HoursEntry.note,
    HoursEntry.source,
    HoursEntry.sheet_on,
    HoursEntry.is_of_supervisor,
    HoursEntry.replaces_id,
    HoursEntry.state,
    HoursEntry.state_at,
    PEOPLE.c.public_id,
    PEOPLE.c.name,
    HoursHost.organization_id,
    HoursHost.name,
    HoursHost.is_asked,
)


def _entries() -> Select[Any]:
    people = PEOPLE.c.id == HoursEntry.person_id
    return select(*_COLUMNS).join(PEOPLE, people).outerjoin(HoursHost, HoursHost.entry_id == HoursEntry.id)


def get_entry(session: Session, criterion: ColumnElement[bool], public_id: str) -> EntryRow:
    """Return the entry of an address that meets `criterion`; raise `NotFound`. One query."""
    row = session.execute(_entries().where(HoursEntry.public_id == public_id, criterion)).one_or_none()
    if row is None:
        raise NotFound
    return EntryRow(*row)


def hosts_of(session: Session, entry_ids: Collection[int]) -> dict[int, Host]:
    """Return the host of each of these entries that has one. One query."""
    columns = (HoursHost.entry_id, HoursHost.organization_id, HoursHost.name, HoursHost.is_asked)
    rows = session.execute(select(*columns).where(among(session, HoursHost.entry_id, entry_ids)))
    return {row[0]: Host(*row[1:]) for row in rows}


def find_public_id(session: Session, entry_id: int | None) -> str | None:
    """Return the address of an entry, None for none. One query at most."""
    if entry_id is None:
        return None
    return session.execute(select(HoursEntry.public_id).where(HoursEntry.id == entry_id)).scalar_one()


def find_replacing(session: Session, entry_id: int) -> str | None:
    """Return the address of the entry that replaces this one, None for none. One query."""
    found = select(HoursEntry.public_id).where(HoursEntry.replaces_id == entry_id)
    return session.execute(found).scalar_one_or_none()


def list_entries(session: Session, criterion: ColumnElement[bool], *, page: int = 1) -> list[EntryRow]:
    """Return one page of the entries that meet `criterion`, the latest date first. One query."""
    newest = _entries().where(criterion).order_by(HoursEntry.done_on.desc(), HoursEntry.id.desc())
    return [EntryRow(*row) for row in session.execute(newest.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))]


def count_entries(session: Session, criterion: ColumnElement[bool]) -> int:
    """Return how many entries meet `criterion`. One query."""
    return int(session.execute(select_count(criterion)).scalar_one())


def select_count(criterion: ColumnElement[bool]) -> Select[int]:
    """Return what `count_entries` asks, for who asks for more in one statement."""
    return select(func.count()).select_from(HoursEntry).where(criterion)


def is_of(person_id: int) -> ColumnElement[bool]:
    """Return the criterion of the entries of one person."""
    return HoursEntry.person_id == person_id


def is_waiting() -> ColumnElement[bool]:
    """Return the criterion of entries that a supervisor has to look at."""
    return HoursEntry.state.in_(WAITING)


def list_waiting(session: Session, criterion: ColumnElement[bool], *, page: int = 1) -> list[EntryRow]:
    """Return one page of the waiting entries that meet `criterion`, by person, the oldest date first. One query."""
    waiting = _entries().where(criterion, is_waiting())
    by_person = waiting.order_by(PEOPLE.c.search_key, PEOPLE.c.id, HoursEntry.done_on, HoursEntry.id)
    return [EntryRow(*row) for row in session.execute(by_person.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))]


def list_chosen(session: Session, criterion: ColumnElement[bool], public_ids: Collection[str]) -> list[EntryRow]:
    """Return those of these entries that meet `criterion`, by person, the oldest date first. One query."""
    chosen = _entries().where(criterion, HoursEntry.public_id.in_(public_ids))
    by_person = chosen.order_by(PEOPLE.c.search_key, PEOPLE.c.id, HoursEntry.done_on, HoursEntry.id)
    return [EntryRow(*row) for row in session.execute(by_person)]


def count_waiting(
    session: Session, organization_ids: Collection[int], today: date, *, but_of: int | None = None
) -> int:
    """Return how many entries wait at these organizations, leaving out those of the person `but_of`. One query.

    Of people who left, only while they may be settled (`rules.may_settle`) on the local date `today`. Those too that
    ask one of the organizations as the host of a practicum.
    """
    oldest = today - timedelta(days=SETTLE_DAYS)
    in_time = worked_there(HoursEntry.person_id, HoursEntry.organization_id, today, oldest)
    asked = select(HoursHost.entry_id).where(HoursHost.is_asked, HoursHost.organization_id.in_(organization_ids))
    own = and_(HoursEntry.organization_id.in_(organization_ids), in_time)
    theirs = or_(own, HoursEntry.id.in_(asked))
    waiting = select(func.count()).select_from(HoursEntry).where(theirs, is_waiting())
    if but_of is not None:
        waiting = waiting.where(HoursEntry.person_id != but_of)
    return int(session.execute(waiting).scalar_one())


def list_timed(session: Session, criterion: ColumnElement[bool], rows: Collection[EntryRow]) -> list[Timed]:
    """Return the live entries that meet `criterion` on the dates of these rows' people, with their times. One query."""
    timed = select(HoursEntry.id, HoursEntry.person_id, HoursEntry.done_on, HoursEntry.begins, HoursEntry.ends).where(
        criterion,
        HoursEntry.person_id.in_({row.person_id for row in rows}),
        HoursEntry.done_on.in_({row.done_on for row in rows}),
        HoursEntry.state.in_(LIVE),
    )
    return [Timed(*row) for row in session.execute(timed)]


def list_events(session: Session, entry_id: int) -> list[EventRow]:
    """Return what became of an entry, the first event first. One query."""
    rows = session.execute(
        select(HoursEvent.kind, HoursEvent.at, HoursEvent.by, HoursEvent.words)
        .where(HoursEvent.entry_id == entry_id)
        .order_by(HoursEvent.id)
    )
    return [EventRow(*row) for row in rows]


def list_returned(session: Session, person_id: int) -> list[ReturnedRow]:
    """Return the entries of a person that wait for her, the first returned first. One query."""
    columns = (HoursEntry.public_id, HoursEntry.done_on, HoursEntry.minutes, HoursEntry.state_at, HoursEvent.words)
    newest = select(func.max(HoursEvent.id)).where(HoursEvent.entry_id == HoursEntry.id).correlate(HoursEntry)
    rows = session.execute(
        select(*columns)
        .join(HoursEvent, HoursEvent.id == newest.scalar_subquery())
        .where(HoursEntry.person_id == person_id, HoursEntry.state == "returned")
        .order_by(HoursEntry.state_at, HoursEntry.id)
    )
    return [ReturnedRow(*row) for row in rows]


def list_sums(session: Session, person_id: int) -> list[SumRow]:
    """Return a person's live minutes by month, kind and state, the latest month first. One query."""
    year, month = extract("year", HoursEntry.done_on), extract("month", HoursEntry.done_on)
    rows = session.execute(
        select(year, month, HoursEntry.kind, HoursEntry.state, func.sum(HoursEntry.minutes))
        .where(HoursEntry.person_id == person_id, HoursEntry.state.in_(LIVE))
        .group_by(year, month, HoursEntry.kind, HoursEntry.state)
        .order_by(year.desc(), month.desc(), HoursEntry.kind)
    )
    return [SumRow(int(row[0]), int(row[1]), row[2], row[3], int(row[4])) for row in rows]


def minutes_on(session: Session, person_id: int, day: date, *, but: int | None = None) -> int:
    """Return the live minutes of a person on a date, leaving out the entry `but`. One query."""
    total = select(func.coalesce(func.sum(HoursEntry.minutes), 0)).where(
        HoursEntry.person_id == person_id, HoursEntry.done_on == day, HoursEntry.state.in_(LIVE)
    )
    if but is not None:
        total = total.where(HoursEntry.id != but)
    return int(session.execute(total).scalar_one())


def list_sites(session: Session, criterion: ColumnElement[bool]) -> list[str]:
    """Return the places of the entries that meet `criterion`, the latest used first, at most twelve. One query."""
    latest = func.max(HoursEntry.id)
    rows = select(HoursEntry.site).where(criterion).group_by(HoursEntry.site).order_by(latest.desc())
    return list(session.scalars(rows.limit(_MOST_SITES)))


def find_latest_act(session: Session, account_id: int, since: datetime) -> ActRow | None:
    """Return the latest act of countersigning of an account since an instant, unless it was undone. One query."""
    standing = (
        select(func.count())
        .select_from(HoursEvent)
        .join(HoursEntry, HoursEntry.id == HoursEvent.entry_id)
        .where(HoursEvent.act_id == HoursAct.id, HoursEntry.state == "countersigned")
        .correlate(HoursAct)
        .scalar_subquery()
    )
    row = session.execute(
        select(HoursAct.public_id, HoursAct.made_at, standing, HoursAct.undone_at)
        .where(HoursAct.made_by == account_id, HoursAct.made_at >= since)
        .order_by(HoursAct.id.desc())
        .limit(1)
    ).one_or_none()
    return ActRow(*row[:3]) if row is not None and row.undone_at is None and row[2] else None


def countersigned(session: Session, person_ids: Collection[int] | None, *, ever: bool = False) -> Select[Any]:
    """Return the statement of the countersigned hours of these persons (None: of everybody), before any cap of the day.

    Its columns are those of `attendance.attended`. With `ever` also what was countersigned once and is not any more.
    """
    entry = HoursEntry
    at = entry.state_at.label("credited_at")
    own = (entry.person_id, entry.kind, entry.competencies, entry.minutes, entry.done_on, at, entry.id)
    stays = literal_column("NULL", HoursEntry.competencies.type).label("stays")
    no_visit = (literal_column("NULL", UtcDateTime()).label(name) for name in ("starts_at", "ends_at"))
    columns = (*own, entry.begins, entry.ends, stays, *no_visit)
    once = exists().where(HoursEvent.entry_id == entry.id, HoursEvent.kind == "countersigned")
    counted = select(*columns).where(once if ever else entry.state == "countersigned")
    return counted if person_ids is None else counted.where(some_of(session, entry.person_id, person_ids))


def entered_since(session: Session, since: Mapping[int, datetime]) -> Select[Any]:
    """Return the statement of what persons entered since the first of these instants and did not withdraw.

    Its columns are those of `attendance.came_since`.
    """
    entry = HoursEntry
    columns = (entry.person_id, entry.kind, entry.competencies, entry.entered_at.label("at"))
    live = (entry.state.in_(LIVE), entry.entered_at >= min(since.values()))
    return select(*columns).where(*live, among(session, entry.person_id, since))
