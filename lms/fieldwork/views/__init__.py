"""Pages of fieldwork."""

from __future__ import annotations

from lms.fieldwork.views import hours, observing, sign_offs, team_hours
from lms.fieldwork.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (hours, observing, sign_offs, team_hours)

__all__ = ["PAGES", "bp"]
