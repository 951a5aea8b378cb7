"""What a certificate is today, from its row and its status events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from lms.certificates.rules import states
from lms.clock import local_date
from lms.home.rules import Holding


def holding_of(rows: Sequence[Any], today: date) -> Holding:
    """Return one certificate from its status events, in order; without any it is being prepared."""
    head, events = rows[0], [row for row in rows if row.code is not None]
    standing = states.standing_of(states.Event(row.m, row.code) for row in events)
    edition = standing.edition or 1
    issued = next((row for row in reversed(events) if row.code == "issued"), None)
    valid_until = next((row.until for row in events if row.code == "issued" and row.m == edition), None)
    return Holding(
        public_id=head.key,
        track_key=head.word,
        cycle=head.n,
        serial=head.other,
        state=states.state_of(standing, edition, valid_until, today),
        awarded_at=head.at,
        awarded_on=local_date(head.at),
        issued_on=local_date(issued.then) if issued else None,
        valid_until=valid_until,
        edition=edition,
    )
