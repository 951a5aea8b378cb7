"""Sealing answers with the secret of this installation: into the pool, and out of it again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from lms.config import DEFAULT_SECRET
from lms.surveys import rules
from lms.surveys.models import WaitingAnswer

POOL = cast("Table", WaitingAnswer.__table__)
_key = rules.key_of(DEFAULT_SECRET)


def use_key(secret_key: str) -> None:
    """Let this process seal and open answers with the installation's secret (`LMS_SECRET_KEY`)."""
    global _key  # noqa: PLW0603 -- one process serves one installation
    _key = rules.key_of(secret_key)


def sealed(survey_key: str, kind: str, content: Mapping[str, Any], room: int) -> dict[str, Any]:
    """Return the row of an answer that waits, in a box of `room` bytes. `kind` is one of `models.sheets.KINDS`."""
    return {
        "id": secrets.token_hex(16),
        "survey_key": survey_key,
        "kind": kind,
        "box": rules.seal(_key, {**content, "room": room}, room),
    }


def opened(box: bytes) -> dict[str, Any] | None:
    """Return what a box holds; None when this installation's secret does not open it."""
    return rules.unseal(_key, box)


def put(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put sealed answers into the pool, in the order of their random ids, which tells nothing."""
    if rows:
        session.execute(insert(POOL), sorted((dict(row) for row in rows), key=lambda row: str(row["id"])))
