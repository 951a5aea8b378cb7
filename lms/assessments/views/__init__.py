"""Pages of quizzes."""

from __future__ import annotations

from lms.assessments.views import analysis, correcting, outcome, pretest, quiz, settling
from lms.assessments.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (
    analysis,
    correcting,
    outcome,
    pretest,
    quiz,
    settling,
)

__all__ = [
    "PAGES",
    "bp",
]
