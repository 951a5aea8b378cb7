"""The one place that asks what time it is. Everything below takes the time as an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOS_ANGELES = "America/Los_Angeles"


def now() -> datetime:
    """Return the present instant, in UTC."""
    return datetime.now(UTC)


def local_date(at: datetime, zone: str = LOS_ANGELES) -> date:
    """Return the calendar date that people in `zone` read at the instant `at`."""
    return at.astimezone(ZoneInfo(zone)).date()
