"""Organizations with where and whom they serve, their contracts, and what an import finds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, literal, null, select, union_all
from sqlalchemy.orm import Session, aliased

from lms.errors import NotFound
from lms.organizations.models import (
    Contract,
    Employment,
    Organization,
    OrganizationArea,
    OrganizationGeography,
    OrganizationPopulation,
)
from lms.organizations.queries.ties import open_on
from lms.organizations.rules import Contracted, Present
from lms.people.rules import search_key


@dataclass(frozen=True)
class Places:
    """Where and whom an organization serves. `areas` are pairs of planning area and boundary year."""

    areas: tuple[tuple[int, int], ...] = ()
    geographies: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()

    def areas_of(self, year: int) -> tuple[int, ...]:
        """Return the areas under one year's boundaries."""
        return tuple(spa for spa, its_year in self.areas if its_year == year)


@dataclass(frozen=True)
class Choice:
    """An organization to choose in a form."""

    id: int
    public_id: str
    name: str


@dataclass(frozen=True)
class OrganizationRow:
    """One line of the list of organizations."""

    id: int
    public_id: str
    key: str
    name: str
    kind: str
    closed_on: date | None
    staff: int


@dataclass(frozen=True)
class ContractRow:
    """One contract of an organization with a department."""

    id: int
    public_id: str
    department: str
    organization: str
    organization_id: int
    organization_public_id: str
    program: str
    started_on: date
    ended_on: date | None


def list_organizations(
    session: Session, day: date, *, search: str = "", kind: str = "", limit: int = 50, offset: int = 0
) -> list[OrganizationRow]:
    """Return organizations by name, each with the number of its staff on the local date `day`. One query."""
    staff = (
        select(func.count())
        .where(Employment.organization_id == Organization.id, open_on(day))
        .correlate(Organization)
        .scalar_subquery()
    )
    columns = (Organization.id, Organization.public_id, Organization.key, Organization.name, Organization.kind)
    statement = _found(select(*columns, Organization.closed_on, staff), search, kind)
    rows = session.execute(statement.order_by(Organization.search_key, Organization.id).limit(limit).offset(offset))
    return [OrganizationRow(*row) for row in rows]


def count_organizations(session: Session, *, search: str = "", kind: str = "") -> int:
    """Return how many rows `list_organizations` has in all. One query."""
    statement = _found(select(func.count()).select_from(Organization), search, kind)
    return int(session.execute(statement).scalar_one())


