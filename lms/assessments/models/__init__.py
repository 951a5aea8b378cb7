"""Tables of quizzes."""

from __future__ import annotations

from lms.assessments.models.attempts import Attempt, AttemptAnswer
from lms.assessments.models.regrades import Regrade, RegradeChange, Restoration

__all__ = ["Attempt", "AttemptAnswer", "Regrade", "RegradeChange", "Restoration"]
