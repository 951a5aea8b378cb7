"""What ties people to organizations: spells of employment, supervision, names."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import ColumnElement, Table, bindparam, exists, or_, outerjoin, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.actor import Span
from lms.organizations.models import Employment, EmploymentTerms, Organization, Supervision


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


_spell = cast("Table", Employment.__table__).c
_supervision = cast("Table", Supervision.__table__).c
#: Asked on every page, so it is built once and on plain columns.
_TIES = (
    select(
        _spell.organization_id,
        _spell.started_on,
        _spell.ended_on,
        _supervision.organization_id,
        _supervision.started_on,
        _supervision.ended_on,
    )
    .select_from(outerjoin(Employment.__table__, Supervision.__table__, _supervision.employment_id == _spell.id))
    .where(_spell.person_id == bindparam("person_id"))
    .order_by(_spell.started_on, _spell.id)
)


def ties_of(session: Session, person_id: int, today: date) -> Ties:
    """Return the ties of a person as of the local date `today`. One query."""
    rows = session.execute(_TIES, {"person_id": person_id}).all()
    employments = {Span(row[0], row[1], row[2]): None for row in rows}
    supervises = {
        row[3]: None
        for row in rows
        if row[3] and Span(row[0], row[1], row[2]).covers(today) and Span(row[3], row[4], row[5]).covers(today)
    }
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


def list_spells(session: Session, person_id: int) -> list[SpellRow]:
    """Return a person's whole history of employment, the newest first, with her last title in each. One query."""
    latest = (
        select(EmploymentTerms.title)
        .where(EmploymentTerms.employment_id == Employment.id)
        .order_by(EmploymentTerms.since.desc())
        .limit(1)
        .correlate(Employment)
        .scalar_subquery()
    )
    rows = session.execute(
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
    return [SpellRow(*row) for row in rows]


def names_of(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Return the name of each organization of `ids`. One query, or none when there is nothing to look up."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = session.execute(select(Organization.id, Organization.name).where(Organization.id.in_(wanted)))
    return {row.id: row.name for row in rows}
