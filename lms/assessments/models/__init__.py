"""Tables of quizzes."""

from __future__ import annotations

from lms.assessments.models.attempts import Attempt, AttemptAnswer
from lms.assessments.models.flags import ItemAnalysis, QuizAnalysis
from lms.assessments.models.pretests import Pretest, QuizGain

__all__ = [
    "Attempt",
    "AttemptAnswer",
    "ItemAnalysis",
    "Pretest",
    "QuizAnalysis",
    "QuizGain",
]
