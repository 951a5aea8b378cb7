"""What tracks count of training from elsewhere."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from lms.db import among
from lms.training.models import EarlierTraining, Recognition
from lms.training.rules import Recognized


def recognized(session: Session, person_ids: Collection[int] | None) -> list[Recognized]:
    """Return what was recognized of these persons (None: of everybody) and stands, by person and date. One query.

    What a supervising provider accepted for yearly hours is not among it.
    """
    return _recognized(session, person_ids, Recognition.withdrawn_at.is_(None))


def ever_recognized(session: Session, person_ids: Collection[int] | None) -> list[Recognized]:
    """Return what `recognized` returns, and what was withdrawn since. One query."""
    return _recognized(session, person_ids, true())


def _recognized(
    session: Session, person_ids: Collection[int] | None, criterion: ColumnElement[bool]
) -> list[Recognized]:
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
        .where(criterion)
        .order_by(Recognition.person_id, Recognition.learned_on, Recognition.id)
    )
    if person_ids is not None:
        statement = statement.where(among(session, Recognition.person_id, person_ids))
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
        for row in session.execute(statement)
    ]
