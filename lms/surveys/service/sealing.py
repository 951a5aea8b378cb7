"""Sealing answers with the key of an installation, and putting them into the pool."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from lms.surveys import rules
from lms.surveys.models import WaitingAnswer

POOL = cast("Table", WaitingAnswer.__table__)


def sealed(key: bytes, survey_key: str, kind: str, content: Mapping[str, Any], room: int) -> dict[str, Any]:
    """Return the row of an answer that waits, in a box of `room` bytes that `key` (`rules.key_of`) opens.

    `kind` is one of `models.sheets.KINDS`.
    """
    return {
        "id": secrets.token_hex(16),
        "survey_key": survey_key,
        "kind": kind,
        "box": rules.seal(key, {**content, "room": room}, room),
    }


def put(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put sealed answers into the pool, in the order of their random ids, which tells nothing."""
    if rows:
        session.execute(insert(POOL), sorted((dict(row) for row in rows), key=lambda row: str(row["id"])))
