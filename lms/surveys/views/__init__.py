"""Pages of surveys."""

from __future__ import annotations

from lms.surveys.views import answering, results
from lms.surveys.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (answering, *results.PAGES)

__all__ = ["PAGES", "bp"]
