"""How audit events are chained: each hash covers the event and the hash before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

#: What stands before the first event.
BEGINNING = "0" * 64


@dataclass(frozen=True)
class Event:
    """One audit event as it is hashed."""

    id: int
    at: datetime
    actor_account_id: int | None
    action: str
    subject_kind: str
    subject_id: str
    organization_id: int | None
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Verification:
    """What a check of the chain found.

    `first_bad` is the id of the first event that does not fit (or is missing), None when all is well; `last`
    and `head` are the newest chained event and its hash, to be kept elsewhere; `waiting` events have no hash yet.
    """

    checked: int
    waiting: int
    first_bad: int | None
    last: int | None
    head: str

    @property
    def fault(self) -> str:
        """Return what is wrong in one sentence; "" when all is well."""
        if self.first_bad is None:
            return ""
        return f"the audit trail was altered: event {self.first_bad} is not what was chained, or is missing"


def chain_hash(previous: str, event: Event) -> str:
    """Return the SHA-256, in hexadecimal, over the previous event's hash and every column of this one."""
    columns = {**asdict(event), "at": event.at.astimezone(UTC).isoformat(timespec="microseconds")}
    text = json.dumps(columns, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def verify(rows: Iterable[tuple[Event, str | None]], heads: Mapping[int, str]) -> Verification:
    """Return whether events, in the order of ids, still are what was chained.

    `heads` are hashes by event id that were kept elsewhere: without one, a cut tail or a chain that was
    computed anew cannot be told.
    """
    checked = waiting = 0
    previous, last, bad = BEGINNING, None, None
    unseen = dict(heads)
    for event, stored in rows:
        if stored is None:
            waiting += 1
            continue
        expected = chain_hash(previous, event)
        fits = stored == expected and not waiting and unseen.pop(event.id, stored) == stored
        if not fits and bad is None:
            bad = event.id
        checked, previous, last = checked + 1, stored, event.id
    if bad is None and unseen:
        bad = min(unseen)
    return Verification(checked, waiting, bad, last, previous)
