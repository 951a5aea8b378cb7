"""What people are asked to do by which date, of all people at once: what reminders are planned from."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    and_,
    cast,
    exists,
    func,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from lms.courses.queries import has_completed
from lms.db import is_postgresql
from lms.organizations.queries import works_there
from lms.statements import once, place
from lms.tracks.models import Assignment, ChangeEffect, ContentChange, Enrolment, TrackCompletion

#: person_id, subject, falls_on, since
Dues = Select[*tuple[Any, ...]]


def select_due(session: Session, today: date, person_id: int | None = None) -> Dues:
    """Return a select of person_id, subject ("core:1": track and cycle), falls_on and since (the day she was asked).

    They are the tracks with a date that people (None: everybody) are asked for by those they work for on `today`, or
    by a new version that asks for them again, and have not completed. Each date stands for itself, also while another
    one has passed: an employer who asks later sets her own. Two who ask for the same day are one row, so that nobody
    is reminded twice of it.
    """
    asked = union_all(_assigned(today, person_id), _renewed(session, person_id)).subquery()
    is_done = exists().where(
        TrackCompletion.person_id == asked.c.person_id,
        TrackCompletion.track_key == asked.c.track_key,
        TrackCompletion.cycle == asked.c.cycle,
    )
    subject = (asked.c.track_key + ":" + cast(asked.c.cycle, String)).label("subject")
    day = (asked.c.person_id, asked.c.track_key, asked.c.cycle, asked.c.falls_on)
    since = func.min(asked.c.since, type_=Date).label("since")
    return select(asked.c.person_id, subject, asked.c.falls_on, since).where(~is_done).group_by(*day)


def select_repeated(session: Session, _today: date, person_id: int | None = None) -> Dues:
    """Return a select of the same columns (subject "outreach:2": module and round) of modules.

    They are those that a new version asks people to do again by a date, and that they have not done since.
    """
    effect: Any = ChangeEffect
    is_done = has_completed(effect.person_id, effect.module_key, effect.cycle)
    subject = (ChangeEffect.module_key + ":" + cast(ChangeEffect.cycle, String)).label("subject")
    return _effects(session, "repeats", person_id, subject).where(~is_done)


def list_due(session: Session, person_id: int, today: date) -> list[tuple[str, int, date]]:
    """Return (track, cycle, date) of what `select_due` finds of one person, the earliest date first. One query."""
    return _read(session, once(session, _due_of_one), person_id, today)


def list_repeated(session: Session, person_id: int, today: date) -> list[tuple[str, int, date]]:
    """Return (module, round, date) of what `select_repeated` finds of one person, the earliest first. One query."""
    return _read(session, once(session, _repeated_of_one), person_id, today)


def _due_of_one(session: Session) -> Dues:
    return select_due(session, place("today"), place("person_id"))


def _repeated_of_one(session: Session) -> Dues:
    return select_repeated(session, place("today"), place("person_id"))


def _read(session: Session, dues: Dues, person_id: int, today: date) -> list[tuple[str, int, date]]:
    rows = sorted(
        session.execute(dues, {"person_id": person_id, "today": today}).all(),
        key=lambda row: (row.falls_on, row.subject),
    )
    parts = [(*row.subject.rpartition(":")[::2], row.falls_on) for row in rows]
    return [(key, int(number), day) for key, number, day in parts]


def _assigned(today: date, person_id: int | None) -> Dues:
    """Return what organizations ask of those who work there on `today`, by a date."""
    statement = select(
        Assignment.person_id,
        Assignment.track_key,
        Assignment.cycle,
        Assignment.due_on.label("falls_on"),
        Assignment.assigned_on.label("since"),
    ).where(
        Assignment.undone_at.is_(None),
        Assignment.due_on.is_not(None),
        works_there(Assignment.person_id, Assignment.organization_id, today),
    )
    return statement if person_id is None else statement.where(Assignment.person_id == person_id)


def _renewed(session: Session, person_id: int | None) -> Dues:
    """Return the cycles that new versions opened, by which date, while people are on them."""
    is_on_it = exists().where(
        Enrolment.person_id == ChangeEffect.person_id,
        Enrolment.track_key == ChangeEffect.track_key,
        Enrolment.cycle == ChangeEffect.cycle,
        Enrolment.state == "active",
    )
    columns = (ChangeEffect.track_key, ChangeEffect.cycle)
    return _effects(session, "renews", person_id, *columns).where(is_on_it)


def _effects(session: Session, deed: str, person_id: int | None, *columns: Any) -> Dues:
    """Return person_id, `columns`, falls_on and since of what publications asked people to do again by a date."""
    kind, key = ("track", ChangeEffect.track_key) if deed == "renews" else ("module", ChangeEffect.module_key)
    chosen = and_(
        ContentChange.publication_id == ChangeEffect.publication_id,
        ContentChange.kind == kind,
        ContentChange.key == key,
    )
    dates = (ChangeEffect.due_on.label("falls_on"), _published_on(session).label("since"))
    statement = (
        select(ChangeEffect.person_id, *columns, *dates)
        .join(ContentChange, chosen)
        .where(ChangeEffect.deed == deed, ChangeEffect.due_on.is_not(None))
    )
    return statement if person_id is None else statement.where(ChangeEffect.person_id == person_id)


def _published_on(session: Session) -> ColumnElement[date]:
    """Return the local date of the publication: the date of the effect less the days that were given."""
    due_on, days = ChangeEffect.due_on, ContentChange.days
    if is_postgresql(session):
        return type_coerce(cast(due_on, Date) - days, Date)
    return func.date(due_on, "-" + cast(days, String) + " days", type_=Date)
