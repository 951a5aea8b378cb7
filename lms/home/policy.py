"""Who may open a person's page from a team; beside the check the same as a row filter."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement

from lms.actor import Actor, Span
from lms.home.queries.facts import TABLES
from lms.organizations.rules import Sight, sight_of


def can_open(actor: Actor, spans: Iterable[Span]) -> bool:
    """Return whether the actor may open the page of a person with these spells: she works, or worked, for her.

    What the page then shows follows from `organizations.rules.may_see`, fact by fact.
    """
    spans = tuple(spans)
    sights = {sight_of(spans, organization_id, actor.today) for organization_id in actor.supervises}
    return bool(sights - {Sight.NONE})


def visible_spells(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the spells by which `can_open` lets the actor see a person."""
    spell = TABLES["employments"].c
    return spell.organization_id.in_(actor.supervises) & (spell.started_on <= actor.today)


def can_read_reason(actor: Actor, person_id: int, organization_id: int) -> bool:
    """Return whether the actor may read why a person's spell at an organization ended.

    Only the employer that recorded it and the worker herself may.
    """
    return actor.person_id == person_id or organization_id in actor.supervises
