"""Reads of quizzes."""

from __future__ import annotations

from lms.assessments.queries import analysis, fairness
from lms.assessments.queries.accommodations import Version, fair_for, list_asking, list_versions, list_wishes
from lms.assessments.queries.attempts import (
    Answer,
    AttemptRow,
    Saved,
    answers_of,
    find_attempt,
    list_named,
    list_open,
    list_overdue,
    list_submitted,
    saved_answers,
)
from lms.assessments.queries.gains import list_gains, list_learners
from lms.assessments.queries.limits import Failed, GrantRow, leave_after, list_failed, list_given, was_given
from lms.assessments.queries.pretests import PretestRow, find_gain, find_pretest, pretest_form
from lms.assessments.queries.standing import Pass, QuizState, passes_of, states_of, worked_since
from lms.assessments.queries.wording import languages_shown, texts_of, words_for

__all__ = [
    "Answer",
    "AttemptRow",
    "Failed",
    "GrantRow",
    "Pass",
    "PretestRow",
    "QuizState",
    "Saved",
    "Version",
    "analysis",
    "answers_of",
    "fair_for",
    "fairness",
    "find_attempt",
    "find_gain",
    "find_pretest",
    "languages_shown",
    "leave_after",
    "list_asking",
    "list_failed",
    "list_gains",
    "list_given",
    "list_learners",
    "list_named",
    "list_open",
    "list_overdue",
    "list_submitted",
    "list_versions",
    "list_wishes",
    "passes_of",
    "pretest_form",
    "saved_answers",
    "states_of",
    "texts_of",
    "was_given",
    "words_for",
    "worked_since",
]
