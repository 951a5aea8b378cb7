"""Planning reminders: what is due by local dates becomes letters, for all people at once, each step once.

A day on which the job did not run is made up for by the latest step alone. What several obligations of one person
ask for on one day goes in one letter. Run twice, or by two at once, it writes nothing twice.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Insert,
    Integer,
    Select,
    String,
    Table,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.db import is_postgresql, take_turns
from lms.notifications.models import Letter, LetterChoice, Reminder
from lms.notifications.queries.digest import list_readers
from lms.notifications.queries.obligations import KINDS, Kind
from lms.notifications.rules import week_of
from lms.notifications.service.writing import write_digests


def plan_reminders(session: Session, *, today: date, at: datetime) -> int:
    """Write the reminders of the local date `today`, and their letters; return how many letters.

    One statement for each kind of reminder, and two for the letters, however many people there are.
    """
    take_turns(session, "plan reminders")
    for name, kind in KINDS.items():
        session.execute(_steps(session, name, kind, today, at))
    made = cast(
        "CursorResult[Any]", session.execute(_letters(session, at), execution_options={"preserve_rowcount": True})
    ).rowcount
    own = select(func.max(Letter.id)).where(
        Letter.person_id == Reminder.person_id, Letter.kind == "reminder", Letter.created_at == at
    )
    session.execute(
        update(Reminder)
        .where(Reminder.letter_id.is_(None))
        .values(letter_id=own.scalar_subquery())
        .execution_options(synchronize_session=False)
    )
    return int(made)


def plan_digests(session: Session, *, today: date, at: datetime) -> int:
    """Write to every supervisor the letter of the week of `today`, once for each week; return how many are new."""
    return write_digests(session, list_readers(session, today), week_of(today), at=at)


def _steps(session: Session, name: str, kind: Kind, today: date, at: datetime) -> Insert:
    """Return the statement that writes the step of today of every obligation of a kind: `rules.step_on` in SQL."""
    open_ = kind.concerned(session, today).subquery("concerned")
    first, last = kind.span(today)
    step = case(
        *((open_.c.falls_on <= _days_before(today, each), each) for each in reversed(kind.steps.days)), else_=None
    )
    lasts = _days_between(session, open_.c.falls_on, open_.c.since)
    unwanted = select(LetterChoice.person_id).where(LetterChoice.channel == "none")
    found = select(open_.c.person_id, literal(name), open_.c.subject, open_.c.falls_on, step, literal(at)).where(
        open_.c.falls_on.between(first, last),
        or_(open_.c.since.is_(None), lasts > -step),
        open_.c.person_id.not_in(unwanted),
    )
    return _insert_new(session, found)


def _insert_new(session: Session, found: Select[Any]) -> Insert:
    """Return an insert of reminders that skips those that were written before."""
    into, columns = (
        cast("Table", Reminder.__table__),
        ["person_id", "kind", "subject", "falls_on", "step", "planned_at"],
    )
    if is_postgresql(session):
        return postgresql.insert(into).from_select(columns, found).on_conflict_do_nothing()
    return sqlite.insert(into).from_select(columns, found).on_conflict_do_nothing()


def _letters(session: Session, at: datetime) -> Insert:
    """Return the statement that writes one letter to each person whose reminders have none yet."""
    columns = [
        "public_id",
        "dedupe_key",
        "person_id",
        "kind",
        "language",
        "values",
        "created_at",
        "run_at",
        "state",
        "tries",
    ]
    key = literal("reminders:", String) + sql_cast(func.min(Reminder.id), String)
    values = literal({}, Letter.__table__.c["values"].type)
    found = (
        select(
            _random_id(session),
            key,
            Reminder.person_id,
            literal("reminder"),
            literal("en"),
            values,
            literal(at),
            literal(at),
            literal("pending"),
            literal(0),
        )
        .where(Reminder.letter_id.is_(None))
        .group_by(Reminder.person_id)
    )
    return insert(Letter).from_select(columns, found, include_defaults=False)


def _random_id(session: Session) -> ColumnElement[str]:
    """Return twenty random symbols for each row, as `ids.new_public_id` does for one."""
    if is_postgresql(session):
        return func.substr(func.replace(sql_cast(func.gen_random_uuid(), String), "-", ""), 1, 20)
    return func.lower(func.hex(func.randomblob(10)))


def _days_before(today: date, step: int) -> date:
    """Return the latest date of obligations whose step has come."""
    return date.fromordinal(today.toordinal() - step)


def _days_between(session: Session, later: ColumnElement[date], earlier: ColumnElement[date]) -> ColumnElement[int]:
    """Return how many days lie between two dates."""
    if is_postgresql(session):
        return type_coerce(later - earlier, Integer)
    return sql_cast(func.julianday(later) - func.julianday(earlier), Integer)
