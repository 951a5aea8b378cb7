"""Which levels of the ladder organizations do not use, and what of such a level goes on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from lms.competencies.specs import FrameworkSpec
from lms.content.library import Library
from lms.organizations.queries import PEOPLE, works_there
from lms.tracks.models import Assignment, AssignmentRule, OrganizationLevel, TrackCompletion
from lms.tracks.specs import TrackSpec


@dataclass(frozen=True)
class GoesOn:
    """Somebody who is asked for a track and has not finished it."""

    track_key: str
    name: str


def ladder_of(library: Library) -> list[str]:
    """Return the ids of the levels of every published framework, from the first step up."""
    frameworks = (library.spec(FrameworkSpec, "framework", key) for key in library.keys("framework"))
    return list(dict.fromkeys(level.id for framework in frameworks for level in framework.levels))


def track_levels(library: Library) -> dict[str, str]:
    """Return the level of every published track."""
    return {key: library.spec(TrackSpec, "track", key).level for key in library.keys("track")}


def levels_off(session: Session, organization_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Return the levels that each of these organizations does not use; one that uses all is left out. One query."""
    found: dict[int, set[str]] = {}
    off = select(OrganizationLevel.organization_id, OrganizationLevel.level).where(OrganizationLevel.is_used.is_(False))
    for place, level in session.execute(off.where(OrganizationLevel.organization_id.in_(organization_ids))):
        found.setdefault(place, set()).add(level)
    return {place: frozenset(levels) for place, levels in found.items()}


def places_without(session: Session, level: str) -> frozenset[int]:
    """Return the organizations that do not use a level. One query."""
    off = select(OrganizationLevel.organization_id).where(
        OrganizationLevel.level == level, OrganizationLevel.is_used.is_(False)
    )
    return frozenset(session.scalars(off))


def list_going_on(session: Session, organization_id: int, track_keys: Collection[str], today: date) -> list[GoesOn]:
    """Return who works at an organization and has not finished one of these tracks that it asks, by name. One query."""
    done = exists().where(
        TrackCompletion.person_id == Assignment.person_id,
        TrackCompletion.track_key == Assignment.track_key,
        TrackCompletion.cycle >= Assignment.cycle,
    )
    rows = session.execute(
        select(Assignment.track_key, PEOPLE.c.name)
        .join(PEOPLE, PEOPLE.c.id == Assignment.person_id)
        .where(
            Assignment.organization_id == organization_id,
            Assignment.track_key.in_(track_keys),
            Assignment.undone_at.is_(None),
            works_there(Assignment.person_id, Assignment.organization_id, today),
            ~done,
        )
        .order_by(PEOPLE.c.search_key, PEOPLE.c.id)
    )
    return list(dict.fromkeys(GoesOn(*row) for row in rows))


def rules_of(organization_id: int, track_keys: Collection[str]) -> ColumnElement[bool]:
    """Return the criterion of the standing rules of an organization that ask for one of these tracks."""
    ours = AssignmentRule.organization_id == organization_id
    return ours & AssignmentRule.track_key.in_(track_keys) & AssignmentRule.ended_at.is_(None)