def get_organization(session: Session, public_id: str, day: date) -> OrganizationRow:
    """Return one organization with the number of its staff on `day`; raise `NotFound`. One query."""
    staff = select(func.count()).where(Employment.organization_id == Organization.id, open_on(day))
    row = session.execute(
        select(
            Organization.id,
            Organization.public_id,
            Organization.key,
            Organization.name,
            Organization.kind,
            Organization.closed_on,
            staff.correlate(Organization).scalar_subquery(),
        ).where(Organization.public_id == public_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return OrganizationRow(*row)


def list_choices(session: Session, criterion: ColumnElement[bool], day: date) -> list[Choice]:
    """Return the organizations of `criterion` that are open on the local date `day`, by name. One query."""
    still_open = Organization.closed_on.is_(None) | (Organization.closed_on >= day)
    rows = session.execute(
        select(Organization.id, Organization.public_id, Organization.name)
        .where(criterion, still_open)
        .order_by(Organization.search_key, Organization.id)
    )
    return [Choice(*row) for row in rows]


def list_every(session: Session) -> list[Choice]:
    """Return every organization, closed ones too, by name. One query."""
    rows = session.execute(
        select(Organization.id, Organization.public_id, Organization.name).order_by(
            Organization.search_key, Organization.id
        )
    )
    return [Choice(*row) for row in rows]


def list_departments(session: Session, day: date) -> list[Choice]:
    """Return the departments that are open on the local date `day`, by name. One query."""
    return list_choices(session, Organization.kind == "department", day)


def list_supervised(session: Session, organization_ids: Collection[int], day: date) -> list[Choice]:
    """Return those of these organizations (`actor.supervises`) that are open on `day`, by name. One query."""
    return list_choices(session, Organization.id.in_(organization_ids), day)


def places_of(session: Session, organization_ids: Collection[int]) -> dict[int, Places]:
    """Return where and whom each organization serves. One query."""
    area, geography, population = OrganizationArea, OrganizationGeography, OrganizationPopulation
    parts = (
        select(area.organization_id, literal("area"), area.spa, area.boundary_year, null()),
        select(geography.organization_id, literal("geography"), null(), null(), geography.geography),
        select(population.organization_id, literal("population"), null(), null(), population.population),
    )
    found: dict[int, tuple[list[tuple[int, int]], list[str], list[str]]] = {}
    whole: CompoundSelect[Any] = union_all(
        *(part.where(part.selected_columns[0].in_(organization_ids)) for part in parts)
    )
    for organization_id, kind, spa, year, value in session.execute(whole):
        areas, geographies, populations = found.setdefault(organization_id, ([], [], []))
        if kind == "area":
            areas.append((spa, year))
        else:
            (geographies if kind == "geography" else populations).append(value)
    return {key: Places(*(tuple(sorted(part)) for part in parts)) for key, parts in found.items()}  # type: ignore[arg-type]


def list_contracts(session: Session, organization_id: int) -> list[ContractRow]:
    """Return the contracts that an organization has or pays, the newest first. One query."""
    own = (Contract.organization_id == organization_id) | (Contract.department_id == organization_id)
    rows = session.execute(_contracts().where(own).order_by(Contract.started_on.desc(), Contract.id.desc()))
    return [ContractRow(*row) for row in rows]


def get_contract(session: Session, public_id: str) -> ContractRow:
    """Return one contract; raise `NotFound`. One query."""
    row = session.execute(_contracts().where(Contract.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound
    return ContractRow(*row)


def _contracts() -> Select[Any]:
    department = aliased(Organization)
    columns: tuple[Any, ...] = (
        Contract.id,
        Contract.public_id,
        department.name,
        Organization.name,
        Organization.id,
        Organization.public_id,
        Contract.program,
        Contract.started_on,
        Contract.ended_on,
    )
    return (
        select(*columns)
        .select_from(Contract)
        .join(department, department.id == Contract.department_id)
        .join(Organization, Organization.id == Contract.organization_id)
    )


def ids_of_keys(session: Session) -> dict[str, int]:
    """Return the id of every organization by its key. One query."""
    rows = session.execute(select(Organization.key, Organization.id))
    return {row.key: row.id for row in rows}


def list_present(session: Session) -> dict[str, Present]:
    """Return every organization by its key, as an import compares it. Three queries."""
    columns = (Organization.id, Organization.key, Organization.kind, Organization.name)
    rows = session.execute(select(*columns)).all()
    keys = {row.id: row.key for row in rows}
    places = places_of(session, keys)
    contracts: dict[int, set[Contracted]] = {}
    for row in session.execute(
        select(
            Contract.department_id, Contract.organization_id, Contract.program, Contract.started_on, Contract.ended_on
        )
    ):
        contract = Contracted(keys[row.department_id], row.program, row.started_on, row.ended_on)
        contracts.setdefault(row.organization_id, set()).add(contract)
    return {
        row.key: Present(
            row.kind,
            row.name,
            frozenset(places.get(row.id, Places()).areas),
            frozenset(places.get(row.id, Places()).geographies),
            frozenset(places.get(row.id, Places()).populations),
            frozenset(contracts.get(row.id, ())),
        )
        for row in rows
    }


def _found(statement: Select[Any], search: str, kind: str) -> Select[Any]:
    """Return `statement` over the organizations whose name or key holds `search`, of one kind or all."""
    if words := search_key(search):
        by_key = Organization.key.contains(search.strip().casefold(), autoescape=True)
        statement = statement.where(Organization.search_key.contains(words, autoescape=True) | by_key)
    return statement.where(Organization.kind == kind) if kind else statement
