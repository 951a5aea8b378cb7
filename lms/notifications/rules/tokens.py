"""The address in a letter that stops letters of its sort: it works signed out, so it carries its own proof."""

from __future__ import annotations

import hashlib
import hmac

from lms.ids import PUBLIC_ID_LENGTH

_MARK_LENGTH = 32  # hexadecimal digits: 128 bits


def stop_token(secret_key: str, letter_public_id: str) -> str:
    """Return the token of a letter: its public id and the keyed hash of it. Made when the letter is sent."""
    mark = hmac.new(secret_key.encode(), f"stop letters\0{letter_public_id}".encode(), hashlib.sha256).hexdigest()
    return letter_public_id + mark[:_MARK_LENGTH]


def letter_of_token(secret_key: str, token: str) -> str | None:
    """Return the public id of the letter that a token was made for; None when it was not made here."""
    public_id = token[:PUBLIC_ID_LENGTH]
    genuine = stop_token(secret_key, public_id)
    return public_id if hmac.compare_digest(genuine.encode(), token.encode()) else None


def is_secret(given: str, expected: str) -> bool:
    """Return whether a shared secret is the one that the settings name; never while they name none."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())
