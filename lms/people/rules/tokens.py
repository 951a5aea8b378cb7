"""Tokens and codes: keyed hashes of random names, so that the database holds nothing worth stealing."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from lms.ids import PUBLIC_ID_LENGTH

_MARK_LENGTH = 32  # hexadecimal digits: 128 bits
#: Letters and digits that nobody confuses.
_SPARE_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
SPARE_CODES = 8


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


def guess_bucket(secret_key: str, identifier: str, account_public_id: str) -> str:
    """Return under which name wrong passwords are counted: for one account, by the contact that was typed."""
    return bucket(secret_key, "identifier", f"{identifier}\0{account_public_id}")


def token_hash(token: str) -> str:
    """Return the SHA-256 of a random token, in hexadecimal: what the database keeps of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_spare_codes() -> tuple[str, ...]:
    """Return eight random spare codes of fifty bits, as two groups of five signs."""
    return tuple("-".join(_signs() for _ in range(2)) for _ in range(SPARE_CODES))


def _signs() -> str:
    return "".join(secrets.choice(_SPARE_SIGNS) for _ in range(5))


def spare_code_hash(typed: str) -> str:
    """Return what the database keeps of a spare code, however it is typed: with capitals, blanks or without a dash."""
    return token_hash("".join(typed.casefold().replace("-", "").split()))
