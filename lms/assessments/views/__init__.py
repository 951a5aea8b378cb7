"""Pages of quizzes."""

from __future__ import annotations

from lms.assessments.views import autosave, fairness, quiz
from lms.assessments.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (quiz, autosave, fairness)

__all__ = ["PAGES", "bp"]
