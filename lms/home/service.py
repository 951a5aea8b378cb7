"""What the gathering pages note: that somebody looked at a worker's record, or took her team's list along."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.db import take_turns
from lms.home import queries, rules
from lms.home.rules import TeamFilter


def note_look(session: Session, actor: Actor, person_id: int, organization_id: int, *, at: datetime) -> bool:
    """Note that the actor looked at a person's record for an organization; return whether it was not noted today.

    The person reads it in her own record. One note a local day is enough.
    """
    take_turns(session, f"look of {actor.account_id} at {person_id}")
    if queries.has_looked(session, actor.account_id, person_id, rules.day_start(at)):
        return False
    record(session, actor.account_id, queries.LOOKED, "person", person_id, at=at, organization_id=organization_id)
    return True


def note_export(session: Session, actor: Actor, kind: str, wanted: TeamFilter, *, at: datetime) -> None:
    """Note that the actor took the list of her team along as a file: of which organizations, and how narrowed."""
    record(
        session,
        actor.account_id,
        "home.team_exported",
        "file",
        kind,
        at=at,
        organizations=list(actor.supervises),
        status=wanted.status,
        track=wanted.track_key,
        has_words=bool(wanted.title or wanted.search),
    )
