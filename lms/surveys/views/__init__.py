"""Pages of surveys."""

from __future__ import annotations

from lms.surveys.views import answering, following_up, results
from lms.surveys.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (answering, following_up, *results.PAGES)

__all__ = ["PAGES", "bp"]
