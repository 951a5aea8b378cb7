"""Changes to quizzes."""

from __future__ import annotations

from lms.assessments.service.answering import Outcome, Sheet, save_answers, submit_attempt
from lms.assessments.service.entries import Entered, Kept, Recorded, confirm_entry, enter_result, reject_entry
from lms.assessments.service.mending import recompute
from lms.assessments.service.papers import make_paper
from lms.assessments.service.scoring import Scored, score_attempt
from lms.assessments.service.starting import Shown, start_attempt

__all__ = [
    "Entered",
    "Kept",
    "Outcome",
    "Recorded",
    "Scored",
    "Sheet",
    "Shown",
    "confirm_entry",
    "enter_result",
    "make_paper",
    "recompute",
    "reject_entry",
    "save_answers",
    "score_attempt",
    "start_attempt",
    "submit_attempt",
]
