"""Signing keys and the editions that wait for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.certificates.models import IssueTask, SigningKey


@dataclass(frozen=True)
class PublicKey:
    """The public half of a signing key, and how far it may be trusted."""

    key_id: str
    algorithm: str
    public_key: bytes
    activated_at: datetime
    retired_at: datetime | None
    compromised_at: datetime | None


def list_keys(session: Session) -> list[PublicKey]:
    """Return every key there has ever been, the oldest first."""
    rows = session.execute(
        select(
            SigningKey.key_id,
            SigningKey.algorithm,
            SigningKey.public_key,
            SigningKey.activated_at,
            SigningKey.retired_at,
            SigningKey.compromised_at,
        ).order_by(SigningKey.id)
    )
    return [PublicKey(*row) for row in rows]


def find_current_key(session: Session, at: datetime) -> str | None:
    """Return the id of the key that new certificates get: the newest one in force, or None."""
    return session.execute(
        select(SigningKey.key_id)
        .where(SigningKey.activated_at <= at, SigningKey.retired_at.is_(None), SigningKey.compromised_at.is_(None))
        .order_by(SigningKey.activated_at.desc(), SigningKey.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def count_waiting(session: Session) -> int:
    """Return how many editions still have to be signed, drawn, checked and released."""
    return int(
        session.execute(select(func.count()).select_from(IssueTask).where(IssueTask.done_at.is_(None))).scalar_one()
    )
