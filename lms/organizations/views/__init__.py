"""Pages of organizations: for administrators, and for supervisors who begin and end employments."""

from __future__ import annotations

from lms.organizations.views import (
    admin,
    contracts,
    lists,
    moving,
    staff,
    supervision,
    teams,
)
from lms.organizations.views.blueprint import (
    bp,
)

#: Importing these modules registers their routes.
PAGES = (
    admin,
    contracts,
    lists,
    moving,
    staff,
    supervision,
    teams,
)

__all__ = [
    "PAGES",
    "bp",
]
