"""Who may observe a worker, and see and withdraw it: supervisors, certifiers and trainers, never herself.

Supervisors do so for the organizations whose staff they answer for, certifiers for everybody. A trainer observes those
who come to class: whoever has a place in, or was noted at, a session of the last year whose list she keeps. Trainers
keep every list, so she learns no name that she does not see there; of sign-offs she sees those alone that she signed.
Her own classes would be narrower, and useless: who taught a worker is not independent of her, and the tracks that ask
for an observation at all ask for somebody who is. Those who only enrolled stay out of her sight.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, false, or_, select

from lms.actor import Actor, Span
from lms.fieldwork.models import AttendanceEntry, GroupSession, Observation, SignUp
from lms.fieldwork.policy.sessions import kept_sessions
from lms.fieldwork.rules.sign_offs import CLASS_DAYS
from lms.organizations.policy import can_see_fact
from lms.organizations.queries import PEOPLE, works_there
from lms.organizations.rules import Sight, sight_of


def can_open(actor: Actor, person_id: int, spans: Iterable[Span], *, in_class: bool) -> bool:
    """Return whether the actor may open the sign-offs of a person with these spells, as staff.

    `in_class`: she is one of `in_class_of`.
    """
    if person_id == actor.person_id:
        return False
    spans = tuple(spans)
    sights = {sight_of(spans, organization_id, actor.today) for organization_id in actor.supervises}
    return actor.has("certifier") or bool(sights - {Sight.NONE}) or (actor.has("trainer") and in_class)


def in_class_of(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the people whom a trainer may observe; nobody for other readers."""
    if not actor.has("trainer"):
        return false()
    lately = GroupSession.day >= actor.today - timedelta(days=CLASS_DAYS), GroupSession.state != "cancelled"
    lists = select(GroupSession.id).where(*lately, kept_sessions(actor))
    placed = SignUp.placed_at.is_not(None), SignUp.left_at.is_(None), SignUp.group_session_id.in_(lists)
    came = select(AttendanceEntry.person_id).where(AttendanceEntry.group_session_id.in_(lists))
    return or_(PEOPLE.c.id.in_(select(SignUp.person_id).where(*placed)), PEOPLE.c.id.in_(came))


def observes_for(
    actor: Actor, person_id: int, spans: Iterable[Span], supervised: Collection[int], observed_on: date
) -> int | None:
    """Return for which organization the actor may observe a person with these spells on a date, None for none.

    `supervised` are the organizations for whose staff the actor answered on that date.
    """
    if person_id == actor.person_id:
        return None
    places = (span.organization_id for span in spans if span.covers(observed_on))
    return next((place for place in places if place in actor.supervises and place in supervised), None)


def can_see_observation(
    actor: Actor, spans: Iterable[Span], organization_id: int | None, observed_on: date, *, observed_by: int
) -> bool:
    """Return whether the actor may see, as staff, an observation of a person with these spells."""
    if actor.has("certifier") or (actor.has("trainer") and observed_by == actor.account_id):
        return True
    return organization_id is not None and can_see_fact(actor, spans, organization_id, observed_on)


def visible_observations(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the observations that `can_see_observation` lets the actor see."""
    seen = Observation
    organization_id, observed_on = cast("Any", seen.organization_id), cast("Any", seen.observed_on)
    ours = and_(
        seen.organization_id.in_(actor.supervises),
        or_(
            works_there(seen.person_id, organization_id, actor.today),
            works_there(seen.person_id, organization_id, observed_on),
        ),
    )
    if actor.has("certifier"):
        return seen.id.is_not(None)
    return or_(ours, seen.observed_by == actor.account_id) if actor.has("trainer") else ours


def can_withdraw(actor: Actor, person_id: int) -> bool:
    """Return whether the actor may withdraw an observation that she sees: never one of herself."""
    return person_id != actor.person_id
