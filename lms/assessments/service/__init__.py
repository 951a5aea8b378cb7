"""Changes to quizzes."""

from __future__ import annotations

from lms.assessments.service.analysing import keep_analysis
from lms.assessments.service.answering import Outcome, Sheet, save_answers, submit_attempt
from lms.assessments.service.mending import recompute
from lms.assessments.service.starting import Shown, start_attempt

__all__ = [
    "Outcome",
    "Sheet",
    "Shown",
    "keep_analysis",
    "recompute",
    "save_answers",
    "start_attempt",
    "submit_attempt",
]
