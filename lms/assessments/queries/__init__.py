"""Reads of quizzes."""

from __future__ import annotations

from lms.assessments.queries import analysis, fairness
from lms.assessments.queries.attempts import (
    Answer,
    AttemptRow,
    Saved,
    answers_of,
    find_attempt,
    list_named,
    list_submitted,
    saved_answers,
)
from lms.assessments.queries.standing import Pass, QuizState, passes_of, states_of, worked_since
from lms.assessments.queries.wording import languages_shown, texts_of, words_for

__all__ = [
    "Answer",
    "AttemptRow",
    "Pass",
    "QuizState",
    "Saved",
    "analysis",
    "answers_of",
    "fairness",
    "find_attempt",
    "languages_shown",
    "list_named",
    "list_submitted",
    "passes_of",
    "saved_answers",
    "states_of",
    "texts_of",
    "words_for",
    "worked_since",
]
