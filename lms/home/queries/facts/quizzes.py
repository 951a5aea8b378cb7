"""Facts of quizzes: attempts, what others entered, and what makes them fair."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import Select, case, func, select

from lms.assessments.queries import QuizState
from lms.assessments.rules import Choice, Given
from lms.home.queries.facts.branch import Branch, Reader, branch_of, is_completed
from lms.home.queries.facts.people import Gathered
from lms.home.queries.facts.tables import TABLES

_ATTEMPTS = TABLES["attempts"]
_GRANTS = TABLES["attempt_grants"]
_RESTORED = TABLES["attempt_restorations"]
_ENTRIES = TABLES["result_entries"]
_FAIR = TABLES["accommodations"]


def _quizzes() -> Select[Any]:
    own, given = _ATTEMPTS.c, _GRANTS.c
    is_open = func.sum(case((own.submitted_at.is_(None), 1), else_=0))
    is_passed = func.sum(case((own.passed.is_(True), 1), else_=0))
    mine = (given.person_id == own.person_id) & (given.module_key == own.module_key)
    granted = select(func.count()).select_from(_GRANTS).where(mine, ~is_completed(_GRANTS))
    # Attempts that the quiz's own limit counts, without those that were given back; -1 while one is open.
    counted = func.count() - func.count(_RESTORED.c.id) - granted.correlate(_ATTEMPTS).scalar_subquery()
    used = case((is_open > 0, -1), else_=counted)
    waits = func.max(case((own.submitted_at.is_not(None) & own.passed.is_(None), "attempt")))
    branch = branch_of("quiz", _ATTEMPTS, id=func.min(own.id), key=own.module_key, n=used, m=is_passed, word=waits)
    branch = branch.select_from(_ATTEMPTS.outerjoin(_RESTORED, _RESTORED.c.attempt_id == own.id))
    return branch.where(~is_completed(_ATTEMPTS)).group_by(own.person_id, own.module_key)


def _quiz(gathered: Gathered, row: Any) -> None:
    state = QuizState(max(0, row.n or 0), is_open=(row.n or 0) < 0, is_passed=bool(row.m), is_waiting=bool(row.word))
    quizzes = gathered.of(row.person_id).quizzes
    quizzes[row.key] = state.beside(quizzes[row.key]) if row.key in quizzes else state


def _entries() -> Select[Any]:
    """Return what somebody entered for her and a second person has to compare, as a quiz that waits."""
    own = _ENTRIES.c
    return branch_of("quiz", _ENTRIES, id=own.id, key=own.module_key, word=own.source).where(own.settled_at.is_(None))


def _accommodations() -> Select[Any]:
    own = _FAIR.c
    flags = {"b": own.bilingual, "a": own.audio, "t": own.often, "o": own.oral}
    code = reduce(add, (case((column, letter), else_="") for letter, column in flags.items()))
    columns = {"n": own.own_percent, "m": own.time_percent, "day": own.valid_from, "until": own.valid_until}
    return branch_of("fair", _FAIR, id=own.id, code=code, **columns)


def _fair(gathered: Gathered, row: Any) -> None:
    """Read a version of her accommodations; they come in order, and the latest stays."""
    choice = Choice("b" in row.code, "a" in row.code, row.n)
    given = Given(row.m, "t" in row.code, "o" in row.code, row.day, row.until)
    gathered.of(row.person_id).fair = (choice, given)


BRANCHES: dict[str, Branch] = {
    "quiz": _quizzes,
    "entry": _entries,
    "fair": _accommodations,
}
READERS: dict[str, Reader] = {
    "quiz": _quiz,
    "fair": _fair,
}
