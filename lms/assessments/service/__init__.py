"""Changes to quizzes."""

from __future__ import annotations

from lms.assessments.service.analysing import keep_analysis
from lms.assessments.service.answering import Outcome, Sheet, save_answers, submit_attempt
from lms.assessments.service.gaining import keep_gains
from lms.assessments.service.mending import recompute
from lms.assessments.service.pretesting import open_pretest, take_pretest
from lms.assessments.service.regrading import apply_regrade, propose_regrade, refuse_regrade
from lms.assessments.service.restoring import restore_attempts
from lms.assessments.service.starting import Shown, start_attempt

__all__ = [
    "Outcome",
    "Sheet",
    "Shown",
    "apply_regrade",
    "keep_analysis",
    "keep_gains",
    "open_pretest",
    "propose_regrade",
    "recompute",
    "refuse_regrade",
    "restore_attempts",
    "save_answers",
    "start_attempt",
    "submit_attempt",
    "take_pretest",
]
