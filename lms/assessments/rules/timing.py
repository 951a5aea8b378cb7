"""How long an attempt may take, by the server's clock alone."""

from __future__ import annotations

from datetime import datetime, timedelta

#: What arrives so long after the deadline was sent in time, over a slow line.
GRACE = timedelta(seconds=30)
#: What arrived in time may still wait for its turn to write: as long as the gate lets anybody wait.
SETTLING = timedelta(seconds=15)
#: How much more a reader gets each time she asks, in percent of her time (WCAG 2.2, 2.2.1: one simple action).
EXTENSION_PERCENT = 50
#: How often she may ask without an accommodation.
EXTENSIONS = 1
#: Seconds before the end at which the page warns, whole minutes, the first first. WCAG asks for 20 at least.
WARNINGS = (300, 60)


def deadline_of(started_at: datetime, minutes: int | None, percent: int, extensions: int) -> datetime | None:
    """Return when an attempt's time is up, None where the quiz sets no limit.

    `minutes` is what the quiz allows, `percent` what its reader has of that, `extensions` how often she got more.
    """
    if minutes is None:
        return None
    shares = percent * (100 + EXTENSION_PERCENT * extensions)
    return started_at + timedelta(seconds=minutes * 60 * shares / 10_000)


def moved(deadline_at: datetime | None, wanted: datetime | None) -> datetime | None:
    """Return the later of an attempt's deadline and the one it would get now: a running attempt never loses time."""
    if deadline_at is None or wanted is None:
        return None
    return max(deadline_at, wanted)


def is_late(deadline_at: datetime | None, arrived_at: datetime) -> bool:
    """Return whether what arrived then is too late for an attempt; only what was saved before counts for it."""
    return deadline_at is not None and arrived_at > deadline_at + GRACE


def overdue_before(at: datetime) -> datetime:
    """Return the instant before which deadlines lie that the sweep may close at `at`.

    It waits a little beyond the grace, so that whatever arrived in time has been written.
    """
    return at - GRACE - SETTLING


def seconds_left(deadline_at: datetime | None, at: datetime) -> int | None:
    """Return whole seconds until the deadline, 0 once it has passed, None without one."""
    if deadline_at is None:
        return None
    return max(0, int((deadline_at - at).total_seconds()))


def may_extend(extensions: int, *, often: bool) -> bool:
    """Return whether a reader may ask for more time: once, or as often as her accommodation says."""
    return often or extensions < EXTENSIONS
