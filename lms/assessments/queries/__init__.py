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
from lms.assessments.queries.corrections import Correction, list_corrections
from lms.assessments.queries.gains import list_gains, list_learners
from lms.assessments.queries.pretests import PretestRow, find_gain, find_pretest, pretest_form
from lms.assessments.queries.regrades import (
    Plan,
    RegradeRow,
    amendments_of,
    concerned_ids,
    get_regrade,
    list_regrades,
    read_plan,
    resolved,
)
from lms.assessments.queries.restoring import Harmed, Wording, list_harmed, restored_numbers
from lms.assessments.queries.reviewing import Earlier, list_earlier
from lms.assessments.queries.standing import Pass, QuizState, passes_of, states_of, worked_since
from lms.assessments.queries.versions import Answered, list_answered
from lms.assessments.queries.wording import languages_shown, texts_of, words_for

__all__ = [
    "Answer",
    "Answered",
    "AttemptRow",
    "Correction",
    "Earlier",
    "Harmed",
    "Pass",
    "Plan",
    "PretestRow",
    "QuizState",
    "RegradeRow",
    "Saved",
    "Wording",
    "amendments_of",
    "analysis",
    "answers_of",
    "concerned_ids",
    "fairness",
    "find_attempt",
    "find_gain",
    "find_pretest",
    "get_regrade",
    "languages_shown",
    "list_answered",
    "list_corrections",
    "list_earlier",
    "list_gains",
    "list_harmed",
    "list_learners",
    "list_named",
    "list_regrades",
    "list_submitted",
    "passes_of",
    "pretest_form",
    "read_plan",
    "resolved",
    "restored_numbers",
    "saved_answers",
    "states_of",
    "texts_of",
    "words_for",
    "worked_since",
]
