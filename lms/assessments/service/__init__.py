"""Changes to quizzes."""

from __future__ import annotations

from lms.assessments.service.accommodating import choose, give, wish
from lms.assessments.service.analysing import keep_analysis
from lms.assessments.service.answering import Sheet, more_time, save_answers, submit_attempt
from lms.assessments.service.closing import Outcome
from lms.assessments.service.entries import Entered, Kept, Recorded, confirm_entry, enter_result, reject_entry
from lms.assessments.service.gaining import keep_gains
from lms.assessments.service.granting import grant_attempt
from lms.assessments.service.mending import recompute
from lms.assessments.service.objecting import answer_objection, object_to_entry
from lms.assessments.service.papers import make_paper
from lms.assessments.service.pretesting import open_pretest, take_pretest
from lms.assessments.service.regrading import apply_regrade, propose_regrade, refuse_regrade
from lms.assessments.service.restoring import restore_attempts
from lms.assessments.service.scoring import Scored, score_attempt
from lms.assessments.service.starting import Shown, start_attempt
from lms.assessments.service.sweeping import close_overdue

__all__ = [
    "Entered",
    "Kept",
    "Outcome",
    "Recorded",
    "Scored",
    "Sheet",
    "Shown",
    "answer_objection",
    "apply_regrade",
    "choose",
    "close_overdue",
    "confirm_entry",
    "enter_result",
    "give",
    "grant_attempt",
    "keep_analysis",
    "keep_gains",
    "make_paper",
    "more_time",
    "object_to_entry",
    "open_pretest",
    "propose_regrade",
    "recompute",
    "refuse_regrade",
    "reject_entry",
    "restore_attempts",
    "save_answers",
    "score_attempt",
    "start_attempt",
    "submit_attempt",
    "take_pretest",
    "wish",
]
