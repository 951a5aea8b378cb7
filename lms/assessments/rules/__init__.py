"""Rules of quizzes: which questions an attempt asks, what an answer may hold, what it earns, and who passes."""

from __future__ import annotations

from lms.assessments.items import Answer, Grade
from lms.assessments.rules.answers import Chosen, check_chosen, differing, digest, is_overtaken, unanswered
from lms.assessments.rules.drawing import FormItem, draw_form, linked_form
from lms.assessments.rules.entries import (
    ENTERED,
    INTERPRETERS,
    LONGEST_WORDS,
    NUMBER_LENGTH,
    OUTCOMES,
    SOURCES,
    check_note,
    check_taken,
    check_words,
    place_of,
    sheet_number,
    shown_number,
)
from lms.assessments.rules.grading import Result, SectionResult, faults_of, grade, grade_item
from lms.assessments.rules.languages import joined_language, own_language, shown_language
from lms.assessments.rules.scoring import Levels, Look, Next, grades_of, next_look

__all__ = [
    "ENTERED",
    "INTERPRETERS",
    "LONGEST_WORDS",
    "NUMBER_LENGTH",
    "OUTCOMES",
    "SOURCES",
    "Answer",
    "Chosen",
    "FormItem",
    "Grade",
    "Levels",
    "Look",
    "Next",
    "Result",
    "SectionResult",
    "check_chosen",
    "check_note",
    "check_taken",
    "check_words",
    "differing",
    "digest",
    "draw_form",
    "faults_of",
    "grade",
    "grade_item",
    "grades_of",
    "is_overtaken",
    "joined_language",
    "linked_form",
    "next_look",
    "own_language",
    "place_of",
    "sheet_number",
    "shown_language",
    "shown_number",
    "unanswered",
]
