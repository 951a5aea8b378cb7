"""Signing keys: only their public halves are here. A key is added, retired, or found to be compromised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.certificates import queries
from lms.certificates.models import SigningKey
from lms.certificates.rules.kinds import ALGORITHMS
from lms.certificates.rules.payloads import Keys
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken


@dataclass(frozen=True)
class NewKey:
    """The public half of a new key, DER, with the X.509 certificate of a root or page key."""

    key_id: str
    purpose: str
    public_key: bytes
    certificate: bytes | None = None


def add_keys(session: Session, keys: Sequence[NewKey], *, issuer_url: str, at: datetime) -> None:
    """Put keys in force from `at`, for the site at `issuer_url`. The same key twice is one."""
    rows = [
        {
            "key_id": key.key_id,
            "purpose": key.purpose,
            "algorithm": ALGORITHMS[key.purpose],
            "public_key": key.public_key,
            "certificate": key.certificate,
            "issuer_url": issuer_url,
            "activated_at": at,
            "retired_at": None,
            "compromised_at": None,
        }
        for key in keys
    ]
    for new in insert_once(session, SigningKey, rows, "key_id", "purpose"):
        record(session, None, "certificates.key_added", "signing_key", new.key_id, at=at, purpose=new.purpose)


def get_keys(session: Session, at: datetime) -> Keys:
    """Return the keys that new editions are signed with; raise `RuleBroken` when one is missing."""
    found = queries.find_keys_in_force(session, at)
    if found is None:
        raise RuleBroken("no_key")
    return found


def retire_key(session: Session, key_id: str, *, at: datetime) -> None:
    """Give no new certificate this key; what it signed, and what is reserved under it, stays good.

    Once is enough: a later time than the first is not taken. Raises `NotFound`.
    """
    if _mark(session, key_id, "retired_at", at):
        record(session, None, "certificates.key_retired", "signing_key", key_id, at=at)


def compromise_key(session: Session, key_id: str, *, at: datetime) -> None:
    """Stop signing with this key at once; editions that are reserved under it are made anew under another.

    Once is enough: a later time than the first is not taken. Raises `NotFound`.
    """
    if _mark(session, key_id, "compromised_at", at):
        record(session, None, "certificates.key_compromised", "signing_key", key_id, at=at)


def _mark(session: Session, key_id: str, column: str, at: datetime) -> bool:
    """Set the time at which something became of a key, unless it did before; return whether that is new."""
    key = session.scalar(select(SigningKey).where(SigningKey.key_id == key_id).with_for_update())
    if key is None:
        raise NotFound(f"no key {key_id}")
    is_new = getattr(key, column) is None
    if is_new:
        setattr(key, column, at)
    return is_new
