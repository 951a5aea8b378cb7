"""Choosing which levels of the ladder an organization uses. What was asked, begun or earned stays as it is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.content.library import Library, current
from lms.db import upsert
from lms.errors import NotFound, RuleBroken
from lms.organizations.service import check_manages
from lms.people.service import lock
from lms.tracks import policy, queries, rules
from lms.tracks.models import OrganizationLevel
from lms.tracks.specs import TrackSpec


def choose_levels(
    session: Session, actor: Actor, organization_id: int, used: Collection[str], *, at: datetime
) -> tuple[str, ...]:
    """Let an organization use these levels and no others; return those that changed, in the order of the ladder.

    Nothing else changes: assignments, standing rules and enrolments of a level that is off go on. Twice changes
    nothing. Raises `NotFound` unless the actor manages the staff of the organization, `RuleBroken("no-level")` when
    none is left. What is no level is passed over.
    """
    lock(session, [actor.person_id])
    if not policy.can_choose_levels(actor, organization_id):
        raise NotFound
    check_manages(session, actor, organization_id, at)
    ladder = queries.ladder_of(current(session))
    if not set(ladder) & set(used):
        raise RuleBroken("no-level")
    off = queries.levels_off(session, [organization_id]).get(organization_id, frozenset())
    changed = tuple(level for level in ladder if (level in used) == (level in off))
    for level in changed:
        row = {"organization_id": organization_id, "level": level, "is_used": level in used, "set_at": at}
        upsert(session, OrganizationLevel, row, key=("organization_id", "level"), change=("is_used", "set_at"))
    if changed:
        told = {"used": [level for level in ladder if level in used], "changed": list(changed)}
        record(
            session,
            actor.account_id,
            "tracks.levels_chosen",
            "organization",
            organization_id,
            at=at,
            organization_id=organization_id,
            **told,
        )
    return changed


def check_offered(session: Session, library: Library, organization_id: int, track_key: str) -> None:
    """Raise `RuleBroken("level-off")` when the organization does not use the level of a published track. One query."""
    rung = library.spec(TrackSpec, "track", track_key).rung
    off = queries.levels_off(session, [organization_id]).get(organization_id, frozenset())
    if not rules.is_offered(rung, off):
        raise RuleBroken("level-off")
