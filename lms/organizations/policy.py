"""Who may see and change what about organizations and their staff; beside each check the same as a row filter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Session

from lms.actor import Actor, Span
from lms.organizations.models import Organization, Team
from lms.organizations.queries import ties_of
from lms.organizations.rules import may_see


def can_see_fact(actor: Actor, spans: Iterable[Span], organization_id: int, recorded_on: date) -> bool:
    """Return whether the actor may see what an organization assigned or recorded of a person on a local date.

    `spans` are the person's spells. Of one who has left, only what lies in her span is seen.
    """
    if organization_id not in actor.supervises:
        return False
    return may_see(spans, organization_id, actor.today, recorded_on=recorded_on)


def can_administer(actor: Actor) -> bool:
    """Return whether the actor may create and change organizations, contracts and supervision."""
    return actor.has("administrator")


def can_manage_staff(actor: Actor, organization_id: int) -> bool:
    """Return whether the actor may begin and end employments at an organization."""
    return can_administer(actor) or organization_id in actor.supervises


def can_change_spell(actor: Actor, ended_on: date | None, today: date) -> bool:
    """Return whether the actor may change a spell of staff that she manages: history is for administrators alone."""
    return can_administer(actor) or ended_on is None or ended_on >= today


def manageable_organizations(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the organizations whose staff `can_manage_staff` lets the actor manage."""
    return true() if can_administer(actor) else Organization.id.in_(actor.supervises)


def importable_organizations(actor: Actor | None) -> ColumnElement[bool]:
    """Return the criterion of the organizations whose staff a list may bring; None is the program itself."""
    return true() if actor is None else manageable_organizations(actor)


def hears_of(actor: Actor | None) -> tuple[int, ...] | None:
    """Return the organizations whose present and former staff a reader may be told of; None: everybody's."""
    return None if actor is None or can_administer(actor) else actor.supervises


def can_see_import(actor: Actor | None, account_id: int | None) -> bool:
    """Return whether the actor may see and change a list that an account brought: her own, or as administrator any."""
    return actor is None or can_administer(actor) or (account_id is not None and actor.account_id == account_id)


def supervised_teams(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the teams that the actor may change, and ask: those of staff whom she answers for."""
    return Team.organization_id.in_(actor.supervises)


def still_supervises(session: Session, actor: Actor, organization_id: int, today: date) -> bool:
    """Return whether the actor answers for the staff of an organization on `today`, as this session reads it.

    For services, inside the transaction that has locked her row. One query.
    """
    return organization_id in ties_of(session, actor.person_id, today).supervises
