"""Tables of quizzes."""

from __future__ import annotations

from lms.assessments.models.attempts import Attempt, AttemptAnswer
from lms.assessments.models.entries import PaperForm, ResultEntry
from lms.assessments.models.scores import ItemScore, Scoring

__all__ = ["Attempt", "AttemptAnswer", "ItemScore", "PaperForm", "ResultEntry", "Scoring"]
