"""Rules of quizzes: which questions an attempt asks, what an answer may hold, what it earns, and who passes."""

from __future__ import annotations

from lms.assessments.items import Answer, Grade
from lms.assessments.rules.accommodating import Choice, Fair, Given, check_choice, check_given, fair_on
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
from lms.assessments.rules.gains import Gain, GroupGain, Learner, gain_of, gains_by_competency, group_gains
from lms.assessments.rules.grading import Result, SectionResult, faults_of, grade, grade_item
from lms.assessments.rules.languages import joined_language, own_language, shown_language
from lms.assessments.rules.limits import Leave, Tries, check_leave, leave_of
from lms.assessments.rules.scoring import Levels, Look, Next, grades_of, next_look
from lms.assessments.rules.timing import deadline_of, is_late, may_extend, moved, overdue_before, seconds_left

__all__ = [
    "ENTERED",
    "INTERPRETERS",
    "LONGEST_WORDS",
    "NUMBER_LENGTH",
    "OUTCOMES",
    "SOURCES",
    "Answer",
    "Choice",
    "Chosen",
    "Fair",
    "FormItem",
    "Gain",
    "Given",
    "Grade",
    "GroupGain",
    "Learner",
    "Leave",
    "Levels",
    "Look",
    "Next",
    "Result",
    "SectionResult",
    "Tries",
    "check_choice",
    "check_chosen",
    "check_given",
    "check_leave",
    "check_note",
    "check_taken",
    "check_words",
    "deadline_of",
    "differing",
    "digest",
    "draw_form",
    "fair_on",
    "faults_of",
    "gain_of",
    "gains_by_competency",
    "grade",
    "grade_item",
    "grades_of",
    "group_gains",
    "is_late",
    "is_overtaken",
    "joined_language",
    "leave_of",
    "linked_form",
    "may_extend",
    "moved",
    "next_look",
    "overdue_before",
    "own_language",
    "place_of",
    "seconds_left",
    "sheet_number",
    "shown_language",
    "shown_number",
    "unanswered",
]
