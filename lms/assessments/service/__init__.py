"""Changes to quizzes."""

from __future__ import annotations

from lms.assessments.service.accommodating import choose, give, wish
from lms.assessments.service.analysing import keep_analysis
from lms.assessments.service.answering import Sheet, more_time, save_answers, submit_attempt
from lms.assessments.service.closing import Outcome
from lms.assessments.service.gaining import keep_gains
from lms.assessments.service.granting import grant_attempt
from lms.assessments.service.mending import recompute
from lms.assessments.service.pretesting import open_pretest, take_pretest
from lms.assessments.service.starting import Shown, start_attempt
from lms.assessments.service.sweeping import close_overdue

__all__ = [
    "Outcome",
    "Sheet",
    "Shown",
    "choose",
    "close_overdue",
    "give",
    "grant_attempt",
    "keep_analysis",
    "keep_gains",
    "more_time",
    "open_pretest",
    "recompute",
    "save_answers",
    "start_attempt",
    "submit_attempt",
    "take_pretest",
    "wish",
]
