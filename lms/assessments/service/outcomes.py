"""What an attempt came to: its columns, and who is told of a pass."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments import rules
from lms.assessments.events import QuizPass, QuizPassed, quiz_passed
from lms.assessments.models import Attempt
from lms.assessments.queries import AttemptRow
from lms.signals import announce


def outcome_of(result: rules.Result, at: datetime) -> dict[str, Any]:
    """Return the columns of an attempt that hold its outcome; all are empty while an assessor must look at it."""
    if result.passed is None:
        return dict.fromkeys(("points", "max_points", "percent", "passed", "graded_at"))
    return {
        "points": result.points,
        "max_points": result.max_points,
        "percent": result.percent,
        "passed": result.passed,
        "graded_at": at,
    }


def announce_pass(session: Session, attempt: Attempt | AttemptRow, language: str, at: datetime) -> None:
    """Tell that an attempt passed; `language` is how it was shown."""
    own = rules.own_language(language)
    subject = QuizPass(attempt.person_id, attempt.module_key, attempt.round, own, at)
    announce(quiz_passed, session, QuizPassed((subject,)))
