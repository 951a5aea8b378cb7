"""Pages of results: figures, texts, comments, findings, and what was changed."""

from __future__ import annotations

from lms.surveys.views.results import board, changes, comments, findings, texts

#: Importing these modules registers their routes.
PAGES = (board, texts, comments, findings, changes)

__all__ = ["PAGES"]
