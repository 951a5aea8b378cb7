"""The queue of attempts that an assessor must look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from lms.assessments.models import Attempt, Scoring
from lms.errors import NotFound
from lms.organizations.queries import PEOPLE
from lms.people.rules import search_key

PAGE_SIZE = 25


@dataclass(frozen=True)
class Narrowed:
    """How the queue is narrowed: the language shown, a module; "" for all."""

    language: str = ""
    module_key: str = ""


@dataclass(frozen=True)
class WaitingRow:
    """One attempt that waits, and how many assessors have looked at it."""

    public_id: str
    name: str
    module_key: str
    shown_language: str
    source: str
    submitted_at: datetime
    looks: int


@dataclass(frozen=True)
class PersonFound:
    """A person, her address, name and language."""

    person_id: int
    public_id: str
    name: str
    language: str


def _narrow(query: Select[Any], criterion: ColumnElement[bool], wanted: Narrowed) -> Select[Any]:
    query = query.where(criterion)
    if wanted.language:
        query = query.where(Attempt.shown_language.startswith(wanted.language, autoescape=True))
    return query.where(Attempt.module_key == wanted.module_key) if wanted.module_key else query


def list_waiting(
    session: Session, criterion: ColumnElement[bool], wanted: Narrowed, *, page: int = 1
) -> list[WaitingRow]:
    """Return one page of the attempts that meet the criterion, the longest waiting first. One query."""
    looks = select(func.count()).where(Scoring.attempt_id == Attempt.id).correlate(Attempt).scalar_subquery()
    query = select(
        Attempt.public_id,
        PEOPLE.c.name,
        Attempt.module_key,
        Attempt.shown_language,
        Attempt.source,
        Attempt.submitted_at,
        looks,
    ).join(PEOPLE, PEOPLE.c.id == Attempt.person_id)
    ordered = _narrow(query, criterion, wanted).order_by(Attempt.submitted_at, Attempt.id)
    return [WaitingRow(*row) for row in session.execute(ordered.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))]


def count_waiting(session: Session, criterion: ColumnElement[bool], wanted: Narrowed) -> int:
    """Return how many attempts `list_waiting` has in all. One query."""
    query = select(func.count()).select_from(Attempt)
    return int(session.execute(_narrow(query, criterion, wanted)).scalar_one())


def find_people(session: Session, criterion: ColumnElement[bool], search: str, limit: int) -> list[tuple[str, str]]:
    """Return public id and name of people who meet the criterion, by a part of the name. One query."""
    named = criterion, PEOPLE.c.search_key.contains(search_key(search), autoescape=True)
    found = select(PEOPLE.c.public_id, PEOPLE.c.name).where(*named).order_by(PEOPLE.c.search_key, PEOPLE.c.id)
    return [(row.public_id, row.name) for row in session.execute(found.limit(limit))]


def get_person(session: Session, criterion: ColumnElement[bool], public_id: str) -> PersonFound:
    """Return the person of an address who meets the criterion; raise `NotFound`. One query."""
    columns = (PEOPLE.c.id, PEOPLE.c.public_id, PEOPLE.c.name, PEOPLE.c.language)
    row = session.execute(select(*columns).where(PEOPLE.c.public_id == public_id, criterion)).one_or_none()
    if row is None:
        raise NotFound("no such person")
    return PersonFound(*row)


def is_one_of(session: Session, criterion: ColumnElement[bool], person_id: int) -> bool:
    """Return whether a person meets a criterion of people. One query."""
    return session.execute(select(PEOPLE.c.id).where(PEOPLE.c.id == person_id, criterion)).first() is not None
