"""Reads of what workers say against results that somebody entered for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.models import EntryObjection


@dataclass(frozen=True)
class Objection:
    """What a worker says of one entry. `outcome` is None while it waits for an answer."""

    words: str
    objected_at: datetime
    client_id: str
    outcome: str | None
    answered_by: int | None
    answered_at: datetime | None
    answer: str | None


_COLUMNS = (
    EntryObjection.words,
    EntryObjection.objected_at,
    EntryObjection.client_id,
    EntryObjection.outcome,
    EntryObjection.answered_by,
    EntryObjection.answered_at,
    EntryObjection.answer,
)


def find_objection(session: Session, entry_id: int) -> Objection | None:
    """Return what the worker said of an entry, or None. One query."""
    row = session.execute(select(*_COLUMNS).where(EntryObjection.entry_id == entry_id)).one_or_none()
    return None if row is None else Objection(*row)
