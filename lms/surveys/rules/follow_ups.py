"""Follow-ups: questions some time afterwards, by a link that needs no signing in and counts once."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date

from lms.ids import PUBLIC_ID_LENGTH

_MARK_LENGTH = 32  # hexadecimal digits: 128 bits
#: How many days after its date a follow-up can be answered.
OPEN_DAYS = 60
#: Nobody is asked the same questions twice within so many days, whatever they are about.
REST_DAYS = 45


def follow_up_token(secret_key: str, public_id: str) -> str:
    """Return the token of a follow-up: its public id and the keyed hash of it. Made when its letter is sent."""
    mark = hmac.new(secret_key.encode(), f"follow-up\0{public_id}".encode(), hashlib.sha256).hexdigest()
    return public_id + mark[:_MARK_LENGTH]


def follow_up_of_token(secret_key: str, token: str) -> str | None:
    """Return the public id of the follow-up that a token was made for; None when it was not made here."""
    public_id = token[:PUBLIC_ID_LENGTH]
    genuine = follow_up_token(secret_key, public_id)
    return public_id if hmac.compare_digest(genuine.encode(), token.encode()) else None


def is_too_soon(due_on: date, others: tuple[date, ...]) -> bool:
    """Return whether the same questions are asked of the same person on dates that lie too near."""
    return any(abs((due_on - each).days) < REST_DAYS for each in others)
