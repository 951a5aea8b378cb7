"""Pages about translations and reported wordings."""

from __future__ import annotations

from lms.translating.views import content, deciding, desk, queue, recording, reporting, unsigned
from lms.translating.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (content, deciding, desk, queue, recording, reporting, unsigned)

__all__ = ["PAGES", "bp"]
