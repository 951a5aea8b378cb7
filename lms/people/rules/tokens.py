"""Tokens and codes: keyed hashes of random names, so that the database holds nothing worth stealing."""

from __future__ import annotations

import hashlib
import hmac

from lms.ids import PUBLIC_ID_LENGTH

_MARK_LENGTH = 32  # hexadecimal digits: 128 bits


def _keyed(secret_key: str, use: str, value: str) -> bytes:
    return hmac.new(secret_key.encode(), f"{use}\0{value}".encode(), hashlib.sha256).digest()


def link_token(secret_key: str, link_public_id: str) -> str:
    """Return the token of a link: its public id and the keyed hash of it. Made when it is sent or shown."""
    return link_public_id + _keyed(secret_key, "link", link_public_id).hex()[:_MARK_LENGTH]


def link_of_token(secret_key: str, token: str) -> str | None:
    """Return the public id of the link that `token` opens; None when the token was not made here."""
    public_id = token[:PUBLIC_ID_LENGTH]
    genuine = link_token(secret_key, public_id)
    return public_id if hmac.compare_digest(genuine.encode(), token.encode()) else None


def code_digits(secret_key: str, code_public_id: str) -> str:
    """Return the six digits of a one-time code."""
    return f"{int.from_bytes(_keyed(secret_key, 'code', code_public_id)) % 1_000_000:06d}"


def bucket(secret_key: str, kind: str, value: str) -> str:
    """Return under which name guesses at `value` are counted: 64 hexadecimal digits that name nobody."""
    return _keyed(secret_key, f"bucket {kind}", value).hex()


def token_hash(token: str) -> str:
    """Return the SHA-256 of a random token, in hexadecimal: what the database keeps of it."""
    return hashlib.sha256(token.encode()).hexdigest()
