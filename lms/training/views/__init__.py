"""Pages of training from elsewhere: the worker's own, files, the reviewers', and those of her supervisors."""

from __future__ import annotations

from lms.training.views import certifying, files, importing, own, team
from lms.training.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (certifying, files, importing, own, team)

__all__ = ["PAGES", "bp"]
