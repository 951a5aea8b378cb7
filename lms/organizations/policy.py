"""Who may see and change what about organizations and their staff; beside each check the same as a row filter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.actor import Actor, Span
from lms.organizations.models import Employment, Organization
from lms.organizations.queries import open_on, ties_of
from lms.organizations.rules import Sight, may_see, sight_of

Column = ColumnElement[int] | InstrumentedAttribute[int]
Day = ColumnElement[date] | InstrumentedAttribute[date]


def can_see_person(actor: Actor, person_id: int, spans: Iterable[Span]) -> bool:
    """Return whether the actor may open a person's page: her own, or one of her staff's today.

    `spans` are the person's spells of employment.
    """
    spans = tuple(spans)
    today = (sight_of(spans, organization_id, actor.today) for organization_id in actor.supervises)
    return person_id == actor.person_id or Sight.STAFF in today


def visible_people(actor: Actor, person_id: Column) -> ColumnElement[bool]:
    """Return the criterion of the people whom `can_see_person` lets the actor see; `person_id` is their column."""
    staff = select(Employment.person_id).where(Employment.organization_id.in_(actor.supervises), open_on(actor.today))
    return or_(person_id == actor.person_id, person_id.in_(staff))


def can_see_fact(actor: Actor, spans: Iterable[Span], organization_id: int, recorded_on: date) -> bool:
    """Return whether the actor may see what an organization assigned or recorded of a person on a local date.

    `spans` are the person's spells. Of one who has left, only what lies in her span is seen.
    """
    if organization_id not in actor.supervises:
        return False
    return may_see(spans, organization_id, actor.today, recorded_on=recorded_on)


def visible_facts(actor: Actor, person_id: Column, organization_id: Column, recorded_on: Day) -> ColumnElement[bool]:
    """Return the criterion of the rows that `can_see_fact` lets the actor see; the columns are those of the rows."""
    spell = (Employment.person_id == person_id) & (Employment.organization_id == organization_id)
    in_span = (Employment.started_on <= recorded_on) & (
        Employment.ended_on.is_(None) | (Employment.ended_on >= recorded_on)
    )
    begun = Employment.started_on <= actor.today
    return organization_id.in_(actor.supervises) & exists().where(spell, begun, open_on(actor.today) | in_span)


def can_read_end_reason(actor: Actor, person_id: int, organization_id: int) -> bool:
    """Return whether the actor may read why a spell ended: the worker, that organization, the consortium."""
    return person_id == actor.person_id or organization_id in actor.supervises or can_administer(actor)


def can_administer(actor: Actor) -> bool:
    """Return whether the actor may create and change organizations, contracts and supervision."""
    return actor.has("administrator")


def can_manage_staff(actor: Actor, organization_id: int) -> bool:
    """Return whether the actor may begin and end employments at an organization."""
    return can_administer(actor) or organization_id in actor.supervises


def manageable_organizations(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the organizations whose staff `can_manage_staff` lets the actor manage."""
    return true() if can_administer(actor) else Organization.id.in_(actor.supervises)


def still_supervises(session: Session, actor: Actor, organization_id: int, today: date) -> bool:
    """Return whether the actor answers for the staff of an organization on `today`, as this session reads it.

    For services, inside the transaction that has locked her row. One query.
    """
    return organization_id in ties_of(session, actor.person_id, today).supervises
