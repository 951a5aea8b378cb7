"""Who may assign tracks and read what was assigned; beside each check the same as a row filter."""

from __future__ import annotations

from sqlalchemy import ColumnElement, true

from lms.actor import Actor
from lms.organizations.policy import can_manage_staff, manageable_organizations
from lms.tracks.models import Assignment, AssignmentBatch, AssignmentRule, Waiver


def can_assign(actor: Actor, organization_id: int) -> bool:
    """Return whether the actor may assign tracks to the staff of an organization, and undo what was assigned."""
    return organization_id in actor.supervises


def can_choose_levels(actor: Actor, organization_id: int) -> bool:
    """Return whether the actor may choose which levels of the ladder an organization uses: who manages its staff."""
    return can_manage_staff(actor, organization_id)


#: The criterion of the organizations of which `can_choose_levels` lets the actor choose.
levels_places = manageable_organizations


def visible_batches(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the acts of assigning that the actor may read and undo."""
    return AssignmentBatch.organization_id.in_(actor.supervises)


def can_waive(actor: Actor, person_id: int) -> bool:
    """Return whether the actor may spare a person a requirement, and read why: a certifier, never herself."""
    return actor.has("certifier") and person_id != actor.person_id


def visible_waivers(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the waivers that `can_waive` lets the actor read, and of her own."""
    own = Waiver.person_id == actor.person_id
    return true() if actor.has("certifier") else own


def can_renew(actor: Actor, person_id: int) -> bool:
    """Return whether the actor may begin the next cycle of a person's track: the worker herself, or a certifier."""
    return actor.person_id == person_id or actor.has("certifier")


def can_ask_for_wording(actor: Actor) -> bool:
    """Return whether the actor may say that a track asks for approved wording: the consortium's own staff."""
    return actor.has("administrator", "certifier")


def visible_routes(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the assignments whose routes the actor reads: a trainer's reach, else her own staff's."""
    return true() if actor.has("trainer") else Assignment.organization_id.in_(actor.supervises)


def visible_rules(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the standing rules that the actor may read, compare and end."""
    return AssignmentRule.organization_id.in_(actor.supervises)
