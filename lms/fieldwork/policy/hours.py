"""Who may see, countersign and return hours: the organization they were entered for, never the one who did them.

Where she asks for it, also the host of a practicum: it sees that entry and her name, and nothing else of her.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, exists, or_

from lms.actor import Actor, Span
from lms.fieldwork.models import HoursEntry, HoursHost
from lms.fieldwork.rules.hours import SETTLE_DAYS, may_settle
from lms.organizations.policy import can_see_fact
from lms.organizations.queries import worked_there, works_there
from lms.organizations.queries.supervising import lets_stand_in

#: Who countersigns for people who answer for the staff themselves.
OFFICE = ("certifier", "administrator")


def can_see_entry(
    actor: Actor,
    spans: Iterable[Span],
    organization_id: int,
    done_on: date,
    *,
    is_of_supervisor: bool,
    asked: int | None = None,
) -> bool:
    """Return whether the actor may see, as staff, an entry of a person with these spells.

    `asked` is the host that its worker asks to countersign.
    """
    if (is_of_supervisor and actor.has(*OFFICE)) or (asked is not None and asked in actor.supervises):
        return True
    return can_see_fact(actor, spans, organization_id, done_on)


def visible_entries(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the entries that `can_see_entry` lets the actor see."""
    return or_(staff_entries(actor), _hosted(actor))


def staff_entries(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of those of them that are of her own organizations, or of supervisors."""
    entry, done_on = HoursEntry, cast("Any", HoursEntry.done_on)
    own = and_(
        entry.organization_id.in_(actor.supervises),
        or_(
            works_there(entry.person_id, entry.organization_id, actor.today),
            works_there(entry.person_id, entry.organization_id, done_on),
        ),
    )
    return or_(own, entry.is_of_supervisor) if actor.has(*OFFICE) else own


def _hosted(actor: Actor, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the criterion of the entries whose workers ask one of the actor's organizations, as the host."""
    host = HoursHost.entry_id == HoursEntry.id, HoursHost.is_asked, HoursHost.organization_id.in_(actor.supervises)
    return exists().where(*host, *more).correlate(HoursEntry)


def can_settle_as_host(actor: Actor, person_id: int, organization_id: int) -> bool:
    """Return whether the actor may settle an entry whose worker asks this organization, its host: never her own."""
    return person_id != actor.person_id and organization_id in actor.supervises


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
    """Return the criterion of the entries that `can_settle` or `can_settle_as_host` lets the actor settle.

    Without those of the person for whom she stands in: nobody chooses who countersigns for her.
    """
    entry, host = HoursEntry, cast("Any", HoursHost.organization_id)
    by_proxy = lets_stand_in(entry.person_id, entry.organization_id, actor.person_id, actor.today)
    oldest = actor.today - timedelta(days=SETTLE_DAYS)
    in_time = worked_there(entry.person_id, entry.organization_id, actor.today, oldest)
    if actor.has(*OFFICE):
        in_time = or_(in_time, entry.is_of_supervisor)
    there = lets_stand_in(entry.person_id, host, actor.person_id, actor.today)
    proxy_there = there.correlate(HoursEntry, HoursHost)  # else, two selects deep, it would ask of any entry
    theirs = or_(and_(staff_entries(actor), in_time, ~by_proxy), _hosted(actor, ~proxy_there))
    return and_(theirs, entry.person_id != actor.person_id)
