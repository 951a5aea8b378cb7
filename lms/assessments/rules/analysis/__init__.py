"""What answers tell of questions: how easy, how telling, how reliable, and whether a translation is fair.

Plain Python over plain values; every formula names its source. docs/quiz-figures.md says the same for readers of the
figures.
"""

from __future__ import annotations

from lms.assessments.rules.analysis.effects import Effect, Verdict
from lms.assessments.rules.analysis.elevens import part_shown
from lms.assessments.rules.analysis.fairness import Fairness, compare
from lms.assessments.rules.analysis.figures import ItemFigures, runs_backwards
from lms.assessments.rules.analysis.options import OptionFigures
from lms.assessments.rules.analysis.quiz import QuizFigures
from lms.assessments.rules.analysis.tallies import right_values, tallied
from lms.assessments.rules.analysis.values import MINIMUM_GROUP, TOO_FEW, ItemKey, Response, Sheet, TooFew, Unit
from lms.assessments.rules.analysis.versions import entries_of, item_versions, quiz_version, wordings
from lms.assessments.rules.analysis.whole import Analysis, analyse

__all__ = [
    "MINIMUM_GROUP",
    "TOO_FEW",
    "Analysis",
    "Effect",
    "Fairness",
    "ItemFigures",
    "ItemKey",
    "OptionFigures",
    "QuizFigures",
    "Response",
    "Sheet",
    "TooFew",
    "Unit",
    "Verdict",
    "analyse",
    "compare",
    "entries_of",
    "item_versions",
    "part_shown",
    "quiz_version",
    "right_values",
    "runs_backwards",
    "tallied",
    "wordings",
]
