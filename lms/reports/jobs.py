"""Scheduled: the figures of closed quarters and years are released to viewers, after late entries had their time."""

from __future__ import annotations

from datetime import datetime

from lms.clock import local_date
from lms.config import Config
from lms.content.library import current
from lms.db import reading, write
from lms.i18n import TAGS
from lms.reports import queries, service
from lms.reports.policy import Scope
from lms.reports.rules import Period, find_period


def run(config: Config, *, at: datetime) -> str:
    """Release all that is due; return how much, "" for nothing. Each release is a whole, so it may be broken off."""
    today = local_date(at, config.timezone)
    released = 0
    for scope in queries.list_viewers(reading()):
        for key in queries.due_periods(scope, reading(), today):
            period = find_period(key, today)
            assert period is not None  # noqa: S101 -- the keys are our own
            released += release(scope, period, at=at)
    return f"{released} released" if released else ""


def release(scope: Scope, period: Period, *, at: datetime) -> bool:
    """Release the figures of one period to the viewers of these departments; return whether they were not out."""
    session = reading()
    tracks = current(session).keys("track")
    counts = queries.plan_release(scope, session, period, tracks, TAGS)
    return write(lambda session: service.keep_release(session, scope, period.key, counts, at=at))
