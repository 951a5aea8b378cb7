"""Pages about letters: what a reader chooses and was sent, what stops them, what comes back, and the outbox."""

from __future__ import annotations

from lms.notifications.views import account, inbound, outbox, stop
from lms.notifications.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (account, inbound, outbox, stop)

__all__ = ["PAGES", "bp"]
