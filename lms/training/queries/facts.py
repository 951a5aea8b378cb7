"""What tracks count of training from elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select, true
from sqlalchemy.orm import Session

from lms.statements import of_some, some_of
from lms.training.models import EarlierTraining, Recognition
from lms.training.rules import Recognized


def recognized(session: Session, person_ids: Collection[int] | None) -> list[Recognized]:
    """Return what was recognized of these persons (None: of everybody) and stands, by person and date. One query.

    What a supervising provider accepted for yearly hours is not among it.
    """
    return _recognized(session, person_ids, ever=False)


def ever_recognized(session: Session, person_ids: Collection[int] | None) -> list[Recognized]:
    """Return what `recognized` returns, and what was withdrawn since. One query."""
    return _recognized(session, person_ids, ever=True)


def _select_recognized(session: Session, person_ids: Any, ever: bool) -> Select[Any]:
    """Return the statement of `_recognized`."""
    statement = (
        select(
            Recognition.person_id,
            EarlierTraining.public_id,
            Recognition.module_key,
            Recognition.hours_kind,
            Recognition.minutes,
            Recognition.competencies,
            Recognition.learned_on,
            Recognition.recognized_on,
            Recognition.recognized_at,
        )
        .join(EarlierTraining, EarlierTraining.id == Recognition.training_id)
        .where(true() if ever else Recognition.withdrawn_at.is_(None))
        .order_by(Recognition.person_id, Recognition.learned_on, Recognition.id)
    )
    return statement if person_ids is None else statement.where(some_of(session, Recognition.person_id, person_ids))


def _recognized(session: Session, person_ids: Collection[int] | None, *, ever: bool) -> list[Recognized]:
    return [
        Recognized(
            person_id=row.person_id,
            public_id=row.public_id,
            module_key=row.module_key,
            hours_kind=row.hours_kind,
            minutes=row.minutes,
            competencies=tuple(row.competencies),
            learned_on=row.learned_on,
            recognized_on=row.recognized_on,
            recognized_at=row.recognized_at,
        )
        for row in session.execute(*of_some(session, _select_recognized, person_ids, ever))
    ]
