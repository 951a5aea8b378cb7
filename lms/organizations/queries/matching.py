"""Which staff of an organization criteria mean on a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from lms.organizations.models import Employment, EmploymentTerms, Organization, Team, TeamMember
from lms.organizations.queries.staff import PEOPLE
from lms.organizations.queries.ties import open_on
from lms.organizations.rules import Criteria
from lms.people.rules import search_key


@dataclass(frozen=True)
class Match:
    """One person whom criteria mean, with her title on the day and the first day of her spell."""

    person_id: int
    person_public_id: str
    name: str
    title: str
    employment_id: int
    started_on: date


@dataclass(frozen=True)
class Spell:
    """That a person works at an organization, and since when."""

    person_id: int
    person_public_id: str
    organization_id: int
    started_on: date


def list_matching(session: Session, organization_id: int, criteria: Criteria, day: date) -> list[Match]:
    """Return whom criteria mean at an organization on the local date `day`, by name, each person once. One query."""
    columns = (
        PEOPLE.c.id,
        PEOPLE.c.public_id,
        PEOPLE.c.name,
        EmploymentTerms.title,
        Employment.id,
        Employment.started_on,
    )
    statement = _matching(organization_id, criteria, day, *columns)
    rows = session.execute(statement.order_by(PEOPLE.c.search_key, PEOPLE.c.id, Employment.started_on))
    found: dict[int, Match] = {}
    for row in rows:
        found.setdefault(row[0], Match(*row))
    return list(found.values())


def count_matching(session: Session, organization_id: int, criteria: Criteria, day: date) -> int:
    """Return how many people criteria mean at an organization on the local date `day`. One query."""
    people = func.count(func.distinct(Employment.person_id))
    return int(session.execute(_matching(organization_id, criteria, day, people)).scalar_one())


def count_titles(session: Session, organization_id: int, day: date) -> list[tuple[str, int]]:
    """Return the job titles at an organization on a local date with how many have each, the most first. One query."""
    people = func.count(func.distinct(Employment.person_id))
    statement = _matching(organization_id, Criteria(), day, EmploymentTerms.title, people)
    rows = session.execute(statement.group_by(EmploymentTerms.title).order_by(people.desc(), EmploymentTerms.title))
    return [(row[0], row[1]) for row in rows]


def list_open_spells(session: Session, organization_ids: Collection[int] | None, day: date) -> list[Spell]:
    """Return who works at these organizations (None: at any) on the local date `day`, and since when. One query."""
    statement = (
        select(Employment.person_id, PEOPLE.c.public_id, Employment.organization_id, Employment.started_on)
        .join(PEOPLE, PEOPLE.c.id == Employment.person_id)
        .where(open_on(day))
        .order_by(Employment.started_on, Employment.id)
    )
    if organization_ids is not None:
        statement = statement.where(Employment.organization_id.in_(organization_ids))
    return [Spell(*row) for row in session.execute(statement)]


def ids_of_words(session: Session, organization_ids: Collection[int] | None) -> dict[str, int]:
    """Return the id of each of these organizations (None: of every one) by its folded key and name. One query."""
    found = select(Organization.id, Organization.key, Organization.search_key)
    if organization_ids is not None:
        found = found.where(Organization.id.in_(organization_ids))
    rows = session.execute(found).all()
    return {**{row.search_key: row.id for row in rows}, **{search_key(row.key): row.id for row in rows}}


def _matching(organization_id: int, criteria: Criteria, day: date, *columns: Any) -> Select[Any]:
    latest = (
        select(func.max(EmploymentTerms.since))
        .where(EmploymentTerms.employment_id == Employment.id, EmploymentTerms.since <= day)
        .correlate(Employment)
        .scalar_subquery()
    )
    return (
        select(*columns)
        .select_from(Employment)
        .join(PEOPLE, PEOPLE.c.id == Employment.person_id)
        .join(EmploymentTerms, (EmploymentTerms.employment_id == Employment.id) & (EmploymentTerms.since == latest))
        .where(Employment.organization_id == organization_id, open_on(day), *_narrowed(criteria, day))
    )


def _narrowed(criteria: Criteria, day: date) -> list[ColumnElement[bool]]:
    """Return what each of the criteria asks for."""
    found: list[ColumnElement[bool]] = []
    for values, place in (
        (criteria.titles, EmploymentTerms.title),
        (criteria.areas, EmploymentTerms.work_area),
        (criteria.kinds, EmploymentTerms.kind),
        (criteria.languages, PEOPLE.c.language),
    ):
        if values:
            found.append(place.in_(values))
    if criteria.teams:
        member = (TeamMember.team_id == Team.id) & (TeamMember.employment_id == Employment.id)
        stands = TeamMember.until.is_(None) & Team.ended_at.is_(None)
        found.append(exists().where(member, stands, Team.public_id.in_(criteria.teams)))
    if criteria.since:
        found.append(Employment.started_on >= criteria.since)
    if criteria.for_days:
        found.append(Employment.started_on <= day - timedelta(days=criteria.for_days))
    return found
