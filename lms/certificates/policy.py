"""Who may decide about applications and certificates; beside each check the same as a row filter."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import ColumnElement, false, select

from lms.actor import Actor, Span
from lms.certificates.models import Application, Award
from lms.organizations.queries import PEOPLE
from lms.organizations.rules import may_see

#: Who has a record that was not joined to another: what waits there goes on only when the two are taken apart again.
STANDING = select(PEOPLE.c.id).where(PEOPLE.c.merged_into_id.is_(None))


def can_certify(actor: Actor, person_id: int) -> bool:
    """Return whether the actor may see and decide an application of a person: a certifier, never of herself."""
    return actor.has("certifier") and person_id != actor.person_id


def visible_applications(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the applications that `can_certify` lets the actor see, of people whose record stands."""
    if not actor.has("certifier"):
        return false()
    return (Application.person_id != actor.person_id) & Application.person_id.in_(STANDING)


def can_decide(actor: Actor, has_appealed: bool, refused_by: Collection[int | None]) -> bool:
    """Return whether it is for this actor to decide: after an appeal never for one who refused."""
    return not has_appealed or actor.account_id not in refused_by


def can_confirm(actor: Actor, person_id: int, requested_by: int) -> bool:
    """Return whether the actor may be the second person of a revocation."""
    allowed = actor.has("certifier", "administrator") and person_id != actor.person_id
    return allowed and requested_by != actor.account_id


def can_manage(actor: Actor, person_id: int) -> bool:
    """Return whether the actor may see and manage a person's certificates as staff: never her own."""
    return actor.has("certifier", "administrator") and person_id != actor.person_id


def visible_awards(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the awards that `can_manage` lets the actor see."""
    return Award.person_id != actor.person_id if actor.has("certifier", "administrator") else false()


def can_read(
    actor: Actor,
    person_id: int,
    spans: Iterable[Span],
    *,
    awarded_on: date,
    assigned_by: frozenset[int] = frozenset(),
    shared_with: frozenset[int] = frozenset(),
) -> bool:
    """Return whether the actor may open the whole certificate: its holder, a certifier, or a supervisor who may see it.

    `spans` are the holder's spells of employment; a supervisor's organization asked for the track itself before
    the certificate was awarded, or is among those that the holder shares the certificate with.
    """
    if person_id == actor.person_id or can_certify(actor, person_id):
        return True
    spans = tuple(spans)
    return any(
        may_see(
            spans,
            organization_id,
            actor.today,
            recorded_on=awarded_on if organization_id in assigned_by else None,
            is_shared=organization_id in shared_with,
        )
        for organization_id in actor.supervises
    )
