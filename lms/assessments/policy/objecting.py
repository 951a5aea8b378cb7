"""Who answers what a worker says of a result that was entered for her."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, exists, false, or_

from lms.actor import Actor, Span
from lms.assessments.models import EntryObjection, ResultEntry
from lms.assessments.policy.settling import can_settle, own_entries, settleable, settled_by
from lms.assessments.policy.standing import ASSESSORS, STANDING
from lms.organizations.queries import select_staff


def can_answer(actor: Actor, person_id: int, spans: Iterable[Span], entered_by: int, settled_by_id: int | None) -> bool:
    """Return whether the actor may answer what a worker says of an entry: as a second person who did not settle it."""
    return actor.account_id != settled_by_id and can_settle(actor, person_id, spans, entered_by)


def answerable(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the entries whose objection `can_answer` lets the actor answer, or that she answered.

    Once she answers for the worker's work, she reads neither any more.
    """
    if not actor.has(*ASSESSORS):
        return false()
    hers = exists().where(EntryObjection.entry_id == ResultEntry.id, EntryObjection.answered_by == actor.account_id)
    free = and_(ResultEntry.settled_by.is_distinct_from(actor.account_id), unanswered())
    apart = and_(
        ResultEntry.entered_by != actor.account_id,
        ResultEntry.person_id != actor.person_id,
        ResultEntry.person_id.in_(STANDING),
        ResultEntry.person_id.not_in(select_staff(actor.supervises, actor.today)),
    )
    return and_(apart, or_(free, hers))


def unanswered() -> ColumnElement[bool]:
    """Return the criterion of the entries whose objection waits for an answer."""
    return exists().where(EntryObjection.entry_id == ResultEntry.id, EntryObjection.outcome.is_(None))


def own_results(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of what was entered for the actor herself."""
    return ResultEntry.person_id == actor.person_id


def visible_entries(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the entries whose sheet the actor may see.

    Her own answers, what she has entered, what she may settle or answer for, or has; a certifier sees all, since she
    certifies by it.
    """
    if actor.has("certifier"):
        return ResultEntry.id.is_not(None)
    return or_(own_results(actor), own_entries(actor), settleable(actor), settled_by(actor), answerable(actor))
