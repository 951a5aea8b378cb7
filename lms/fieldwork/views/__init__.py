"""Pages of fieldwork."""

from __future__ import annotations

from lms.fieldwork.views import closing, cohorts, planning, rosters, sessions, sheets
from lms.fieldwork.views.blueprint import bp
from lms.fieldwork.views.words import when

#: Importing these modules registers their routes.
PAGES = (closing, cohorts, planning, rosters, sessions, sheets)

#: For cards of sessions on pages of other features.
bp.add_app_template_global(when, "session_when")

__all__ = ["PAGES", "bp"]
