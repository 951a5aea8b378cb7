"""The job that chains audit events."""

from __future__ import annotations

from datetime import datetime

from lms.audit import service
from lms.config import Config
from lms.db import write

#: Events hashed in one transaction: few enough to keep writers waiting only a moment.
_AT_ONCE = 500


def run(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Chain every event that has no hash yet; return how many, and the newest "id:hash", worth keeping elsewhere."""
    total = 0
    while True:
        done, head = write(lambda session: service.chain(session, limit=_AT_ONCE))
        total += done
        if done < _AT_ONCE:
            return f"chained {total}; head {head}"
