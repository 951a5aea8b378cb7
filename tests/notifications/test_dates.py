"""Dates mean what people read: late, due soon, reminders, quiet hours and jobs against an oracle over zoneinfo.

The oracle knows one thing: which date and time a clock in a zone shows at an instant. It finds everything else by
searching, minute by minute of real time, and shares no code with the program.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from lms import clock
from lms.clock import local_date, use_zone
from lms.notifications import rules
from lms.notifications.rules import Steps, Wish, quiet_end, step_on, week_of
from lms.scheduler.rules import Daily, Weekly, next_run
from lms.tracks.rules import due_state

LA = "America/Los_Angeles"
ZONES = (LA, "Pacific/Apia", "Pacific/Tongatapu", "Pacific/Honolulu")
#: Instants at which clocks change: both changes of Los Angeles in several years, Apia's and Tonga's last ones.
CHANGES = (
    *((LA, datetime(year, month, day, hour, tzinfo=UTC)) for year, month, day, hour in (
        (2025, 3, 9, 10), (2025, 11, 2, 9), (2026, 3, 8, 10), (2026, 11, 1, 9), (2027, 3, 14, 10), (2027, 11, 7, 9),
    )),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2021, 4, 3, 14, tzinfo=UTC)),
    ("Pacific/Tongatapu", datetime(2017, 1, 14, 13, tzinfo=UTC)),
)  # fmt: skip
SAMPLES = 1000
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _zone() -> Iterator[None]:
    """Give back the zone of this process."""
    before = clock.zone().key
    yield
    use_zone(before)


def shown(at: datetime, zone: str) -> datetime:
    """Return what a clock in a zone shows."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def day_begins(day: date, zone: str) -> datetime:
    """Return the first minute at which a clock shows `day` or a later date."""
    early = datetime(day.year, day.month, day.day, tzinfo=UTC) - 2 * DAY
    late = early + 4 * DAY
    while late - early > MINUTE:
        middle = early + timedelta(minutes=(late - early) // MINUTE // 2)
        early, late = (early, middle) if shown(middle, zone).date() >= day else (middle, late)
    return late


def samples() -> Iterator[tuple[str, datetime, date]]:
    """Yield a zone, an instant, and a date near it: half of them around changes of clocks, many around midnight."""
    rng = Random(20260328)
    for number in range(SAMPLES):
        if number % 2:
            zone, change = rng.choice(CHANGES)
            at = change + timedelta(minutes=rng.randint(-2000, 2000))
        else:
            zone = rng.choice(ZONES)
            at = datetime(2012, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randint(0, 20 * 365 * 24 * 60))
        if number % 3 == 0:
            at = day_begins(shown(at, zone).date(), zone) + timedelta(seconds=rng.choice([-1, 0, 1]))
        yield zone, at, shown(at, zone).date() + timedelta(days=rng.randint(-40, 100))


def test_late_and_due_soon_begin_and_end_with_local_days() -> None:
    seen = dict.fromkeys(("late", "due-soon", "on-time"), 0)
    for zone, at, due in samples():
        use_zone(zone)
        state = due_state(due, local_date(at), None)
        if at >= day_begins(due + DAY, zone):
            expected = "late"
        elif at >= day_begins(due - timedelta(days=30), zone):
            expected = "due-soon"
        else:
            expected = "on-time"
        assert state == expected, (zone, at, due)
        seen[state] += 1
    assert min(seen.values()) > 100, seen


@pytest.mark.parametrize("steps", [rules.TRACK, rules.CERTIFICATE])
def test_a_reminder_belongs_to_the_local_day_of_its_step(steps: Steps) -> None:
    seen: dict[int | None, int] = {}
    for zone, at, falls_on in samples():
        use_zone(zone)
        step = step_on(steps, falls_on, local_date(at))
        begun = [each for each in steps.days if at >= day_begins(falls_on + timedelta(days=each), zone)]
        is_over = at >= day_begins(falls_on + timedelta(days=steps.until + 1), zone)
        assert step == (None if is_over or not begun else begun[-1]), (zone, at, falls_on)
        seen[step] = seen.get(step, 0) + 1
    assert set(seen) >= {None, *steps.days}


def test_a_step_is_never_older_than_its_obligation() -> None:
    rng, fresh = Random(7), 0
    for _, at, falls_on in samples():
        today = at.date()
        since = today - timedelta(days=rng.randint(0, 60))
        step = step_on(rules.TRACK, falls_on, today, since)
        reached = step_on(rules.TRACK, falls_on, today)
        if reached is not None and falls_on + timedelta(days=reached) <= since:
            fresh += 1
            assert step is None
        else:
            assert step == reached
    assert fresh > 50


def test_jobs_run_at_the_first_minute_that_shows_their_time() -> None:
    rng = Random(11)
    for number, (zone, at, _) in enumerate(samples()):
        hour, minute = rng.randint(0, 23), rng.choice([0, 15, 30, 45, 59])
        weekday = number % 7
        for schedule, wanted in (
            (Daily(hour, minute), set(range(7))),
            (Weekly(weekday, hour, minute), {weekday}),
        ):
            run = next_run(schedule, at, zone)
            assert run == first_run(time(hour, minute), wanted, at, zone), (zone, at, schedule)


def first_run(hour: time, weekdays: set[int], after: datetime, zone: str) -> datetime:
    """Return the first instant later than `after` at which a date of one of these weekdays reaches `hour`."""
    day = shown(after, zone).date() - 2 * DAY
    while True:
        begins, ends = day_begins(day, zone), day_begins(day + DAY, zone)
        if begins < ends and day.weekday() in weekdays:  # else no clock shows this date
            runs = reaches(datetime.combine(day, hour), begins, zone)
            if runs > after:
                return runs
        day += DAY


def reaches(wanted: datetime, begins: datetime, zone: str) -> datetime:
    """Return the first minute from the beginning of a day on at which the clock shows `wanted` or later."""
    at = begins + max(timedelta(0), wanted - shown(begins, zone) - timedelta(hours=3))
    while shown(at, zone) < wanted:
        ahead = wanted - shown(at, zone) - timedelta(hours=2)
        at += max(MINUTE, ahead)
    return at


def test_a_weekly_letter_is_written_for_the_local_week() -> None:
    for zone, at, _ in samples():
        use_zone(zone)
        monday = week_of(local_date(at))
        assert monday.weekday() == 0
        assert day_begins(monday, zone) <= at < day_begins(monday + 7 * DAY, zone), (zone, at)


def test_quiet_hours_are_hours_of_the_local_clock() -> None:
    rng, quiet = Random(5), 0
    for zone, at, _ in samples():
        begins, ends = rng.choice([(21, 8), (22, 6), (0, 7), (13, 15), (23, 0), (8, 8), (2, 3), (1, 2)])
        end = quiet_end(at, ZoneInfo(zone), Wish(None, begins, ends))
        hour = shown(at, zone).hour
        hours = {each % 24 for each in range(begins, ends if ends >= begins else ends + 24)}
        assert (end is not None) == (hour in hours), (zone, at, begins, ends)
        if end is None:
            continue
        quiet += 1
        assert at < end <= at + timedelta(hours=26), "a day that a zone left out may lie between"
        probe = at.replace(second=0, microsecond=0) + MINUTE
        while probe < end:
            assert shown(probe, zone).hour in hours, (zone, at, probe, end)
            probe += timedelta(minutes=10)
        assert shown(end, zone).hour not in hours, (zone, at, end)
    assert quiet > 200


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hours", [12, 48, 24 * 370])
def test_a_clock_that_is_set_back_runs_no_job_twice_for_a_day(zone: str, hours: int) -> None:
    """What is due lies in a row: while the clock shows a time that has been, nothing is due."""
    schedule = Daily(8, 0)
    at = datetime(2026, 3, 7, 12, tzinfo=UTC)
    due, runs = next_run(schedule, at, zone), []
    for tick in range(24 * 8):
        now = at + timedelta(hours=tick) - (timedelta(hours=hours) if 24 * 3 <= tick < 24 * 5 else timedelta(0))
        if now >= due:
            runs.append(due)
            due = next_run(schedule, now, zone)
    assert runs == sorted(set(runs)), "a run was repeated"
    assert len(runs) >= 5
