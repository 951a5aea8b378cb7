"""Reads of whom somebody may observe, and whom she has taught."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.fieldwork.models import AttendanceEntry, GroupSession, SessionTeacher
from lms.organizations.queries import PEOPLE
from lms.people.rules import search_key

_MOST_FOUND = 20


def is_one_of(session: Session, criterion: ColumnElement[bool], person_id: int) -> bool:
    """Return whether a person meets a criterion of people. One query."""
    return session.execute(select(PEOPLE.c.id).where(PEOPLE.c.id == person_id, criterion)).first() is not None


def find_people(session: Session, criterion: ColumnElement[bool], search: str) -> list[tuple[str, str]]:
    """Return public id and name of people who meet `criterion`, by a part of the name, at most twenty. One query."""
    named = criterion, PEOPLE.c.search_key.contains(search_key(search), autoescape=True)
    found = select(PEOPLE.c.public_id, PEOPLE.c.name).where(*named).order_by(PEOPLE.c.search_key, PEOPLE.c.id)
    return [(row.public_id, row.name) for row in session.execute(found.limit(_MOST_FOUND))]


def has_taught(session: Session, teacher_id: int, person_id: int, day: date) -> bool:
    """Return whether somebody taught a session, on a date or before, at which a person was. One query."""
    entries = session.execute(
        select(AttendanceEntry.group_session_id, AttendanceEntry.stays)
        .join(GroupSession, GroupSession.id == AttendanceEntry.group_session_id)
        .join(SessionTeacher, SessionTeacher.group_session_id == GroupSession.id)
        .where(SessionTeacher.person_id == teacher_id, AttendanceEntry.person_id == person_id, GroupSession.day <= day)
        .order_by(AttendanceEntry.number)
    )
    return any({row.group_session_id: row.stays for row in entries}.values())
