"""Scheduled: the figures of closed quarters and years are released to viewers, after late entries had their time."""

from __future__ import annotations

from datetime import datetime

from lms.clock import local_date
from lms.config import Config
from lms.content.library import current
from lms.db import reading, write
from lms.i18n import TAGS
from lms.reports import queries, service
from lms.reports.rules import Period, find_period


def run(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Release all that is due; return how much, "" for nothing. Each release is a whole, so it may be broken off."""
    today = local_date(at)
    released = 0
    for key in queries.due_periods(reading(), today):
        period = find_period(key, today)
        assert period is not None  # noqa: S101 -- the keys are our own
        released += release(period, at=at)
    return f"{released} released" if released else ""


def release(period: Period, *, at: datetime) -> bool:
    """Release the figures of one period, of all programs; return whether they were not out."""
    session = reading()
    releases = queries.plan_release(session, period, current(session).keys("track"), TAGS)
    return write(lambda session: service.keep_release(session, period.key, releases, at=at))
