"""Rules of quizzes: which questions an attempt asks, what an answer may hold, what it earns, and who passes."""

from __future__ import annotations

from lms.assessments.items import Answer, Grade
from lms.assessments.rules.accommodating import Choice, Fair, Given, check_choice, check_given, fair_on
from lms.assessments.rules.amending import NONE, Amendment, acceptable, amended, is_replaceable
from lms.assessments.rules.answers import Chosen, check_chosen, differing, digest, is_overtaken, unanswered
from lms.assessments.rules.deciding import Held, after_line, decided_for, is_decided_for, late_line
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
from lms.assessments.rules.feedback import Told, to_read_again, told_after
from lms.assessments.rules.gains import Gain, GroupGain, Learner, gain_of, gains_by_competency, group_gains
from lms.assessments.rules.grading import Result, SectionResult, faults_of, grade, grade_item
from lms.assessments.rules.languages import joined_language, own_language, shown_language
from lms.assessments.rules.limits import Leave, Tries, check_leave, leave_of
from lms.assessments.rules.objecting import check_answer
from lms.assessments.rules.regrading import (
    EFFECTS,
    Line,
    Sat,
    Standing,
    by_effect,
    counted,
    is_touched,
    judge,
    mark_of,
    newly_passed,
)
from lms.assessments.rules.scoring import Levels, Look, Next, grades_of, next_look
from lms.assessments.rules.timing import deadline_of, is_late, may_extend, moved, overdue_before, seconds_left

__all__ = [
    "EFFECTS",
    "ENTERED",
    "INTERPRETERS",
    "LONGEST_WORDS",
    "NONE",
    "NUMBER_LENGTH",
    "OUTCOMES",
    "SOURCES",
    "Amendment",
    "Answer",
    "Choice",
    "Chosen",
    "Fair",
    "FormItem",
    "Gain",
    "Given",
    "Grade",
    "GroupGain",
    "Held",
    "Learner",
    "Leave",
    "Levels",
    "Line",
    "Look",
    "Next",
    "Result",
    "Sat",
    "SectionResult",
    "Standing",
    "Told",
    "Tries",
    "acceptable",
    "after_line",
    "amended",
    "by_effect",
    "check_answer",
    "check_choice",
    "check_chosen",
    "check_given",
    "check_leave",
    "check_note",
    "check_taken",
    "check_words",
    "counted",
    "deadline_of",
    "decided_for",
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
    "is_decided_for",
    "is_late",
    "is_overtaken",
    "is_replaceable",
    "is_touched",
    "joined_language",
    "judge",
    "late_line",
    "leave_of",
    "linked_form",
    "mark_of",
    "may_extend",
    "moved",
    "newly_passed",
    "next_look",
    "overdue_before",
    "own_language",
    "place_of",
    "seconds_left",
    "sheet_number",
    "shown_language",
    "shown_number",
    "to_read_again",
    "told_after",
    "unanswered",
]
