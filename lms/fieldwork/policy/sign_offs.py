"""Who may observe a worker, and see and withdraw it: her organization's supervisors and certifiers, never herself."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, or_, true

from lms.actor import Actor, Span
from lms.fieldwork.models import Observation
from lms.organizations.policy import can_see_fact
from lms.organizations.queries import works_there
from lms.organizations.rules import Sight, sight_of


def can_open(actor: Actor, person_id: int, spans: Iterable[Span]) -> bool:
    """Return whether the actor may open the sign-offs of a person with these spells, as staff."""
    if person_id == actor.person_id:
        return False
    spans = tuple(spans)
    sights = {sight_of(spans, organization_id, actor.today) for organization_id in actor.supervises}
    return actor.has("certifier") or bool(sights - {Sight.NONE})


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


def can_see_observation(actor: Actor, spans: Iterable[Span], organization_id: int | None, observed_on: date) -> bool:
    """Return whether the actor may see, as staff, an observation of a person with these spells."""
    if actor.has("certifier"):
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
    return true() if actor.has("certifier") else ours


def can_withdraw(actor: Actor, person_id: int) -> bool:
    """Return whether the actor may withdraw an observation that she sees: never one of herself."""
    return person_id != actor.person_id
