"""The one place that asks what time it is, and that knows where days begin. Below, time is an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
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


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    """Return what clocks in `zone` show at the instant `at`, without a zone."""
    return at.astimezone(zone).replace(tzinfo=None)


def first_instant(wanted: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant, to the second, at which clocks in `zone` show `wanted` or later, in UTC.

    `wanted` has no zone. Of a time that clocks show twice the first counts; one that they skip is replaced by the
    first that they show instead.
    """
    late = wanted.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if wall(late, zone) == wanted:
        return late
    early = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC)  # the change lies between the two
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        early, late = (early, middle) if wall(middle, zone) >= wanted else (middle, late)
    return late
