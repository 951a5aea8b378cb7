"""Rules of quizzes: which questions an attempt asks, what an answer may hold, what it earns, and who passes."""

from __future__ import annotations

from lms.assessments.items import Answer, Grade
from lms.assessments.rules.answers import Chosen, check_chosen, differing, digest, is_overtaken, unanswered
from lms.assessments.rules.drawing import FormItem, draw_form, linked_form
from lms.assessments.rules.gains import Gain, GroupGain, Learner, gain_of, gains_by_competency, group_gains
from lms.assessments.rules.grading import Result, SectionResult, faults_of, grade, grade_item
from lms.assessments.rules.languages import joined_language, own_language, shown_language

__all__ = [
    "Answer",
    "Chosen",
    "FormItem",
    "Gain",
    "Grade",
    "GroupGain",
    "Learner",
    "Result",
    "SectionResult",
    "check_chosen",
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
    "joined_language",
    "linked_form",
    "own_language",
    "shown_language",
    "unanswered",
]
