"""Changes to quizzes."""

from __future__ import annotations

from lms.assessments.service.analysing import keep_analysis
from lms.assessments.service.answering import Outcome, Sheet, save_answers, submit_attempt
from lms.assessments.service.gaining import keep_gains
from lms.assessments.service.mending import recompute
from lms.assessments.service.pretesting import open_pretest, take_pretest
from lms.assessments.service.starting import Shown, start_attempt

__all__ = [
    "Outcome",
    "Sheet",
    "Shown",
    "keep_analysis",
    "keep_gains",
    "open_pretest",
    "recompute",
    "save_answers",
    "start_attempt",
    "submit_attempt",
    "take_pretest",
]
