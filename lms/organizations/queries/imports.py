"""Reads for lists of staff: who may be meant by their rows, and how far a list is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session

from lms.db import chunks
from lms.errors import NotFound
from lms.organizations import rules
from lms.organizations.models import Employment, EmploymentTerms, Organization, StaffImport, StaffImportRow
from lms.organizations.queries.staff import PEOPLE, terms_day
from lms.organizations.rules import Entry, Known, Spell
from lms.people.queries import holders_of

#: As many values stand in one statement.
_MOST_VALUES = 500
_APPLICABLE = ("create", "start", "change", "unchanged")


@dataclass(frozen=True)
class ImportRow:
    """A list of staff that somebody brought, as `StaffImport` keeps it."""

    id: int
    public_id: str
    account_id: int | None
    file_name: str
    left_out: tuple[str, ...]
    state: str
    invites: bool
    created_at: datetime
    done_at: datetime | None


@dataclass(frozen=True)
class ListedRow:
    """One row of a list of staff, as `StaffImportRow` keeps it."""

    id: int
    number: int
    cells: dict[str, Any]
    entry: dict[str, Any]
    what: str
    said: dict[str, Any]
    same_as: int | None
    answer: str
    person_id: int | None
    applied_at: datetime | None


_IMPORT = (
    StaffImport.id,
    StaffImport.public_id,
    StaffImport.account_id,
    StaffImport.file_name,
    StaffImport.left_out,
    StaffImport.state,
    StaffImport.invites,
    StaffImport.created_at,
    StaffImport.done_at,
)
_ROW = (
    StaffImportRow.id,
    StaffImportRow.number,
    StaffImportRow.cells,
    StaffImportRow.entry,
    StaffImportRow.what,
    StaffImportRow.said,
    StaffImportRow.same_as,
    StaffImportRow.answer,
    StaffImportRow.person_id,
    StaffImportRow.applied_at,
)


def find_alike(session: Session, entries: Iterable[Entry], staff: Mapping[int, str]) -> Known:
    """Return who has a contact or the name of one of these rows, without spells. Two queries for each 500 rows.

    Who of `staff` (folded names by person id) has a name near one of theirs is there as well.
    """
    entries = list(entries)
    holders = holders_of(session, {each for entry in entries for each in entry.identifiers})
    keys: dict[int, str] = {}
    names: dict[str, list[int]] = {}
    for part in chunks(sorted({entry.name_key for entry in entries}), _MOST_VALUES):
        for person_id, key in session.execute(_people().where(PEOPLE.c.search_key.in_(part))):
            keys[person_id] = key
            names.setdefault(key, []).append(person_id)
    missing = sorted({each for found in holders.values() for each in found} - set(keys))
    for ids in chunks(missing, _MOST_VALUES):
        keys |= {row[0]: row[1] for row in session.execute(_people().where(PEOPLE.c.id.in_(ids)))}
    near = rules.find_near({entry.name_key for entry in entries}, staff)
    keys |= {each: staff[each] for found in near.values() for each in found}
    return Known(holders=holders, names=names, near=near, keys=keys)


def list_name_keys(
    session: Session, *, organization_ids: Collection[int] = (), person_ids: Collection[int] = ()
) -> dict[int, str]:
    """Return the folded names of these people, and of all who work or worked at these organizations, by id.

    One query for each 500 of either.
    """
    found: dict[int, str] = {}
    for part in chunks(sorted(organization_ids), _MOST_VALUES):
        works = select(Employment.person_id).where(Employment.organization_id.in_(part))
        found |= {row[0]: row[1] for row in session.execute(_people().where(PEOPLE.c.id.in_(works)))}
    for part in chunks(sorted(person_ids), _MOST_VALUES):
        found |= {row[0]: row[1] for row in session.execute(_people().where(PEOPLE.c.id.in_(part)))}
    return found


def _people() -> Any:
    return select(PEOPLE.c.id, PEOPLE.c.search_key).order_by(PEOPLE.c.id)


def add_spells(session: Session, known: Known, supervised: Collection[int] | None, today: date) -> Known:
    """Return `known` with everybody's spells, and whom one who supervises these organizations may hear of (None: all).

    One query for each 500 people.
    """
    spells: dict[int, list[Spell]] = {}
    terms = (EmploymentTerms.employment_id == Employment.id) & (EmploymentTerms.since == terms_day(today))
    for part in chunks(sorted(known.keys), _MOST_VALUES):
        rows = session.execute(
            select(
                Employment.person_id,
                Employment.id,
                Employment.organization_id,
                Employment.started_on,
                Employment.ended_on,
                EmploymentTerms.title,
                EmploymentTerms.hours_per_week,
            )
            .outerjoin(EmploymentTerms, terms)
            .where(Employment.person_id.in_(part))
            .order_by(Employment.started_on, Employment.id)
        )
        for row in rows:
            spells.setdefault(row[0], []).append(Spell(*row[1:5], row[5] or "", row[6]))
    seen = None
    if supervised is not None:
        places = set(supervised)
        seen = frozenset(key for key, own in spells.items() if any(each.organization_id in places for each in own))
    return replace(known, spells=spells, seen=seen)


@dataclass(frozen=True)
class TermsRow:
    """The terms of an employment on a day, with what it is of."""

    employment_id: int
    public_id: str
    person_id: int
    organization_id: int
    started_on: date
    title: str
    hours_per_week: Decimal | None
    kind: str
    supervising_provider_id: int | None
    work_area: int | None


def terms_of(session: Session, employment_ids: Sequence[int], day: date) -> list[TermsRow]:
    """Return the terms of these employments (at most 500) on the local date `day`, or their first ones. One query."""
    spell = (Employment.id, Employment.public_id, Employment.person_id, Employment.organization_id)
    columns: tuple[Any, ...] = (
        *spell,
        Employment.started_on,
        EmploymentTerms.title,
        EmploymentTerms.hours_per_week,
        EmploymentTerms.kind,
        EmploymentTerms.supervising_provider_id,
        EmploymentTerms.work_area,
    )
    terms = (EmploymentTerms.employment_id == Employment.id) & (EmploymentTerms.since == terms_day(day))
    rows = session.execute(select(*columns).join(EmploymentTerms, terms).where(Employment.id.in_(employment_ids)))
    return [TermsRow(*row) for row in rows]


def organizations_by_name(session: Session, criterion: ColumnElement[bool], today: date) -> dict[str, int]:
    """Return the ids of the open organizations that fit, by key and by folded name. One query."""
    is_open = or_(Organization.closed_on.is_(None), Organization.closed_on >= today)
    rows = session.execute(
        select(Organization.id, Organization.key, Organization.search_key).where(criterion, is_open)
    ).all()
    return {row.search_key: row.id for row in rows} | {row.key: row.id for row in rows}


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be meant: her name, and where she works or worked, as far as the reader may hear of it."""

    name: str
    places: tuple[str, ...] = ()


