"""Organizations themselves: creating one and changing its facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.db import insert_once, take_turns
from lms.errors import NotFound, RuleBroken
from lms.organizations import policy, rules
from lms.organizations.models import (
    KINDS,
    Organization,
    OrganizationArea,
    OrganizationGeography,
    OrganizationPopulation,
)
from lms.people.rules import search_key


@dataclass(frozen=True)
class Facts:
    """What an administrator writes of an organization: its name, and where and whom it serves."""

    name: str
    areas: frozenset[int] = frozenset()
    boundary_year: int = 2022
    geographies: frozenset[str] = frozenset()
    populations: frozenset[str] = frozenset()
    #: The last day of an organization that has closed.
    closed_on: date | None = field(default=None)


def create_organization(session: Session, actor: Actor, facts: Facts, *, key: str, kind: str, at: datetime) -> str:
    """Create an organization and return its public id. An empty `key` is made from the name.

    Raises `NotFound` unless the actor administers, `RuleBroken` ("kind-unknown", "key-wrong", "key-taken",
    "name-taken" and those of `rules.name_of`).
    """
    check_administers(actor)
    name = rules.name_of(facts.name)
    key = key or rules.key_from_name(name)
    if kind not in KINDS:
        raise RuleBroken("kind-unknown")
    if not rules.valid_key(key):
        raise RuleBroken("key-wrong")
    lock_names(session)
    _check_name(session, name, None)
    row = {"key": key, "name": name, "search_key": search_key(name), "kind": kind, "created_at": at}
    made = insert_once(session, Organization, [row | {"closed_on": facts.closed_on}], "id", "public_id")
    if not made:
        raise RuleBroken("key-taken", key=key)
    _set_places(session, made[0].id, facts)
    _record(session, actor, "organizations.created", made[0].id, at, key=key, kind=kind)
    return str(made[0].public_id)


def change_organization(session: Session, actor: Actor, public_id: str, facts: Facts, *, at: datetime) -> None:
    """Set an organization's facts to what is given. Areas under other years' boundaries stay.

    Raises `NotFound`, and `RuleBroken` ("name-taken" and those of `rules.name_of`).
    """
    check_administers(actor)
    lock_names(session)
    organization = held_organization(session, public_id)
    name = rules.name_of(facts.name)
    _check_name(session, name, organization.id)
    organization.name, organization.search_key = name, search_key(name)
    organization.closed_on = facts.closed_on
    _set_places(session, organization.id, facts)
    _record(
        session,
        actor,
        "organizations.changed",
        organization.id,
        at,
        areas=facts.areas,
        boundary_year=facts.boundary_year,
        geographies=facts.geographies,
        populations=facts.populations,
        closed_on=facts.closed_on,
    )


def check_administers(actor: Actor) -> None:
    """Raise `NotFound` unless the actor administers."""
    if not policy.can_administer(actor):
        raise NotFound


def lock_names(session: Session) -> None:
    """Let those who name organizations pass one after another, before they look which names are taken."""
    take_turns(session, "names of organizations")


def _check_name(session: Session, name: str, own_id: int | None) -> None:
    """Raise `RuleBroken("name-taken")` when another organization is called the same, however it is written."""
    taken = select(Organization.id).where(Organization.search_key == search_key(name), Organization.id != (own_id or 0))
    if session.execute(taken.limit(1)).first() is not None:
        raise RuleBroken("name-taken")


def held_organization(session: Session, public_id: str) -> Organization:
    """Return an organization, held against changes; raise `NotFound`."""
    query = select(Organization).where(Organization.public_id == public_id).with_for_update(key_share=True)
    organization = session.execute(query).scalar_one_or_none()
    if organization is None:
        raise NotFound
    return organization


def _set_places(session: Session, organization_id: int, facts: Facts) -> None:
    """Make areas (of one boundary year), geographies and populations what `facts` say."""
    own = OrganizationArea.organization_id == organization_id
    of_year = own & (OrganizationArea.boundary_year == facts.boundary_year)
    session.execute(delete(OrganizationArea).where(of_year, OrganizationArea.spa.not_in(facts.areas)))
    insert_once(
        session,
        OrganizationArea,
        [
            {"organization_id": organization_id, "spa": spa, "boundary_year": facts.boundary_year}
            for spa in sorted(facts.areas)
        ],
    )
    for model, column, values in (
        (OrganizationGeography, "geography", facts.geographies),
        (OrganizationPopulation, "population", facts.populations),
    ):
        table = model.__table__
        gone = (table.c.organization_id == organization_id) & table.c[column].not_in(values)
        session.execute(delete(model).where(gone))
        rows = [{"organization_id": organization_id, column: value} for value in sorted(values)]
        insert_once(session, model, rows)


def _record(session: Session, actor: Actor, action: str, organization_id: int, at: datetime, **details: object) -> None:
    record(
        session,
        actor.account_id,
        action,
        "organization",
        organization_id,
        at=at,
        organization_id=organization_id,
        **details,
    )
