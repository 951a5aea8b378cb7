"""How far persons are with quizzes: who passed, who has one open, who worked since when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from lms.assessments.models import Attempt, AttemptAnswer
from lms.assessments.rules import own_language


@dataclass(frozen=True)
class Pass:
    """A passed quiz. `language` is the reader's own tag in that attempt."""

    passed_at: datetime
    language: str


@dataclass(frozen=True)
class QuizState:
    """How far a person is with one quiz: attempts begun, whether one is open, whether one passed."""

    attempts: int
    is_open: bool
    is_passed: bool


def _of(
    query: Select[*tuple[Any, ...]], person_ids: Collection[int] | None, module_keys: Iterable[str] | None
) -> Select[*tuple[Any, ...]]:
    """Narrow `query` to persons and modules; None means all of them."""
    if person_ids is not None:
        query = query.where(Attempt.person_id.in_(person_ids))
    if module_keys is not None:
        query = query.where(Attempt.module_key.in_(list(module_keys)))
    return query


def passes_of(
    session: Session, person_ids: Collection[int] | None, module_keys: Iterable[str] | None = None
) -> dict[tuple[int, str, int], Pass]:
    """Return {(person id, module key, round): the pass}; None means all persons, or all modules. One query."""
    query = select(
        Attempt.person_id, Attempt.module_key, Attempt.round, Attempt.submitted_at, Attempt.shown_language
    ).where(Attempt.passed.is_(True))
    query = query.order_by(Attempt.number.desc())  # of two passes the first counts, which is read last
    return {
        (row.person_id, row.module_key, row.round): Pass(row.submitted_at, own_language(row.shown_language))
        for row in session.execute(_of(query, person_ids, module_keys))
    }


def states_of(
    session: Session, person_ids: Collection[int], module_keys: Iterable[str]
) -> dict[tuple[int, str, int], QuizState]:
    """Return {(person id, module key, round): how far}, without those that never began. One query."""
    query = select(
        Attempt.person_id,
        Attempt.module_key,
        Attempt.round,
        func.count(),
        func.sum(case((Attempt.submitted_at.is_(None), 1), else_=0)),
        func.sum(case((Attempt.passed.is_(True), 1), else_=0)),
    ).group_by(Attempt.person_id, Attempt.module_key, Attempt.round)
    return {
        (person_id, module_key, number): QuizState(count, bool(is_open), bool(is_passed))
        for person_id, module_key, number, count, is_open, is_passed in session.execute(
            _of(query, person_ids, module_keys)
        )
    }


def worked_since(session: Session, since: Mapping[int, datetime], module_keys: Iterable[str]) -> set[tuple[int, str]]:
    """Return (person id, module key) of who began, saved or handed in an attempt since her instant. One query.

    `since` holds the instant of each person; without people there is no query.
    """
    if not since:
        return set()
    saved = select(func.max(AttemptAnswer.answered_at)).where(AttemptAnswer.attempt_id == Attempt.id)
    columns = (Attempt.started_at, Attempt.submitted_at, saved.correlate(Attempt).scalar_subquery())
    rows = session.execute(_of(select(Attempt.person_id, Attempt.module_key, *columns), since, module_keys))
    return {(row[0], row[1]) for row in rows if any(at is not None and at >= since[row[0]] for at in row[2:])}
