"""Tables of quizzes."""

from __future__ import annotations

from lms.assessments.models.attempts import Attempt, AttemptAnswer

__all__ = ["Attempt", "AttemptAnswer"]
