"""By what a text message is known again that a gateway brings twice, and when it was sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: An id that is longer is kept as its SHA-256.
LONGEST_ID = 100
#: Seconds since 1970 reach this in the year 5138: a greater number counts milliseconds.
_MILLISECONDS = 1e11


@dataclass(frozen=True)
class Mark:
    """By what a text message is known again: the gateway's id of it, and when it was sent by the gateway's clock."""

    message_id: str
    sent_at: datetime


def mark_of(number: str, text: str, message_id: str, sent: str, at: datetime) -> Mark | None:
    """Return by what a text that arrives at `at` is known again; None where a gateway gives neither id nor time.

    `sent` is an instant as ISO 8601 or RFC 5322 write it, or in seconds or milliseconds since 1970; one without a
    zone is UTC, one that nobody can read is none, and one that lies ahead is `at`.
    """
    sent_at = _instant(sent.strip())
    if not message_id.strip() and sent_at is None:
        return None
    key = message_id.strip() or f"{sent.strip()} {text}"
    if len(key) > LONGEST_ID or not message_id.strip():
        key = hashlib.sha256(f"{number} {key}".encode()).hexdigest()
    return Mark(key, min(sent_at or at, at))


def _instant(text: str) -> datetime | None:
    for read in (_since_1970, datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            continue
    return None


def _since_1970(text: str) -> datetime:
    seconds = float(text)
    return datetime.fromtimestamp(seconds / 1000 if seconds > _MILLISECONDS else seconds, UTC)
