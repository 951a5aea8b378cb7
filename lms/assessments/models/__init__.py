"""Tables of quizzes."""

from __future__ import annotations

from lms.assessments.models.accommodations import Accommodation, AccommodationWish
from lms.assessments.models.attempts import Attempt, AttemptAnswer
from lms.assessments.models.entries import PaperForm, ResultEntry
from lms.assessments.models.flags import ItemAnalysis, QuizAnalysis
from lms.assessments.models.grants import AttemptGrant
from lms.assessments.models.objections import EntryObjection
from lms.assessments.models.pretests import Pretest, QuizGain
from lms.assessments.models.regrades import Regrade, RegradeChange, Restoration
from lms.assessments.models.scores import ItemScore, Scoring

__all__ = [
    "Accommodation",
    "AccommodationWish",
    "Attempt",
    "AttemptAnswer",
    "AttemptGrant",
    "EntryObjection",
    "ItemAnalysis",
    "ItemScore",
    "PaperForm",
    "Pretest",
    "QuizAnalysis",
    "QuizGain",
    "Regrade",
    "RegradeChange",
    "Restoration",
    "ResultEntry",
    "Scoring",
]
