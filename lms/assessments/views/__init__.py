"""Pages of quizzes."""

from __future__ import annotations

from lms.assessments.views import assess, entering, papers, people, quiz, scoring, settling
from lms.assessments.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (quiz, assess, papers, people, entering, settling, scoring)

__all__ = ["PAGES", "bp"]
