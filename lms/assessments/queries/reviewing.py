"""A person's attempts of one round, for her to look at again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.models import Attempt


@dataclass(frozen=True)
class Earlier:
    """One attempt that was handed in, in short."""

    public_id: str
    number: int
    submitted_at: datetime | None
    percent: int | None
    passed: bool | None


def list_earlier(session: Session, person_id: int, module_key: str, round_number: int) -> Sequence[Earlier]:
    """Return the attempts of a round that a person handed in, the newest first. One query."""
    rows = (
        select(Attempt.public_id, Attempt.number, Attempt.submitted_at, Attempt.percent, Attempt.passed)
        .where(
            Attempt.person_id == person_id,
            Attempt.module_key == module_key,
            Attempt.round == round_number,
            Attempt.submitted_at.is_not(None),
        )
        .order_by(Attempt.number.desc())
    )
    return [Earlier(*row) for row in session.execute(rows)]
