"""Pages of tracks: the learner's way, assigning, and what was assigned."""

from __future__ import annotations

from lms.tracks.views import asked, assigning, batches, files, learning, ruling
from lms.tracks.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (asked, assigning, batches, files, learning, ruling)

__all__ = ["PAGES", "bp"]
