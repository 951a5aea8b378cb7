"""Random names for things that have an address, and keys that a page makes for its form."""

from __future__ import annotations

import secrets
import uuid

PUBLIC_ID_LENGTH = 20
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u


def new_public_id() -> str:
    """Return 20 random symbols (100 bits) that are safe in an address and easy to read aloud."""
    return "".join(_ALPHABET[byte % 32] for byte in secrets.token_bytes(PUBLIC_ID_LENGTH))


def new_client_id() -> str:
    """Return a random key that a form carries, so that the same form sent twice counts once."""
    return uuid.uuid4().hex
