"""Who works where on a day, and one employment with its terms."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, ScalarSelect, Select, String, column, func, or_, select, table
from sqlalchemy.orm import Session, aliased

from lms.errors import NotFound
from lms.organizations.models import ContractEmployment, Employment, EmploymentTerms, Organization, Supervision
from lms.organizations.queries.ties import open_on
from lms.organizations.rules import Alike, find_near
from lms.people.queries import find_contacts_by_value
from lms.people.rules import Identifier, search_key

PAGE_SIZE = 50
#: The columns of people that lists of staff show. Foreign keys name tables, and so do these joins.
PEOPLE = table(
    "people",
    column("id", Integer),
    column("public_id", String),
    column("name", String),
    column("search_key", String),
    column("language", String),
    column("merged_into_id", Integer),
)


@dataclass(frozen=True)
class StaffRow:
    """One person in one spell at one organization, with her title on the day that was asked for."""

    person_id: int
    person_public_id: str
    name: str
    employment_id: int
    employment_public_id: str
    organization_id: int
    organization_name: str
    title: str
    started_on: date
    ended_on: date | None


@dataclass(frozen=True)
class EmploymentDetail:
    """One employment with the terms of a day, for those who manage it."""

    employment_id: int
    public_id: str
    person_id: int
    person_public_id: str
    name: str
    organization_id: int
    organization_public_id: str
    organization_name: str
    started_on: date
    ended_on: date | None
    end_reason: str | None
    title: str
    hours_per_week: Decimal | None
    kind: str
    supervising_provider_id: int | None
    work_area: int | None


@dataclass(frozen=True)
class SupervisorRow:
    """Somebody who answers for the staff of an organization, by an employment that may be elsewhere."""

    person_public_id: str
    name: str
    employment_public_id: str
    employer: str
    since: date
    #: The last day, where there is one.
    until: date | None = None
    #: For whom she stands in: that person's public id and name.
    stands_in_for: tuple[str, str] | None = None


@dataclass(frozen=True)
class PaidRow:
    """A person whose employment is paid under a contract, for a time."""

    name: str
    started_on: date
    ended_on: date | None


def list_staff(
    session: Session,
    organization_ids: Collection[int] | None,
    day: date,
    *,
    search: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> list[StaffRow]:
    """Return who works at these organizations (None: at any) on the local date `day`, by name. One query.

    `search` finds a part of the name or of the title, however it is written.
    """
    statement = _staff(
        organization_ids,
        day,
        search,
        PEOPLE.c.id,
        PEOPLE.c.public_id,
        PEOPLE.c.name,
        Employment.id,
        Employment.public_id,
        Employment.organization_id,
        Organization.name,
        EmploymentTerms.title,
        Employment.started_on,
        Employment.ended_on,
    ).order_by(PEOPLE.c.search_key, PEOPLE.c.id, Employment.organization_id)
    rows = session.execute(statement.limit(limit).offset(offset) if limit else statement)
    return [StaffRow(*row) for row in rows]


def count_staff(session: Session, organization_ids: Collection[int], day: date, *, search: str = "") -> int:
    """Return how many rows `list_staff` has in all. One query."""
    return int(session.execute(_staff(organization_ids, day, search, func.count())).scalar_one())


def get_employment(session: Session, public_id: str, day: date) -> EmploymentDetail:
    """Return one employment with its terms of the local date `day`; raise `NotFound`. One query."""
    row = session.execute(
        select(
            Employment.id,
            Employment.public_id,
            PEOPLE.c.id,
            PEOPLE.c.public_id,
            PEOPLE.c.name,
            Organization.id,
            Organization.public_id,
            Organization.name,
            Employment.started_on,
            Employment.ended_on,
            Employment.end_reason,
            EmploymentTerms.title,
            EmploymentTerms.hours_per_week,
            EmploymentTerms.kind,
            EmploymentTerms.supervising_provider_id,
            EmploymentTerms.work_area,
        )
        .join(PEOPLE, PEOPLE.c.id == Employment.person_id)
        .join(Organization, Organization.id == Employment.organization_id)
        .join(
            EmploymentTerms,
            (EmploymentTerms.employment_id == Employment.id) & (EmploymentTerms.since == terms_day(day)),
        )
        .where(Employment.public_id == public_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return EmploymentDetail(*row)


def list_alike(
    session: Session, name_key: str, identifiers: Collection[Identifier], organization_id: int
) -> list[Alike]:
    """Return the people with this folded name or one of these contacts, and those of a near name at an organization.

    Two queries, and one for each contact.
    """
    works = select(Employment.person_id).where(Employment.organization_id == organization_id)
    staff = {row.id: row.search_key for row in session.execute(_keys().where(PEOPLE.c.id.in_(works)))}
    near = find_near([name_key], staff).get(name_key, ())
    found = {person_id for each in identifiers for person_id in find_contacts_by_value(session, each)}
    wanted = or_(PEOPLE.c.search_key == name_key, PEOPLE.c.id.in_({*found, *near}))
    rows = session.execute(_keys().where(wanted).order_by(PEOPLE.c.id))
    return [Alike(row.id, row.search_key, row.id in found) for row in rows]


def _keys() -> Select[Any]:
    return select(PEOPLE.c.id, PEOPLE.c.search_key)


def list_paid(session: Session, contract_id: int) -> list[PaidRow]:
    """Return which employments are or were paid under a contract, by name. One query."""
    rows = session.execute(
        select(PEOPLE.c.name, ContractEmployment.started_on, ContractEmployment.ended_on)
        .select_from(ContractEmployment)
        .join(Employment, Employment.id == ContractEmployment.employment_id)
        .join(PEOPLE, PEOPLE.c.id == Employment.person_id)
        .where(ContractEmployment.contract_id == contract_id)
        .order_by(PEOPLE.c.search_key, ContractEmployment.started_on)
    )
    return [PaidRow(*row) for row in rows]


def list_supervisors(session: Session, organization_id: int, day: date) -> list[SupervisorRow]:
    """Return who answers for the staff of an organization on the local date `day`, by name. One query."""
    giver, giver_spell, giver_person = aliased(Supervision), aliased(Employment), PEOPLE.alias("giver")
    own = (PEOPLE.c.public_id, PEOPLE.c.name, Employment.public_id, Organization.name)
    rows = session.execute(
        select(*own, Supervision.started_on, Supervision.ended_on, giver_person.c.public_id, giver_person.c.name)
        .select_from(Supervision)
        .outerjoin(giver, giver.id == Supervision.delegated_from_id)
        .outerjoin(giver_spell, giver_spell.id == giver.employment_id)
        .outerjoin(giver_person, giver_person.c.id == giver_spell.person_id)
        .join(Employment, Employment.id == Supervision.employment_id)
        .join(PEOPLE, PEOPLE.c.id == Employment.person_id)
        .join(Organization, Organization.id == Employment.organization_id)
        .where(
            Supervision.organization_id == organization_id,
            Supervision.started_on <= day,
            or_(Supervision.ended_on.is_(None), Supervision.ended_on >= day),
            open_on(day),
        )
        .order_by(PEOPLE.c.search_key, Employment.id)
    )
    return [_supervisor(*row) for row in rows]


def _supervisor(*row: Any) -> SupervisorRow:
    public_id, name, employment, employer, since, until, giver_public_id, giver = row
    stands_in_for = (giver_public_id, giver) if giver_public_id else None
    return SupervisorRow(public_id, name, employment, employer, since, until, stands_in_for)


def terms_day(day: date) -> ScalarSelect[date]:
    """Return the first day of the terms that hold on `day`; before the spell begins, of its first terms."""
    begun = func.max(EmploymentTerms.since).filter(EmploymentTerms.since <= day)
    return (
        select(func.coalesce(begun, func.min(EmploymentTerms.since)))
        .where(EmploymentTerms.employment_id == Employment.id)
        .correlate(Employment)
        .scalar_subquery()
    )


def _staff(organization_ids: Collection[int] | None, day: date, search: str, *columns: Any) -> Select[Any]:
    """Return a select of `columns` over the employments that cover `day`, each with its terms of that day."""
    terms = (EmploymentTerms.employment_id == Employment.id) & (EmploymentTerms.since == terms_day(day))
    statement = (
        select(*columns)
        .select_from(Employment)
        .join(PEOPLE, PEOPLE.c.id == Employment.person_id)
        .join(Organization, Organization.id == Employment.organization_id)
        .join(EmploymentTerms, terms)
        .where(open_on(day))
    )
    if organization_ids is not None:
        statement = statement.where(Employment.organization_id.in_(organization_ids))
    if words := search_key(search):
        statement = statement.where(
            or_(PEOPLE.c.search_key.contains(words, autoescape=True), EmploymentTerms.title.icontains(search.strip()))
        )
    return statement
