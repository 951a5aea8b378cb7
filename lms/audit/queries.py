"""Reads of the audit trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit import rules
from lms.audit.models import AuditEvent
from lms.audit.rules import Event, Verification

PAGE = 50
_STEP = 1000


@dataclass(frozen=True)
class EventRow:
    """One event as administrators read it. `actor_account_id` is None for the program itself."""

    id: int
    at: datetime
    actor_account_id: int | None
    action: str
    details: Mapping[str, Any]


def list_events(session: Session, subject_kind: str, subject_id: object, page: int = 1) -> list[EventRow]:
    """Return a page of 50 events about one subject, the newest first."""
    rows = session.execute(
        select(AuditEvent.id, AuditEvent.at, AuditEvent.actor_account_id, AuditEvent.action, AuditEvent.details)
        .where(AuditEvent.subject_kind == subject_kind, AuditEvent.subject_id == str(subject_id))
        .order_by(AuditEvent.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    return [EventRow(*row) for row in rows]


#: The columns that are hashed, in the order of `Event`.
HASHED = (
    AuditEvent.id,
    AuditEvent.at,
    AuditEvent.actor_account_id,
    AuditEvent.action,
    AuditEvent.subject_kind,
    AuditEvent.subject_id,
    AuditEvent.organization_id,
    AuditEvent.details,
)


def verify(session: Session, heads: Mapping[int, str] | None = None) -> Verification:
    """Return whether the whole trail still is what was chained; `heads` are hashes kept elsewhere, by event id."""
    return rules.verify(_all_events(session), heads or {})


def check_chain(session: Session) -> list[str]:
    """Return what is wrong with the audit trail, one line each, for `lms doctor`; nothing when all is well."""
    fault = verify(session).fault
    return [f"audit: {fault}"] if fault else []


def _all_events(session: Session) -> Iterator[tuple[Event, str | None]]:
    """Yield every event with its hash in the order of ids, read in slices."""
    last = 0
    while True:
        rows = session.execute(
            select(*HASHED, AuditEvent.chain_hash).where(AuditEvent.id > last).order_by(AuditEvent.id).limit(_STEP)
        ).all()
        for row in rows:
            last = row.id
            yield Event(*row[:-1]), row.chain_hash
        if len(rows) < _STEP:
            return
