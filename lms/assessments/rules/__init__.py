"""Rules of quizzes: which questions an attempt asks, what an answer may hold, what it earns, and who passes."""

from __future__ import annotations

from lms.assessments.items import Answer, Grade
from lms.assessments.rules.amending import NONE, Amendment, acceptable, amended, is_replaceable
from lms.assessments.rules.answers import Chosen, check_chosen, differing, digest, is_overtaken, unanswered
from lms.assessments.rules.drawing import FormItem, draw_form, linked_form
from lms.assessments.rules.feedback import Told, to_read_again, told_after
from lms.assessments.rules.gains import Gain, GroupGain, Learner, gain_of, gains_by_competency, group_gains
from lms.assessments.rules.grading import Result, SectionResult, faults_of, grade, grade_item
from lms.assessments.rules.languages import joined_language, own_language, shown_language
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

__all__ = [
    "EFFECTS",
    "NONE",
    "Amendment",
    "Answer",
    "Chosen",
    "FormItem",
    "Gain",
    "Grade",
    "GroupGain",
    "Learner",
    "Line",
    "Result",
    "Sat",
    "SectionResult",
    "Standing",
    "Told",
    "acceptable",
    "amended",
    "by_effect",
    "check_chosen",
    "counted",
    "differing",
    "digest",
    "draw_form",
    "faults_of",
    "gain_of",
    "gains_by_competency",
    "grade",
    "grade_item",
    "group_gains",
    "is_overtaken",
    "is_replaceable",
    "is_touched",
    "joined_language",
    "judge",
    "linked_form",
    "mark_of",
    "newly_passed",
    "own_language",
    "shown_language",
    "to_read_again",
    "told_after",
    "unanswered",
]
