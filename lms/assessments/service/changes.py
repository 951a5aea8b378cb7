"""What a correction does to attempts, written: with the outcome that they had before, and each change once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, cast

from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from lms.assessments import rules
from lms.assessments.models import Attempt, AttemptAnswer, RegradeChange
from lms.assessments.rules import Line
from lms.db import among, insert_once

_ANSWERS = cast("Table", AttemptAnswer.__table__)


def write_changes(session: Session, regrade_id: int, lines: Sequence[Line], *, on_grading: bool = False) -> list[Line]:
    """Write these lines of a correction, and return those that change something; a pass that is kept is only noted.

    `on_grading`: they were graded after it was decided. In few statements.
    """
    insert_once(session, RegradeChange, [_change(regrade_id, line, on_grading=on_grading) for line in lines])
    changing = [line for line in lines if line.effect != "kept"]
    if changing:
        _write_outcomes(session, regrade_id, changing)
    return changing


def _change(regrade_id: int, line: Line, *, on_grading: bool) -> dict[str, Any]:
    before = {f"{name}_before": each for name, each in asdict(line.before).items()}
    after = {f"{name}_after": each for name, each in asdict(line.after).items()}
    had = {key: line.sat.grades.get(key) for key in line.changed}
    answers = {key: [each.points, each.correct] if each else None for key, each in had.items()}
    return {
        "regrade_id": regrade_id,
        "attempt_id": line.sat.id,
        "effect": line.effect,
        **before,
        **after,
        "answers_before": answers,
        "on_grading": on_grading,
    }


def _write_outcomes(session: Session, regrade_id: int, changing: Sequence[Line]) -> None:
    """Give the attempts the outcome that was kept of them, in one statement, and their answers what they earn now.

    One statement for all that earn the same at one question.
    """
    session.execute(
        update(Attempt)
        .where(
            Attempt.id == RegradeChange.attempt_id,
            RegradeChange.regrade_id == regrade_id,
            among(session, RegradeChange.attempt_id, [line.sat.id for line in changing]),
        )
        .values(
            points=RegradeChange.points_after,
            max_points=RegradeChange.max_points_after,
            percent=RegradeChange.percent_after,
            passed=RegradeChange.passed_after,
        )
        .execution_options(synchronize_session=False)
    )
    alike: dict[tuple[str, rules.Grade], list[int]] = {}
    for line in changing:
        for key, grade in line.changed.items():
            alike.setdefault((key, grade), []).append(line.sat.id)
    for (key, grade), ids in alike.items():
        answered = (_ANSWERS.c.item_id == key, among(session, _ANSWERS.c.attempt_id, ids))
        session.execute(update(_ANSWERS).where(*answered).values(points=grade.points, correct=grade.correct))
