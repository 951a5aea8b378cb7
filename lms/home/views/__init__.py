"""The gathering pages: the front door, a worker's home and record, a supervisor's team, the office."""

from __future__ import annotations

from lms.home.views import calendar, learn, office, person, record, team, team_export, transcript, why
from lms.home.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (calendar, learn, office, person, record, team, team_export, transcript, why)

__all__ = ["PAGES", "bp"]
