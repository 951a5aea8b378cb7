"""Reads of quizzes."""

from __future__ import annotations

from lms.assessments.queries.accommodations import (
    Version,
    fair_for,
    list_asking,
    list_versions,
    list_wishes,
)
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
from lms.assessments.queries.limits import Failed, GrantRow, leave_after, list_failed, list_given, was_given
from lms.assessments.queries.standing import Pass, QuizState, passes_of, states_of, worked_since
from lms.assessments.queries.wording import languages_shown, texts_of, words_for

__all__ = [
    "Answer",
    "AttemptRow",
    "Failed",
    "GrantRow",
    "Pass",
    "QuizState",
    "Saved",
    "Version",
    "answers_of",
    "fair_for",
    "find_attempt",
    "languages_shown",
    "leave_after",
    "list_asking",
    "list_failed",
    "list_given",
    "list_named",
    "list_open",
    "list_overdue",
    "list_submitted",
    "list_versions",
    "list_wishes",
    "passes_of",
    "saved_answers",
    "states_of",
    "texts_of",
    "was_given",
    "words_for",
    "worked_since",
]
