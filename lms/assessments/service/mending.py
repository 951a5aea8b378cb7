"""Grades every submitted attempt anew, and tells what differs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessments import queries, rules
from lms.assessments.queries import AttemptRow
from lms.assessments.specs import QuizSpec
from lms.content.library import Library, source_of, spec_of
from lms.db import chunks
from lms.differences import Difference


def recompute(
    session: Session,
    library: Library,  # noqa: ARG001 -- as every feature's
    *,
    at: datetime,  # noqa: ARG001 -- as every feature's
    person_ids: Collection[int] | None = None,
) -> list[Difference]:
    """Grade every submitted attempt of these persons (None: of everybody) anew, and return what differs.

    Nothing is changed: a result may only change by a person's decision.
    """
    return [
        Difference(f"attempt {attempt.public_id}: {fault}", mendable=False)
        for attempts in chunks(queries.list_submitted(session, person_ids), 500)
        for attempt, fault in _faults(session, attempts)
    ]


def _faults(session: Session, attempts: Sequence[AttemptRow]) -> Iterator[tuple[AttemptRow, str]]:
    """Yield each of these attempts with each thing that is stored wrongly. Two queries."""
    ids = [attempt.id for attempt in attempts]
    answers, scores = queries.answers_of(session, ids), queries.scores_of(session, ids)
    corrected = queries.amendments_of(session, ids)
    for attempt in attempts:
        quiz = spec_of(QuizSpec, source_of(session, attempt.revision_id))
        given = answers.get(attempt.id, {})
        chosen = {item_id: answer.chosen for item_id, answer in given.items() if answer.chosen}
        grades = {
            item_id: rules.Grade(answer.points, correct=bool(answer.correct))
            for item_id, answer in given.items()
            if answer.points is not None
        }
        stored = rules.Result(
            attempt.points or 0, attempt.max_points or 0, attempt.percent or 0, attempt.passed, grades
        )
        scored = {} if attempt.is_waiting else scores.get(attempt.id, {})
        amendments = queries.resolved(session, quiz, corrected.get(attempt.id, ()))
        for fault in rules.faults_of(quiz, attempt.form, chosen, stored, scored, amendments):
            yield attempt, fault
