"""What ties people to organizations: spells of employment, supervision, names."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, bindparam, exists, or_, outerjoin, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.actor import Span
from lms.organizations.models import Employment, EmploymentTerms, Organization, Supervision
from lms.people.queries import IDENTITY, Identity, identity_values, read_identity


@dataclass(frozen=True)
class Ties:
    """A person's ties to organizations: every spell of employment, and whose staff she supervises today."""

    employments: tuple[Span, ...]
    supervises: tuple[int, ...]


@dataclass(frozen=True)
class SpellRow:
    """One spell in a person's own history. The reason is for her, that organization and the consortium."""

    employment_id: int
    employment_public_id: str
    organization_id: int
    organization_name: str
    title: str
    started_on: date
    ended_on: date | None
    end_reason: str | None


def open_on(day: date) -> ColumnElement[bool]:
    """Return the criterion of employments that cover the local date `day`, first and last day included."""
    ongoing = or_(Employment.ended_on.is_(None), Employment.ended_on >= day)
    return (Employment.started_on <= day) & ongoing


def works_there(
    person_id: ColumnElement[int] | InstrumentedAttribute[int],
    organization_id: ColumnElement[int] | InstrumentedAttribute[int],
    day: date,
) -> ColumnElement[bool]:
    """Return the criterion of rows whose person works on the local date `day` at the row's organization."""
    spell = (Employment.person_id == person_id) & (Employment.organization_id == organization_id)
    return exists().where(spell, open_on(day))


def select_staff(organization_ids: Collection[int], day: date) -> Select[int]:
    """Return a select of the ids of who works at one of these organizations on the local date `day`."""
    return select(Employment.person_id).where(Employment.organization_id.in_(organization_ids), open_on(day))


def worked_there(
    person_id: ColumnElement[int] | InstrumentedAttribute[int],
    organization_id: ColumnElement[int] | InstrumentedAttribute[int],
    today: date,
    since: date,
) -> ColumnElement[bool]:
    """Return the criterion of rows whose person works at the row's organization, or did so on `since` or later."""
    spell = (Employment.person_id == person_id) & (Employment.organization_id == organization_id)
    lately = or_(Employment.ended_on.is_(None), Employment.ended_on >= since)
    return exists().where(spell, Employment.started_on <= today, lately)


_spell = cast("Table", Employment.__table__).c
_supervision = cast("Table", Supervision.__table__).c
_COLUMNS = (
    _spell.organization_id,
    _spell.started_on,
    _spell.ended_on,
    _supervision.organization_id,
    _supervision.started_on,
    _supervision.ended_on,
)
_ORDER = (_spell.started_on, _spell.id)
_supervised = _supervision.employment_id == _spell.id
_TIES = (
    select(*_COLUMNS)
    .select_from(outerjoin(Employment.__table__, Supervision.__table__, _supervised))
    .where(_spell.person_id == bindparam("person_id"))
    .order_by(*_ORDER)
)
#: Asked on every page: who a session stands for, with her ties, in one statement that is built once.
_KNOWN = (
    IDENTITY.add_columns(*_COLUMNS)
    .outerjoin(Employment.__table__, _spell.person_id == IDENTITY.selected_columns[1])
    .outerjoin(Supervision.__table__, _supervised)
    .order_by(*_ORDER)
)


def ties_of(session: Session, person_id: int, today: date) -> Ties:
    """Return the ties of a person as of the local date `today`. One query."""
    return _ties([tuple(row) for row in session.execute(_TIES, {"person_id": person_id})], today)


def find_known(session: Session, session_id: str, today: date) -> tuple[Identity, Ties] | None:
    """Return whom a session stands for, with her ties as of the date `today`; None when it has ended. One query."""
    rows = session.execute(_KNOWN, identity_values(session_id)).all()
    identity = read_identity(rows)
    own = len(IDENTITY.selected_columns)
    return (identity, _ties([tuple(row)[own:] for row in rows], today)) if identity else None


def _ties(rows: Iterable[tuple[Any, ...]], today: date) -> Ties:
    """Return what rows of the six columns say; one without an employment says nothing."""
    employments: dict[Span, None] = {}
    supervises: dict[int, None] = {}
    for row in rows:
        if row[0] is not None:
            employments[employed := Span(*row[:3])] = None
            if row[3] and employed.covers(today) and Span(*row[3:]).covers(today):
                supervises[row[3]] = None
    return Ties(tuple(employments), tuple(supervises))


def spans_of(session: Session, person_ids: Collection[int]) -> dict[int, tuple[Span, ...]]:
    """Return every spell of each person, the first one first; people without any are left out. One query."""
    rows = session.execute(
        select(Employment.person_id, Employment.organization_id, Employment.started_on, Employment.ended_on)
        .where(Employment.person_id.in_(person_ids))
        .order_by(Employment.started_on, Employment.id)
    )
    found: dict[int, tuple[Span, ...]] = {}
    for row in rows:
        span = Span(row.organization_id, row.started_on, row.ended_on)
        found[row.person_id] = (*found.get(row.person_id, ()), span)
    return found


def select_spells(person_id: int) -> Select[*tuple[Any, ...]]:
    """Return a select of the columns of `SpellRow`, of a person's whole history of employment, the newest first."""
    latest = (
        select(EmploymentTerms.title)
        .where(EmploymentTerms.employment_id == Employment.id)
        .order_by(EmploymentTerms.since.desc())
        .limit(1)
        .correlate(Employment)
        .scalar_subquery()
    )
    return (
        select(
            Employment.id,
            Employment.public_id,
            Organization.id,
            Organization.name,
            latest,
            Employment.started_on,
            Employment.ended_on,
            Employment.end_reason,
        )
        .join(Organization, Organization.id == Employment.organization_id)
        .where(Employment.person_id == person_id)
        .order_by(Employment.started_on.desc(), Employment.id.desc())
    )


def list_spells(session: Session, person_id: int) -> list[SpellRow]:
    """Return a person's whole history of employment, the newest first, with her last title in each. One query."""
    return [SpellRow(*row) for row in session.execute(select_spells(person_id))]


def names_of(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Return the name of each organization of `ids`. One query, or none when there is nothing to look up."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = session.execute(select(Organization.id, Organization.name).where(Organization.id.in_(wanted)))
    return {row.id: row.name for row in rows}
