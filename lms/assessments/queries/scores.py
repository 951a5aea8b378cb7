"""Reads of what assessors gave."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.models import ItemScore, Scoring
from lms.assessments.rules import Grade, Look


@dataclass(frozen=True)
class ScoringRow:
    """One assessor's look at an attempt, with what she gave by question."""

    id: int
    attempt_id: int
    number: int
    scored_by: int
    language: str
    interpreter: str
    has_consent: bool
    note: str
    wants_second: bool
    scored_at: datetime
    client_id: str
    levels: dict[str, dict[str, str]] = field(default_factory=dict)
    grades: dict[str, Grade] = field(default_factory=dict)

    @property
    def look(self) -> Look:
        """Return it as the rule takes it."""
        return Look(self.scored_by, self.levels, self.wants_second)


_COLUMNS = (
    Scoring.id,
    Scoring.attempt_id,
    Scoring.number,
    Scoring.scored_by,
    Scoring.language,
    Scoring.interpreter,
    Scoring.has_consent,
    Scoring.note,
    Scoring.wants_second,
    Scoring.scored_at,
    Scoring.client_id,
)


def scorings_of(session: Session, attempt_ids: Collection[int]) -> dict[int, list[ScoringRow]]:
    """Return {attempt id: what assessors gave, the first first}. One query."""
    rows = session.execute(
        select(*_COLUMNS, ItemScore.item_id, ItemScore.levels, ItemScore.points, ItemScore.correct)
        .join(ItemScore, ItemScore.scoring_id == Scoring.id)
        .where(Scoring.attempt_id.in_(attempt_ids))
        .order_by(Scoring.attempt_id, Scoring.number, ItemScore.id)
    )
    found: dict[int, list[ScoringRow]] = {}
    for *head, item_id, levels, points, correct in rows:
        made = found.setdefault(head[1], [])
        if not made or made[-1].id != head[0]:
            made.append(ScoringRow(*head))
        made[-1].levels[item_id] = levels
        made[-1].grades[item_id] = Grade(points, correct=correct)
    return found


def scores_of(session: Session, attempt_ids: Collection[int]) -> dict[int, dict[str, Grade]]:
    """Return {attempt id: {question: what the last assessor gave}}; once graded, that counts. One query."""
    return {attempt_id: rows[-1].grades for attempt_id, rows in scorings_of(session, attempt_ids).items()}
