"""Reads of the analysis of quizzes: what it is made of, and what it found."""

from __future__ import annotations

from lms.assessments.queries.analysis.corrected import Corrected, list_corrected, since
from lms.assessments.queries.analysis.current import Today, asked_of, find_today
from lms.assessments.queries.analysis.reading import Asked, Gathered, answered_quizzes, gather
from lms.assessments.queries.analysis.stored import (
    Flagged,
    ItemRow,
    QuizRow,
    list_flagged,
    list_item_rows,
    list_quiz_rows,
)

__all__ = [
    "Asked",
    "Corrected",
    "Flagged",
    "Gathered",
    "ItemRow",
    "QuizRow",
    "Today",
    "answered_quizzes",
    "asked_of",
    "find_today",
    "gather",
    "list_corrected",
    "list_flagged",
    "list_item_rows",
    "list_quiz_rows",
    "since",
]