def describe_people(
    session: Session, person_ids: Collection[int], supervised: Collection[int] | None
) -> dict[int, Candidate]:
    """Return who these people are, to one who supervises these organizations (None: hears of all). One query.

    Those of whom she may not hear any more are left out.
    """
    rows = session.execute(
        select(PEOPLE.c.id, PEOPLE.c.name, Employment.organization_id, Organization.name)
        .outerjoin(Employment, Employment.person_id == PEOPLE.c.id)
        .outerjoin(Organization, Organization.id == Employment.organization_id)
        .where(PEOPLE.c.id.in_(person_ids))
        .order_by(Employment.started_on.desc(), Employment.id)
    )
    found: dict[int, Candidate] = {}
    for person_id, name, organization_id, place in rows:
        if supervised is None or organization_id in supervised:
            known = found.get(person_id, Candidate(name))
            places = dict.fromkeys([*known.places, *([place] if place else [])])
            found[person_id] = Candidate(name, tuple(places))
    return found


def get_import(session: Session, public_id: str) -> ImportRow:
    """Return a list of staff; raise `NotFound`. One query."""
    row = session.execute(select(*_IMPORT).where(StaffImport.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound
    return _import(row)


def _import(row: Row[*tuple[Any, ...]]) -> ImportRow:
    id_, public_id, account_id, file_name, left_out, *rest = row
    return ImportRow(id_, public_id, account_id, file_name, tuple(left_out), *rest)


def list_imports(session: Session, account_id: int | None, *, limit: int = 10) -> list[ImportRow]:
    """Return the latest lists, the newest first: of one account, or (None) of everybody. One query."""
    statement = select(*_IMPORT).order_by(StaffImport.id.desc()).limit(limit)
    if account_id is not None:
        statement = statement.where(StaffImport.account_id == account_id)
    return [_import(row) for row in session.execute(statement)]


def list_applying(session: Session) -> list[str]:
    """Return the public ids of the lists that are being applied, the oldest first. One query."""
    found = select(StaffImport.public_id).where(StaffImport.state == "applying").order_by(StaffImport.id)
    return list(session.scalars(found))


def count_rows(session: Session, import_id: int) -> dict[str, int]:
    """Return how many rows a list has of each outcome, and "waiting": those still to be applied. One query."""
    rows = session.execute(
        select(StaffImportRow.what, func.count(), func.count(StaffImportRow.applied_at))
        .where(StaffImportRow.import_id == import_id)
        .group_by(StaffImportRow.what)
    ).all()
    waiting = sum(count - applied for what, count, applied in rows if what in _APPLICABLE)
    return {what: count for what, count, _applied in rows} | {"waiting": waiting}


def list_rows(
    session: Session,
    import_id: int,
    *,
    whats: Sequence[str] = (),
    is_waiting: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> list[ListedRow]:
    """Return rows of a list in order: of some outcomes, or those still to be applied. One query."""
    statement = select(*_ROW).where(StaffImportRow.import_id == import_id).order_by(StaffImportRow.number)
    if is_waiting:
        whats = _APPLICABLE
        statement = statement.where(StaffImportRow.applied_at.is_(None))
    if whats:
        statement = statement.where(StaffImportRow.what.in_(whats))
    return [ListedRow(*row) for row in session.execute(statement.limit(limit).offset(offset))]


def find_earlier(
    session: Session, import_id: int, person_ids: Collection[int], numbers: Collection[int]
) -> tuple[dict[int, int], frozenset[int]]:
    """Return whose rows of a list were applied already, by number, and who of them began with it.

    Looks at the rows of these people and of these numbers. One query for each 500 of either.
    """
    earlier: dict[int, int] = {}
    made: set[int] = set()
    columns: tuple[Any, ...] = (
        StaffImportRow.number,
        StaffImportRow.person_id,
        StaffImportRow.what,
        StaffImportRow.same_as,
    )
    applied = (StaffImportRow.import_id == import_id, StaffImportRow.person_id.is_not(None))
    for column, values in ((StaffImportRow.person_id, person_ids), (StaffImportRow.number, numbers)):
        for part in chunks(sorted(values), _MOST_VALUES):
            for number, person_id, what, same_as in session.execute(select(*columns).where(*applied, column.in_(part))):
                earlier[number] = person_id
                if what == "create" and same_as is None:
                    made.add(person_id)
    return dict(sorted(earlier.items(), reverse=True)), frozenset(made)
