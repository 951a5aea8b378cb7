"""Reads of what workers say against results that somebody entered for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.models import EntryObjection, ResultEntry


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


@dataclass(frozen=True)
class Objected:
    """An entry to which its worker objected: what became of it, and what she was answered (None: nothing yet)."""

    public_id: str
    taken_on: date
    outcome: str | None
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


def list_objected(session: Session, person_id: int, module_key: str, round_number: int) -> list[Objected]:
    """Return what a worker objected to in a round of a quiz and no attempt of hers shows, the newest first. One query.

    It waits still, was withdrawn, or was rejected; what became an attempt stands on that one's page.
    """
    columns = (ResultEntry.public_id, ResultEntry.taken_on, ResultEntry.outcome, EntryObjection.outcome)
    of = (
        ResultEntry.person_id == person_id,
        ResultEntry.module_key == module_key,
        ResultEntry.round == round_number,
        ResultEntry.attempt_id.is_(None),
    )
    joined = select(*columns).join(EntryObjection, EntryObjection.entry_id == ResultEntry.id).where(*of)
    return [Objected(*row) for row in session.execute(joined.order_by(ResultEntry.id.desc()))]
