"""Tables of quizzes."""

from __future__ import annotations

from lms.assessments.models.attempts import Attempt, AttemptAnswer
from lms.assessments.models.pretests import Pretest

__all__ = ["Attempt", "AttemptAnswer", "Pretest"]
