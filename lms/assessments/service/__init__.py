"""Changes to quizzes."""

from __future__ import annotations

from lms.assessments.service.answering import Outcome, Sheet, save_answers, submit_attempt
from lms.assessments.service.mending import recompute
from lms.assessments.service.regrading import apply_regrade, propose_regrade, refuse_regrade
from lms.assessments.service.restoring import restore_attempts
from lms.assessments.service.starting import Shown, start_attempt

__all__ = [
    "Outcome",
    "Sheet",
    "Shown",
    "apply_regrade",
    "propose_regrade",
    "recompute",
    "refuse_regrade",
    "restore_attempts",
    "save_answers",
    "start_attempt",
    "submit_attempt",
]
