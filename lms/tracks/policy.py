"""Who may assign tracks and read what was assigned; beside each check the same as a row filter."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from lms.actor import Actor
from lms.tracks.models import AssignmentBatch, AssignmentRule


def can_assign(actor: Actor, organization_id: int) -> bool:
    """Return whether the actor may assign tracks to the staff of an organization, and undo what was assigned."""
    return organization_id in actor.supervises


def visible_batches(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the acts of assigning that the actor may read and undo."""
    return AssignmentBatch.organization_id.in_(actor.supervises)


def visible_rules(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the standing rules that the actor may read, compare and end."""
    return AssignmentRule.organization_id.in_(actor.supervises)
