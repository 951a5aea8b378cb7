"""Random names for things that have an address, and keys that a page makes for its form."""

from __future__ import annotations

import secrets
import uuid

PUBLIC_ID_LENGTH = 20
_ALPHABET = b"0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_SYMBOLS = _ALPHABET * 8  # one symbol for each value of a byte, all of them equally often


def new_public_id() -> str:
    """Return 20 random symbols (100 bits) that are safe in an address and easy to read aloud."""
    return secrets.token_bytes(PUBLIC_ID_LENGTH).translate(_SYMBOLS).decode("ascii")


def new_client_id() -> str:
    """Return a random key that a form carries, so that the same form sent twice counts once."""
    return uuid.uuid4().hex
