"""Reads of cohorts: their names, who may join, and who belongs to them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.errors import NotFound
from lms.fieldwork.models import Cohort, CohortMember, CohortOrganization
from lms.organizations.queries import PEOPLE


@dataclass(frozen=True)
class CohortRow:
    """One cohort."""

    id: int
    public_id: str
    name: str
    module_key: str | None
    track_key: str | None
    organization_id: int | None


@dataclass(frozen=True)
class MemberRow:
    """One person who belongs to a cohort."""

    person_id: int
    person_public_id: str
    name: str


def list_cohorts(session: Session, criterion: ColumnElement[bool]) -> list[CohortRow]:
    """Return the cohorts that meet `criterion` and have not ended, by name. One query."""
    columns = (getattr(Cohort, name) for name in CohortRow.__dataclass_fields__)
    rows = session.execute(select(*columns).where(criterion, Cohort.ended_at.is_(None)).order_by(Cohort.name))
    return [CohortRow(*row) for row in rows]


def get_cohort(session: Session, public_id: str) -> CohortRow:
    """Return one cohort; raise `NotFound`. One query."""
    columns = (getattr(Cohort, name) for name in CohortRow.__dataclass_fields__)
    row = session.execute(select(*columns).where(Cohort.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound
    return CohortRow(*row)


def invited_organizations(session: Session, cohort_id: int) -> set[int]:
    """Return the organizations whose staff may join a cohort; empty for one that is open. One query."""
    statement = select(CohortOrganization.organization_id).where(CohortOrganization.cohort_id == cohort_id)
    return set(session.scalars(statement))


def list_members(session: Session, cohort_id: int, person_ids: Collection[int] | None = None) -> list[MemberRow]:
    """Return who belongs to a cohort, by name. One query."""
    statement = (
        select(PEOPLE.c.id, PEOPLE.c.public_id, PEOPLE.c.name)
        .join(CohortMember, CohortMember.person_id == PEOPLE.c.id)
        .where(CohortMember.cohort_id == cohort_id, CohortMember.left_at.is_(None))
        .order_by(PEOPLE.c.search_key, PEOPLE.c.id)
    )
    if person_ids is not None:
        statement = statement.where(CohortMember.person_id.in_(person_ids))
    return [MemberRow(*row) for row in session.execute(statement)]
