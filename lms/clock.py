"""The one place that asks what time it is, and that knows where days begin. Below, time is an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_zone = ZoneInfo("America/Los_Angeles")


def use_zone(name: str) -> None:
    """Let this process judge local dates in the zone of that name (`LMS_TIMEZONE`)."""
    global _zone  # noqa: PLW0603 -- one process serves one place
    _zone = ZoneInfo(name)


def zone() -> ZoneInfo:
    """Return the zone in which this process judges local dates."""
    return _zone


def now() -> datetime:
    """Return the present instant, in UTC."""
    return datetime.now(UTC)


def local_date(at: datetime) -> date:
    """Return the calendar date that people here read at the instant `at`."""
    return at.astimezone(_zone).date()
