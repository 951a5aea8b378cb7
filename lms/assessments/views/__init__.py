"""Pages of quizzes."""

from __future__ import annotations

from lms.assessments.views import correcting, outcome, quiz, settling
from lms.assessments.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (correcting, outcome, quiz, settling)

__all__ = ["PAGES", "bp"]
