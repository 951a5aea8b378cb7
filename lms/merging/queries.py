"""What pages of joining read: who may be the same person, what was joined, and what was set aside."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, or_, select
from sqlalchemy.orm import Session

from lms.db import Base
from lms.merging.models import PersonMerge

SHOWN = 20


def _tables() -> tuple[Table, Table]:
    """Return the tables of people and of their accounts."""
    return Base.metadata.tables["people"], Base.metadata.tables["accounts"]


@dataclass(frozen=True)
class Alike:
    """Somebody who may be the same person, and why: her folded name, a contact that both have, or both."""

    public_id: str
    name: str
    by_name: bool
    contacts: tuple[str, ...]


def list_alike(session: Session, person_id: int, *, besides: int) -> list[Alike]:
    """Return who has the folded name of this person, or one of her contacts, at most 20; not the person `besides`."""
    people, contacts = _tables()[0], Base.metadata.tables["contacts"]
    own = select(people.c.search_key).where(people.c.id == person_id).scalar_subquery()
    mine, hers = contacts.alias("mine"), contacts.alias("hers")
    shared = and_(hers.c.kind == mine.c.kind, hers.c.value == mine.c.value)
    joined = mine.join(hers, shared).select().with_only_columns(hers.c.person_id, hers.c.value)
    joined = joined.where(mine.c.person_id == person_id, hers.c.person_id != person_id)
    values: dict[int, set[str]] = {}
    for row in session.execute(joined.where(mine.c.ended_at.is_(None), hers.c.ended_at.is_(None)).limit(200)):
        values.setdefault(row.person_id, set()).add(row.value)
    same = people.c.search_key == own
    rows = session.execute(
        select(people.c.id, people.c.public_id, people.c.name, same.label("by_name"))
        .where(or_(same, people.c.id.in_(values)), people.c.id.not_in((person_id, besides)))
        .where(people.c.merged_into_id.is_(None))
        .order_by(people.c.name, people.c.id)
        .limit(SHOWN)
    )
    found = [Alike(row[1], row[2], bool(row[3]), tuple(sorted(values.get(row[0], ())))) for row in rows]
    return sorted(found, key=lambda each: -(each.by_name + 2 * bool(each.contacts)))


def ids_of(session: Session, public_ids: Collection[str]) -> dict[str, int]:
    """Return the ids of people by their public ids."""
    people = _tables()[0]
    rows = session.execute(select(people.c.public_id, people.c.id).where(people.c.public_id.in_(public_ids)))
    return {row.public_id: row.id for row in rows}


def joined_among(session: Session, person_ids: Collection[int]) -> set[int]:
    """Return which of these people's records were joined to another one."""
    people = _tables()[0]
    joined = people.c.merged_into_id.is_not(None)
    return set(session.scalars(select(people.c.id).where(people.c.id.in_(person_ids), joined)))


@dataclass(frozen=True)
class Joined:
    """Two records that were joined, by whom, and whether that was taken back."""

    merge_id: int
    public_id: str
    kept_id: int
    kept_public_id: str
    kept_name: str
    merged_public_id: str
    merged_name: str
    at: datetime
    by: str
    undone_at: datetime | None


def _list(session: Session, criterion: ColumnElement[bool]) -> list[Joined]:
    """Return what was joined that meets a criterion, the newest first, at most 20. One query."""
    people, accounts = _tables()
    kept, merged, giver = people.alias("kept"), people.alias("merged"), people.alias("giver")
    own = PersonMerge
    columns = (own.id, own.public_id, own.kept_id, kept.c.public_id, kept.c.name, merged.c.public_id, merged.c.name)
    rows = session.execute(
        select(*columns, own.merged_at, giver.c.name, own.undone_at)
        .join(kept, kept.c.id == own.kept_id)
        .join(merged, merged.c.id == own.merged_id)
        .join(accounts, accounts.c.id == own.merged_by)
        .join(giver, giver.c.id == accounts.c.person_id)
        .where(criterion)
        .order_by(own.id.desc())
        .limit(SHOWN)
    )
    return [Joined(*row) for row in rows]


def find_joined(session: Session, public_id: str) -> Joined | None:
    """Return one joining by its public id, or None."""
    return next(iter(_list(session, PersonMerge.public_id == public_id)), None)


def list_joined(session: Session, person_id: int) -> list[Joined]:
    """Return what was joined with a person, either way round, the newest first, at most 20. One query."""
    return _list(session, or_(PersonMerge.kept_id == person_id, PersonMerge.merged_id == person_id))


def find_sent(session: Session, account_id: int, client_id: str) -> Joined | None:
    """Return what a form of this key has joined already, or None."""
    sent = and_(PersonMerge.merged_by == account_id, PersonMerge.client_id == client_id)
    return next(iter(_list(session, sent)), None)
