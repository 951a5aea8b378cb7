"""Closing an attempt: where its outcome is written and told, whether its reader closed it or its time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from lms.assessments import queries, rules
from lms.assessments.events import QuizPass, QuizPassed, quiz_passed
from lms.assessments.models import Attempt, AttemptAnswer
from lms.assessments.queries import AttemptRow
from lms.assessments.service.correcting import correct_graded
from lms.assessments.service.outcomes import outcome_of
from lms.assessments.specs import QuizSpec
from lms.audit.service import record
from lms.content.library import source_of, spec_of
from lms.signals import announce

_ATTEMPTS = cast("Table", Attempt.__table__)
_ANSWERS = cast("Table", AttemptAnswer.__table__)
#: Changes one row of a table by its id, given as "row_id".
BY_ID = {table.name: update(table).where(table.c.id == bindparam("row_id")) for table in (_ATTEMPTS, _ANSWERS)}


@dataclass(frozen=True)
class Outcome:
    """What came of a submission: {question id: code} of what is still open, or whether it passed.

    `is_late`: the time was up, and what was saved before that counts, not what was sent. Of answers that were only
    saved, `seen` is their digest, and `deadline_at` when the time is up.
    """

    missing: Mapping[str, str] = field(default_factory=dict)
    passed: bool | None = None
    is_late: bool = False
    seen: str = ""
    deadline_at: datetime | None = None


@dataclass(frozen=True)
class Closed:
    """An attempt with the result that its answers earned, and what closed it when. `by` is None for its time."""

    attempt: AttemptRow
    chosen: rules.Chosen
    result: rules.Result
    at: datetime
    by: int | None = None
    client_id: str | None = None
    #: How it was shown; of an attempt that time closed, as when it began.
    language: str = ""
    locale_revision_id: int | None = None


def close_by_time(session: Session, attempts: Sequence[AttemptRow], *, at: datetime) -> list[Outcome]:
    """Grade what was saved of open attempts whose time is up, and return each one's outcome.

    Their readers are locked. They count as handed in at their deadlines, however late somebody looks.
    """
    closed = [_by_time(session, attempt, at) for attempt in attempts]
    return [Outcome(passed=each, is_late=True) for each in write_outcomes(session, closed, at=at)]


def _by_time(session: Session, attempt: AttemptRow, at: datetime) -> Closed:
    """Write what the saved answers of an attempt earn, and return its result."""
    quiz = spec_of(QuizSpec, source_of(session, attempt.revision_id))
    saved = queries.saved_answers(session, attempt.id)
    chosen = {item_id: answer.chosen for item_id, answer in saved.items() if answer.chosen}
    result = rules.grade(quiz, attempt.form, chosen)
    graded = [
        {"row_id": saved[item_id].id, "points": grade.points, "correct": grade.correct}
        for item_id, grade in result.grades.items()
        if item_id in saved
    ]
    if graded:
        session.execute(BY_ID["attempt_answers"], graded)
    ended_at = min(at, attempt.deadline_at or at)
    shown = {"language": attempt.shown_language, "locale_revision_id": attempt.locale_revision_id}
    return Closed(attempt, chosen, result, ended_at, **cast("dict[str, Any]", shown))


def write_outcomes(session: Session, closed: Sequence[Closed], *, at: datetime) -> list[bool | None]:
    """Write the results on attempts, log and correct them, announce those that passed, and return who passed."""
    if not closed:
        return []
    session.execute(BY_ID["attempts"], [_outcome(each) for each in closed])
    for each in closed:
        _log(session, each, at)
    graded = {each.attempt.id: each.attempt.module_key for each in closed if each.result.passed is not None}
    corrected = correct_graded(session, graded, at=at)
    passed = [corrected.get(each.attempt.id, each.result.passed) for each in closed]
    if passes := tuple(_pass_of(each) for each, has_passed in zip(closed, passed, strict=True) if has_passed):
        announce(quiz_passed, session, QuizPassed(passes))
    return passed


def _outcome(closed: Closed) -> dict[str, Any]:
    return {
        "row_id": closed.attempt.id,
        "submitted_at": closed.at,
        "closed_by": "time" if closed.by is None else "submitted",
        "client_id": closed.client_id,
        "body_hash": rules.digest(closed.attempt.public_id, closed.chosen),
        **outcome_of(closed.result, closed.at),
        "shown_language": closed.language,
        "locale_revision_id": closed.locale_revision_id,
    }


def _log(session: Session, closed: Closed, at: datetime) -> None:
    attempt = closed.attempt
    record(
        session,
        closed.by,
        "assessments.submitted" if closed.by is not None else "assessments.time_up",
        "attempt",
        attempt.public_id,
        at=at,
        module=attempt.module_key,
        number=attempt.number,
        passed=closed.result.passed,
    )


def _pass_of(closed: Closed) -> QuizPass:
    attempt, own = closed.attempt, rules.own_language(closed.language)
    return QuizPass(attempt.person_id, attempt.module_key, attempt.round, own, closed.at)
