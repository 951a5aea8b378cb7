"""Signing keys: only their public halves are here. A key is added, retired, or found to be compromised."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.certificates.models import SigningKey
from lms.db import insert_once
from lms.errors import NotFound

ALGORITHM = "Ed25519"


def add_key(session: Session, key_id: str, public_key: bytes, *, at: datetime) -> None:
    """Put a key in force from `at`. The same key twice is one."""
    row = {
        "key_id": key_id,
        "purpose": "payload",
        "algorithm": ALGORITHM,
        "public_key": public_key,
        "activated_at": at,
        "retired_at": None,
        "compromised_at": None,
    }
    if insert_once(session, SigningKey, [row]):
        record(session, None, "certificates.key_added", "signing_key", key_id, at=at)


def retire_key(session: Session, key_id: str, *, at: datetime) -> None:
    """Give no new certificate this key; what it signed, and what is reserved under it, stays good."""
    _mark(session, key_id, "retired_at", at)
    record(session, None, "certificates.key_retired", "signing_key", key_id, at=at)


def compromise_key(session: Session, key_id: str, *, at: datetime) -> None:
    """Stop signing with this key at once; editions that are reserved under it are made anew under another."""
    _mark(session, key_id, "compromised_at", at)
    record(session, None, "certificates.key_compromised", "signing_key", key_id, at=at)


def _mark(session: Session, key_id: str, column: str, at: datetime) -> None:
    statement = update(SigningKey).where(SigningKey.key_id == key_id).values({column: at}).returning(SigningKey.id)
    if not session.execute(statement).all():
        raise NotFound(f"no key {key_id}")
