"""Pages of tracks: the learner's way, assigning, what was assigned, and what a certifier waives."""

from __future__ import annotations

from lms.tracks.views import (
    asked,
    assigning,
    batches,
    changing,
    files,
    learning,
    levels,
    ruling,
    waiving,
    wording,
)
from lms.tracks.views.blueprint import (
    bp,
)

#: Importing these modules registers their routes.
PAGES = (
    asked,
    assigning,
    batches,
    changing,
    files,
    learning,
    levels,
    ruling,
    waiving,
    wording,
)

__all__ = [
    "PAGES",
    "bp",
]
