"""Addresses that carry a secret: the code on the wall of a session, and a person's calendar."""

from __future__ import annotations

import hashlib
import hmac

from lms.ids import PUBLIC_ID_LENGTH

_HERE, _FEED = 20, 32  # hexadecimal digits: 80 bits for some hours, 128 for years


def _keyed(secret_key: str, use: str, value: str, length: int) -> str:
    return hmac.new(secret_key.encode(), f"{use}\0{value}".encode(), hashlib.sha256).hexdigest()[:length]


def here_token(secret_key: str, public_id: str, stamp: str) -> str:
    """Return what the code on the wall of a session says; another stamp makes another one."""
    return _keyed(secret_key, "here", f"{public_id}\0{stamp}", _HERE)


def is_here_token(secret_key: str, public_id: str, stamp: str, token: str) -> bool:
    """Return whether `token` is what the code on the wall of a session says now."""
    return hmac.compare_digest(here_token(secret_key, public_id, stamp).encode(), token.encode())


def feed_token(secret_key: str, public_id: str) -> str:
    """Return the secret part of a calendar's address."""
    return public_id + _keyed(secret_key, "calendar", public_id, _FEED)


def feed_of_token(secret_key: str, token: str) -> str | None:
    """Return the public id of the calendar that `token` opens; None when it was not made here."""
    public_id = token[:PUBLIC_ID_LENGTH]
    genuine = feed_token(secret_key, public_id)
    return public_id if hmac.compare_digest(genuine.encode(), token.encode()) else None
