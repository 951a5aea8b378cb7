"""What the tests of organizations share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from lms.actor import Actor
from lms.audit.models import AuditEvent
from lms.clock import local_date
from lms.db import reading, write
from lms.organizations import service
from lms.organizations.models import Employment, EmploymentTerms, Organization
from lms.organizations.queries import ties_of
from lms.people.models import Person
from lms.people.rules import search_key
from tests.conftest import AT
from tests.factories import LONG_AGO, MadePerson

TODAY = date(2026, 3, 5)


def actor_of(person: MadePerson, *roles: str, at: datetime = AT) -> Actor:
    """Return the actor that the roof would build for a person."""
    today = local_date(at)
    ties = ties_of(reading(), person.person_id, today)
    reading().rollback()
    held = {"worker", *roles} | ({"supervisor"} if ties.supervises else set())
    return Actor(
        account_id=person.account_id,
        person_id=person.person_id,
        public_id=person.person_public_id,
        name="",
        language="en",
        today=today,
        roles=frozenset(held),
        employments=ties.employments,
        supervises=ties.supervises,
    )


def rows(*columns: Any) -> list[tuple[Any, ...]]:
    """Return columns of every row, in the order of the first one's table's ids."""
    found = reading().execute(select(*columns).order_by(columns[0].class_.id)).all()
    reading().rollback()
    return [tuple(row) for row in found]


def public_id_of(organization_id: int) -> str:
    """Return an organization's public id."""
    found = reading().execute(select(Organization.public_id).where(Organization.id == organization_id)).scalar_one()
    reading().rollback()
    return found


def actions() -> list[str]:
    """Return what the audit trail says, the oldest first."""
    return [action for (action,) in rows(AuditEvent.action)]


def stand_in(boss: MadePerson, organization_id: int, deputy: MadePerson) -> None:
    """Let a colleague stand in for a supervisor for a week."""
    spell = reading().execute(select(Employment.public_id).where(Employment.person_id == deputy.person_id)).scalar_one()
    actor, until = actor_of(boss), TODAY + timedelta(days=7)
    write(lambda s: service.delegate(s, actor, organization_id, spell, until=until, at=AT))


def crowd(organization_id: int, names: Iterable[str]) -> list[MadePerson]:
    """Write many people who work at an organization, without accounts, in one transaction."""

    def fn(session: Any) -> list[MadePerson]:
        people = [Person(name=name, search_key=search_key(name), created_at=LONG_AGO) for name in names]
        session.add_all(people)
        session.flush()
        spells = [
            Employment(person_id=each.id, organization_id=organization_id, started_on=LONG_AGO.date())
            for each in people
        ]
        session.add_all(spells)
        session.flush()
        since = LONG_AGO.date()
        session.add_all(EmploymentTerms(employment_id=each.id, since=since, title="Promotora") for each in spells)
        return [MadePerson(each.id, each.public_id, 0, "", "", "") for each in people]

    return write(fn)
