"""Who may see, countersign and return hours: the organization they were entered for, never the one who did them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, or_

from lms.actor import Actor, Span
from lms.fieldwork.models import HoursEntry
from lms.fieldwork.rules.hours import SETTLE_DAYS, may_settle
from lms.organizations.policy import can_see_fact
from lms.organizations.queries import worked_there, works_there
from lms.organizations.queries.supervising import lets_stand_in

#: Who countersigns for people who answer for the staff themselves.
OFFICE = ("certifier", "administrator")


def can_see_entry(
    actor: Actor, spans: Iterable[Span], organization_id: int, done_on: date, *, is_of_supervisor: bool
) -> bool:
    """Return whether the actor may see, as staff, an entry of a person with these spells."""
    if is_of_supervisor and actor.has(*OFFICE):
        return True
    return can_see_fact(actor, spans, organization_id, done_on)


def visible_entries(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the entries that `can_see_entry` lets the actor see."""
    entry = HoursEntry
    done_on = cast("Any", entry.done_on)
    own = and_(
        entry.organization_id.in_(actor.supervises),
        or_(
            works_there(entry.person_id, entry.organization_id, actor.today),
            works_there(entry.person_id, entry.organization_id, done_on),
        ),
    )
    return or_(own, entry.is_of_supervisor) if actor.has(*OFFICE) else own


def can_settle(
    actor: Actor, person_id: int, spans: Iterable[Span], organization_id: int, *, is_of_supervisor: bool
) -> bool:
    """Return whether the actor may countersign or return an entry that she sees: never her own.

    Of one who has left, for a month (`rules.may_settle`). Nor one of a person for whom she stands in there, which
    `settled_by` and `service.hours` ask of the rows.
    """
    if person_id == actor.person_id:
        return False
    if is_of_supervisor and actor.has(*OFFICE):
        return True
    return organization_id in actor.supervises and may_settle(spans, organization_id, actor.today)


def settled_by(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the entries that the actor sees and `can_settle` lets her countersign or return.

    Without those of the person for whom she stands in: nobody chooses who countersigns for her.
    """
    entry = HoursEntry
    by_proxy = lets_stand_in(entry.person_id, entry.organization_id, actor.person_id, actor.today)
    oldest = actor.today - timedelta(days=SETTLE_DAYS)
    in_time = worked_there(entry.person_id, entry.organization_id, actor.today, oldest)
    if actor.has(*OFFICE):
        in_time = or_(in_time, entry.is_of_supervisor)
    return and_(visible_entries(actor), entry.person_id != actor.person_id, in_time, ~by_proxy)
