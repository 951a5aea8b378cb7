"""Decisions about time: when a job runs next, in UTC, also where clocks are changed or a day was left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lms.clock import first_instant, wall

#: A tick never comes less often than this, so that nothing is more than this late.
LONGEST_TICK = 30


@dataclass(frozen=True)
class Every:
    """A schedule: so many seconds after the last run began."""

    seconds: int

    def __str__(self) -> str:
        return f"every {self.seconds // 60} min" if self.seconds >= 60 else f"every {self.seconds} s"


@dataclass(frozen=True)
class Daily:
    """A schedule: once on each local day, when clocks first show this time or a later one."""

    hour: int
    minute: int

    def __str__(self) -> str:
        return f"daily at {self.hour:02d}:{self.minute:02d}"


@dataclass(frozen=True)
class Weekly:
    """A schedule: once a week, on a local weekday (0: Monday), when clocks first show this time or a later one."""

    weekday: int
    hour: int
    minute: int

    def __str__(self) -> str:
        day = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[self.weekday]
        return f"{day} at {self.hour:02d}:{self.minute:02d}"


Schedule = Every | Daily | Weekly


def is_constant(schedule: Schedule) -> bool:
    """Return whether a job runs at every tick; what it finds to do lies in its own rows."""
    return isinstance(schedule, Every) and schedule.seconds <= LONGEST_TICK


def tick_seconds(schedule: Schedule) -> int:
    """Return how often to ask whether a job is due."""
    return min(schedule.seconds, LONGEST_TICK) if isinstance(schedule, Every) else LONGEST_TICK


def next_run(schedule: Schedule, after: datetime, zone: str) -> datetime:
    """Return the first instant later than `after`, in UTC, at which a job of `schedule` runs in `zone`.

    A local time that clocks skip is replaced by the first one that they show instead; of a time that they show
    twice the first counts; a date that a zone left out (Apia, 30 December 2011) has no run.
    """
    if isinstance(schedule, Every):
        return after.astimezone(UTC) + timedelta(seconds=schedule.seconds)
    weekday = schedule.weekday if isinstance(schedule, Weekly) else None
    runs = _local_runs(time(schedule.hour, schedule.minute), weekday, after, ZoneInfo(zone))
    return next(run for run in runs if run > after)


def latest_plausible(schedule: Schedule, at: datetime, zone: str) -> datetime:
    """Return the latest instant at which a job can be due next, seen from `at`.

    A later one was written while a clock was far ahead, and would keep the job waiting until then. Two days are left
    over, so that a clock that is set back by less repeats nothing.
    """
    return next_run(schedule, at, zone) + timedelta(days=2)


def next_try(schedule: Schedule, after: datetime, zone: str, failures: int) -> datetime:
    """Return when a job runs again that has now failed `failures` times in a row (0: it went well), in UTC.

    The pause grows fourfold from a minute with each failure, and never reaches beyond the next run.
    """
    following = next_run(schedule, after, zone)
    if not failures:
        return following
    return min(following, after.astimezone(UTC) + timedelta(minutes=4 ** min(failures - 1, 6)))


def _local_runs(hour: time, weekday: int | None, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the runs of a job in order, on each local day or on each of one weekday, beginning before `after`."""
    day = after.astimezone(zone).date() - timedelta(days=2 if weekday is None else 8)
    while True:
        if weekday in (None, day.weekday()) and _exists(day, zone):
            yield first_instant(datetime.combine(day, hour), zone)
        day += timedelta(days=1)


def _exists(day: date, zone: ZoneInfo) -> bool:
    """Return whether clocks in `zone` ever showed the date `day`."""
    return wall(first_instant(datetime.combine(day, time.min), zone), zone).date() == day
