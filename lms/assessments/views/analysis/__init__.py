"""Pages of what answers tell of quizzes."""

from __future__ import annotations

from lms.assessments.views.analysis import pages

#: Importing these modules registers their routes.
PAGES = (pages,)
