"""How far persons are with quizzes: who passed, who has one open, who worked since when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from lms.assessments.models import Attempt, AttemptAnswer, AttemptGrant, Restoration, ResultEntry
from lms.assessments.rules import own_language


@dataclass(frozen=True)
class Pass:
    """A passed quiz. `language` is the reader's own tag in that attempt."""

    passed_at: datetime
    language: str


@dataclass(frozen=True)
class QuizState:
    """How far a person is with one quiz: attempts begun, whether one is open, one passed, one waits for somebody.

    An attempt waits for an assessor, and what a supervisor entered for a second person. `granted` is how many
    attempts staff gave beyond the quiz's own limit, or gave back.
    """

    attempts: int
    is_open: bool
    is_passed: bool
    is_waiting: bool = False
    granted: int = 0

    def beside(self, other: QuizState) -> QuizState:
        """Return what both say of the same quiz as one."""
        return QuizState(
            self.attempts + other.attempts,
            self.is_open or other.is_open,
            self.is_passed or other.is_passed,
            self.is_waiting or other.is_waiting,
            self.granted + other.granted,
        )


def _number(criterion: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((criterion, 1), else_=0))


def granted_of(attempt: Any) -> Any:
    """Return, as a subquery, how many attempts staff gave in the round of the row's attempt."""
    given = (AttemptGrant.person_id == attempt.person_id) & (AttemptGrant.module_key == attempt.module_key)
    count = select(func.count()).where(given, AttemptGrant.round == attempt.round)
    return count.select_from(AttemptGrant).correlate(Attempt).scalar_subquery()


_IS_WAITING = Attempt.submitted_at.is_not(None) & Attempt.passed.is_(None)
_TRIES = select(
    Attempt.person_id,
    Attempt.module_key,
    Attempt.round,
    func.count(),
    _number(Attempt.submitted_at.is_(None)),
    _number(Attempt.passed.is_(True)),
    _number(_IS_WAITING),
    granted_of(Attempt) + func.count(Restoration.id),
).outerjoin(Restoration, Restoration.attempt_id == Attempt.id)
_WAITING = (ResultEntry.person_id, ResultEntry.module_key, ResultEntry.round, *map(literal, (0, 0, 0, 1, 0)))


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
        Attempt.person_id, Attempt.module_key, Attempt.round, Attempt.graded_at, Attempt.shown_language
    ).where(Attempt.passed.is_(True))
    query = query.order_by(Attempt.number.desc())  # of two passes the first counts, which is read last
    return {
        (row.person_id, row.module_key, row.round): Pass(row.graded_at, own_language(row.shown_language))
        for row in session.execute(_of(query, person_ids, module_keys))
    }


def states_of(
    session: Session, person_ids: Collection[int], module_keys: Iterable[str]
) -> dict[tuple[int, str, int], QuizState]:
    """Return {(person id, module key, round): how far}, without those that never began. One query."""
    keys = list(module_keys)
    tries = _of(_TRIES, person_ids, keys).group_by(Attempt.person_id, Attempt.module_key, Attempt.round)
    entries = select(*_WAITING).where(
        ResultEntry.settled_at.is_(None),
        ResultEntry.person_id.in_(person_ids),
        ResultEntry.module_key.in_(keys),
    )
    found: dict[tuple[int, str, int], QuizState] = {}
    both: CompoundSelect[Any] = union_all(tries, entries)
    for row in session.execute(both):
        state, address = QuizState(row[3], bool(row[4]), bool(row[5]), bool(row[6]), row[7]), (row[0], row[1], row[2])
        found[address] = state.beside(found[address]) if address in found else state
    return found


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
