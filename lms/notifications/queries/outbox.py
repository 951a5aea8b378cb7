"""Letters in lists: what was sent to one person, for herself; and the whole outbox, for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.orm import Session

from lms.notifications.models import STATES, Letter

PAGE_SIZE = 50


@dataclass(frozen=True)
class SentRow:
    """One letter to a person, as she reads of it."""

    kind: str
    state: str
    channel: str | None
    address: str | None
    created_at: datetime
    run_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class OutboxRow:
    """One letter in the outbox. Its words are nowhere kept, and it names its reader by her address alone."""

    public_id: str
    kind: str
    state: str
    channel: str | None
    address: str | None
    created_at: datetime
    run_at: datetime
    sent_at: datetime | None
    tries: int
    problem: str | None


def list_sent(session: Session, person_id: int, *, page: int = 1) -> list[SentRow]:
    """Return one page of 50 letters to a person, the newest first, without needless ones. One query."""
    columns = (
        Letter.kind,
        Letter.state,
        Letter.channel,
        Letter.address,
        Letter.created_at,
        Letter.run_at,
        Letter.sent_at,
    )
    newest = func.coalesce(Letter.sent_at, Letter.created_at).desc()
    rows = select(*columns).where(_hers(person_id)).order_by(newest, Letter.id.desc())
    return [SentRow(*row) for row in session.execute(_paged(rows, page))]


def count_sent(session: Session, person_id: int) -> int:
    """Return how many rows `list_sent` has on all its pages. One query."""
    return session.execute(select(func.count()).select_from(Letter).where(_hers(person_id))).scalar_one()


def list_outbox(session: Session, *, state: str = "", kind: str = "", page: int = 1) -> list[OutboxRow]:
    """Return one page of 50 letters, the newest first; "" does not narrow. One query."""
    columns = (
        Letter.public_id,
        Letter.kind,
        Letter.state,
        Letter.channel,
        Letter.address,
        Letter.created_at,
        Letter.run_at,
        Letter.sent_at,
        Letter.tries,
        Letter.problem,
    )
    rows = select(*columns).where(_narrowed(state, kind)).order_by(Letter.id.desc())
    return [OutboxRow(*row) for row in session.execute(_paged(rows, page))]


def count_outbox(session: Session, *, kind: str = "") -> dict[str, int]:
    """Return how many letters there are in each state, 0 for none. One query."""
    rows = session.execute(select(Letter.state, func.count()).where(_narrowed("", kind)).group_by(Letter.state))
    found = {row[0]: row[1] for row in rows}
    return {state: found.get(state, 0) for state in STATES}


def find_sort(session: Session, public_id: str) -> tuple[int, str] | None:
    """Return reader and kind of the letter with this id; None for one to nobody here. One query."""
    row = session.execute(select(Letter.person_id, Letter.kind).where(Letter.public_id == public_id)).one_or_none()
    return (row.person_id, row.kind) if row and row.person_id is not None else None


def _hers(person_id: int) -> ColumnElement[bool]:
    return and_(Letter.person_id == person_id, Letter.state != "dropped")


def _narrowed(state: str, kind: str) -> ColumnElement[bool]:
    criteria = [Letter.state == state] if state else []
    return and_(true(), *criteria, *([Letter.kind == kind] if kind else []))


def _paged(rows: Select[*tuple[Any, ...]], page: int) -> Select[*tuple[Any, ...]]:
    return rows.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
