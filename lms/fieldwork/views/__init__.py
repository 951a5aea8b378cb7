"""Pages of fieldwork."""

from __future__ import annotations

from lms.fieldwork.messages.sessions import when
from lms.fieldwork.views import (
    closing,
    cohorts,
    hours,
    observing,
    planning,
    rosters,
    sessions,
    sheets,
    sign_offs,
    team_hours,
)
from lms.fieldwork.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (closing, cohorts, hours, observing, planning, rosters, sessions, sheets, sign_offs, team_hours)

#: For cards of sessions on pages of other features.
bp.add_app_template_global(when, "session_when")

__all__ = ["PAGES", "bp"]
