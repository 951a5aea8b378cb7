"""Waivers as pages show them: for what, why, by whom, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, Select, String, column, select, table
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.tracks.models import Waiver
from lms.tracks.policy import visible_waivers

#: Foreign keys name tables, and so do these joins.
_ACCOUNTS = table("accounts", column("id", Integer), column("person_id", Integer))
_PEOPLE = table("people", column("id", Integer), column("name", String))


@dataclass(frozen=True)
class WaiverRow:
    """One waiver. `by_name` granted it."""

    public_id: str
    person_id: int
    track_key: str
    cycle: int
    requirement: str
    reason_code: str
    note: str
    granted_at: datetime
    ends_on: date | None
    withdrawn_at: datetime | None
    by_name: str

    def stands_on(self, day: date) -> bool:
        """Return whether it counts on a local date, in a cycle that is not completed yet."""
        return self.withdrawn_at is None and (self.ends_on is None or day <= self.ends_on)


def list_waivers(session: Session, actor: Actor, person_id: int, track_key: str | None = None) -> list[WaiverRow]:
    """Return a person's waivers that the actor may read, of one track or of all, the newest first. One query."""
    statement = _select().where(Waiver.person_id == person_id, visible_waivers(actor)).order_by(Waiver.id.desc())
    if track_key is not None:
        statement = statement.where(Waiver.track_key == track_key)
    return [WaiverRow(*row) for row in session.execute(statement)]


def is_granted(session: Session, waiver_id: int) -> bool | None:
    """Return whether a waiver stands, or was taken back; None where there is none. One query."""
    row = session.execute(select(Waiver.withdrawn_at).where(Waiver.id == waiver_id)).one_or_none()
    return row.withdrawn_at is None if row else None


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Waiver.public_id,
            Waiver.person_id,
            Waiver.track_key,
            Waiver.cycle,
            Waiver.requirement,
            Waiver.reason_code,
            Waiver.note,
            Waiver.granted_at,
            Waiver.ends_on,
            Waiver.withdrawn_at,
            _PEOPLE.c.name,
        )
        .join(_ACCOUNTS, _ACCOUNTS.c.id == Waiver.granted_by)
        .join(_PEOPLE, _PEOPLE.c.id == _ACCOUNTS.c.person_id)
    )
