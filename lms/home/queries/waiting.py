"""What waits for a supervisor on other pages of hers, counted as those pages count it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.fieldwork.policy.hours import settled_by
from lms.fieldwork.policy.sessions import kept_sessions
from lms.fieldwork.queries import hours, sessions
from lms.statements import place
from lms.training.queries import select_waiting


@dataclass(frozen=True)
class WaitingCounts:
    """How many entries of hours and requests for yearly hours wait, and how many sessions she keeps lie ahead."""

    hours: int
    training: int
    sessions: int


def count_waiting(session: Session, actor: Actor, at: datetime) -> WaitingCounts:
    """Return what waits for the actor at the instant `at`. One query."""
    return WaitingCounts(*session.execute(_select_waiting(actor), {"at": at}).one())


@lru_cache(maxsize=64)
def _select_waiting(actor: Actor) -> Select[*tuple[int, ...]]:
    """Return the statement of somebody as she is today, who looks at her team again and again."""
    counts = (
        hours.select_count(settled_by(actor) & hours.is_waiting()),
        select_waiting(actor.supervises, actor.today, but_of=actor.person_id),
        sessions.select_count(kept_sessions(actor) & ~sessions.is_past(place("at"))),
    )
    return select(*(each.scalar_subquery() for each in counts))
