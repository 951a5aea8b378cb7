"""Pages of quizzes."""

from __future__ import annotations

from lms.assessments.views import analysis, pretest, quiz
from lms.assessments.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (
    analysis,
    pretest,
    quiz,
)

__all__ = [
    "PAGES",
    "bp",
]
