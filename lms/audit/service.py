"""Adding to the audit trail, in the transaction of the cause; and chaining it, in a job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, insert, select, text, update
from sqlalchemy.orm import Session

from lms.audit import queries, rules
from lms.audit.models import AuditEvent
from lms.audit.rules import Event
from lms.db import is_postgresql

_ADD = insert(cast("Table", AuditEvent.__table__))


def record(
    session: Session,
    actor_account_id: int | None,
    action: str,
    subject_kind: str,
    subject_id: object,
    *,
    at: datetime,
    organization_id: int | None = None,
    **details: object,
) -> None:
    """Add one event: who (None: the program itself) did what to what. `details` hold ids and codes, no names."""
    session.execute(
        _ADD,
        {
            "at": at,
            "actor_account_id": actor_account_id,
            "action": action,
            "subject_kind": subject_kind,
            "subject_id": str(subject_id),
            "organization_id": organization_id,
            "details": {key: _plain(value) for key, value in details.items()},
        },
    )


def record_many(
    session: Session,
    actor_account_id: int | None,
    action: str,
    subject_kind: str,
    subjects: Iterable[tuple[object, Mapping[str, object]]],
    *,
    at: datetime,
    organization_id: int | None = None,
) -> None:
    """Add one event for each subject, given as its id and details, in few statements. Otherwise as `record`."""
    same = {"at": at, "actor_account_id": actor_account_id, "action": action, "subject_kind": subject_kind}
    rows = [
        {
            **same,
            "subject_id": str(subject_id),
            "organization_id": details.get("organization_id", organization_id),
            "details": {key: _plain(value) for key, value in details.items() if key != "organization_id"},
        }
        for subject_id, details in subjects
    ]
    if rows:
        session.execute(_ADD, rows)


def _plain(value: object) -> Any:
    """Return `value` as JSON can hold it: dates as ISO 8601, sets and tuples as lists."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(item) for item in value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


def chain(session: Session, *, limit: int = 500) -> tuple[int, str]:
    """Hash the next events in the order of ids, at most `limit`; return how many, and "id:hash" of the newest.

    On PostgreSQL the table is held against writers meanwhile: an id that was handed out earlier but is not yet
    committed could otherwise slip in behind the chain.
    """
    if is_postgresql(session):
        session.execute(text("LOCK TABLE audit_events IN SHARE ROW EXCLUSIVE MODE"))
    newest = session.execute(
        select(AuditEvent.id, AuditEvent.chain_hash)
        .where(AuditEvent.chain_hash.is_not(None))
        .order_by(AuditEvent.id.desc())
        .limit(1)
    ).one_or_none()
    last, previous = (newest.id, str(newest.chain_hash)) if newest else (0, rules.BEGINNING)
    rows = session.execute(
        select(*queries.HASHED).where(AuditEvent.id > last).order_by(AuditEvent.id).limit(limit)
    ).all()
    changes = []
    for row in rows:
        last, previous = row.id, rules.chain_hash(previous, Event(*row))
        changes.append({"id": last, "chain_hash": previous})
    if changes:
        session.execute(update(AuditEvent), changes)
    return len(rows), f"{last}:{previous}"
