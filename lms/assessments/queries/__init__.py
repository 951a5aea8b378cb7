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
from lms.assessments.queries.gains import list_gains, list_learners
from lms.assessments.queries.pretests import PretestRow, find_gain, find_pretest, pretest_form
from lms.assessments.queries.standing import Pass, QuizState, passes_of, states_of, worked_since
from lms.assessments.queries.wording import languages_shown, texts_of, words_for

__all__ = [
    "Answer",
    "AttemptRow",
    "Pass",
    "PretestRow",
    "QuizState",
    "Saved",
    "analysis",
    "answers_of",
    "fairness",
    "find_attempt",
    "find_gain",
    "find_pretest",
    "languages_shown",
    "list_gains",
    "list_learners",
    "list_named",
    "list_submitted",
    "passes_of",
    "pretest_form",
    "saved_answers",
    "states_of",
    "texts_of",
    "words_for",
    "worked_since",
]
