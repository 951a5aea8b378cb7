"""The job that puts old counts of checks together."""

from __future__ import annotations

from datetime import datetime

from lms.certificates import service
from lms.clock import local_date
from lms.config import Config
from lms.db import write


def fold_checks(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Put counts that are older than thirteen months together by the year, a part at a time; say how many rows went."""
    gone, today = 0, local_date(at)
    while folded := write(lambda session: service.fold_checks(session, today=today)):
        gone += folded
    return f"{gone} counts put together" if gone else ""
