"""Who is the second person of an entry, and which entries an actor has to do with."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, false

from lms.actor import Actor, Span
from lms.assessments.models import ResultEntry
from lms.assessments.policy.standing import ASSESSORS, STANDING
from lms.assessments.rules import place_of
from lms.organizations.queries import select_staff


def can_settle(actor: Actor, person_id: int, spans: Iterable[Span], entered_by: int) -> bool:
    """Return whether the actor may be the second person of an entry: not who entered it, nor the worker's own staff."""
    if actor.account_id == entered_by or actor.person_id == person_id:
        return False
    return actor.has(*ASSESSORS) and place_of(actor, spans) is None


def settleable(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the waiting entries that `can_settle` lets the actor confirm or reject."""
    if not actor.has(*ASSESSORS):
        return false()
    return and_(
        ResultEntry.settled_at.is_(None),
        ResultEntry.entered_by != actor.account_id,
        ResultEntry.person_id != actor.person_id,
        ResultEntry.person_id.in_(STANDING),
        ResultEntry.person_id.not_in(select_staff(actor.supervises, actor.today)),
    )


def own_entries(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of what the actor has entered: of a supervisor, for those who are her staff today."""
    if actor.has(*ASSESSORS):
        return ResultEntry.entered_by == actor.account_id
    return and_(
        ResultEntry.entered_by == actor.account_id,
        ResultEntry.person_id.in_(select_staff(actor.supervises, actor.today)),
    )


def settled_by(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the entries that the actor has settled, while she is an assessor."""
    if not actor.has(*ASSESSORS):
        return false()
    return and_(ResultEntry.settled_by == actor.account_id, ResultEntry.person_id != actor.person_id)


def is_entry(public_id: str) -> ColumnElement[bool]:
    """Return the criterion of one entry."""
    return ResultEntry.public_id == public_id
