"""When jobs run: against an oracle that walks minute by minute, in zones that changed their clocks or lost a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lms.scheduler.rules import LONGEST_TICK, Daily, Every, Weekly, is_constant, next_run, next_try, tick_seconds

ZONES = ("America/Los_Angeles", "Pacific/Apia", "Pacific/Tongatapu", "Pacific/Honolulu")
MINUTE = timedelta(minutes=1)
#: Instants near which clocks change: both Los Angeles changes, Apia's changes and lost day, Tonga's last summer.
CHANGES = (
    ("America/Los_Angeles", datetime(2026, 3, 8, 10, tzinfo=UTC)),
    ("America/Los_Angeles", datetime(2026, 11, 1, 9, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2020, 9, 26, 14, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2021, 4, 3, 14, tzinfo=UTC)),
    ("Pacific/Tongatapu", datetime(2016, 11, 5, 13, tzinfo=UTC)),
    ("Pacific/Tongatapu", datetime(2017, 1, 14, 13, tzinfo=UTC)),
    ("Pacific/Honolulu", datetime(2026, 3, 8, 10, tzinfo=UTC)),
)


def oracle(wall: time, after: datetime, zone: str) -> datetime:
    """Return the first minute later than `after` at which clocks reach `wall` on a date for the first time."""
    zone_info = ZoneInfo(zone)
    at = after.replace(second=0, microsecond=0) - timedelta(days=3)
    seen: datetime | None = None  # the latest that clocks have shown
    dates: set[date] = set()
    probe = at
    while probe < after + timedelta(days=4):
        dates.add(probe.astimezone(zone_info).date())
        probe += timedelta(minutes=15)
    while True:
        shown = at.astimezone(zone_info).replace(tzinfo=None)
        if seen is not None and at > after:
            for day in dates:
                if seen < datetime.combine(day, wall) <= shown:
                    return at
        seen = shown if seen is None else max(seen, shown)
        at += MINUTE


@st.composite
def moments(draw: st.DrawFn) -> tuple[str, datetime]:
    """Return a zone and an instant: near a change of clocks, or anywhere in twenty years."""
    if draw(st.booleans()):
        zone, change = draw(st.sampled_from(CHANGES))
        return zone, change + timedelta(minutes=draw(st.integers(-3000, 3000)))
    minutes = draw(st.integers(0, 20 * 365 * 24 * 60))
    return draw(st.sampled_from(ZONES)), datetime(2010, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)


@settings(max_examples=150, deadline=None)
@given(moments(), st.integers(0, 23), st.integers(0, 59))
@example(("America/Los_Angeles", datetime(2026, 3, 8, 7, tzinfo=UTC)), 2, 30)
@example(("America/Los_Angeles", datetime(2026, 11, 1, 6, tzinfo=UTC)), 1, 30)
@example(("Pacific/Apia", datetime(2011, 12, 29, 20, tzinfo=UTC)), 2, 30)
def test_a_daily_run_is_what_a_walk_by_the_minute_finds(moment: tuple[str, datetime], hour: int, minute: int) -> None:
    zone, after = moment
    assert next_run(Daily(hour, minute), after, zone) == oracle(time(hour, minute), after, zone)


def runs(schedule: Daily | Weekly, since: datetime, until: datetime, zone: str) -> list[datetime]:
    found = []
    at = next_run(schedule, since, zone)
    while at <= until:
        found.append(at)
        at = next_run(schedule, at, zone)
    return found


@pytest.mark.parametrize(("zone", "change"), CHANGES)
@pytest.mark.parametrize("hour", range(24))
def test_each_local_day_that_exists_has_one_run(zone: str, change: datetime, hour: int) -> None:
    found = runs(Daily(hour, 30), change - timedelta(days=4), change + timedelta(days=4), zone)
    days = [at.astimezone(ZoneInfo(zone)).date() for at in found]
    assert len(set(days)) == len(days), "a day ran twice"
    walked = {
        (change + timedelta(minutes=15 * n)).astimezone(ZoneInfo(zone)).date() for n in range(-2 * 96, 2 * 96 + 1)
    }
    assert walked <= set(days), "a day was left out"


def test_a_skipped_time_runs_at_the_first_minute_that_clocks_show() -> None:
    run = next_run(Daily(2, 30), datetime(2026, 3, 8, 0, 30, tzinfo=ZoneInfo("America/Los_Angeles")), ZONES[0])
    assert run == datetime(2026, 3, 8, 10, 0, tzinfo=UTC)
    assert run.astimezone(ZoneInfo(ZONES[0])).time() == time(3, 0)


def test_a_time_shown_twice_runs_the_first_time_only() -> None:
    first = next_run(Daily(1, 30), datetime(2026, 11, 1, 7, tzinfo=UTC), ZONES[0])
    assert first == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    assert next_run(Daily(1, 30), first, ZONES[0]) == datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("year", range(2025, 2031))
def test_midnight_is_skipped_on_no_day_of_a_year(year: int) -> None:
    """A cron trigger of APScheduler 3.11 leaves out the day after the spring change: 14 March 2027, then 16 March."""
    zone = ZoneInfo(ZONES[0])
    found = runs(
        Daily(0, 0), datetime(year, 1, 1, tzinfo=zone) - MINUTE, datetime(year, 12, 31, 1, tzinfo=zone), ZONES[0]
    )
    first = date(year, 1, 1)
    shown = [at.astimezone(zone) for at in found]
    days = [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]
    assert [at.date() for at in shown] == days
    assert {at.time() for at in shown} == {time(0)}, "and it does not drift by an hour"


@pytest.mark.parametrize("weekday", range(7))
def test_a_weekday_is_that_of_the_calendar(weekday: int) -> None:
    """In a crontab of APScheduler, 0 is Monday although cron says Sunday; here the number is `date.weekday()`."""
    zone = ZoneInfo(ZONES[0])
    found = runs(Weekly(weekday, 0, 0), datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC), ZONES[0])
    assert {at.astimezone(zone).weekday() for at in found} == {weekday}
    assert len(found) in {52, 53}


def test_a_date_that_was_left_out_has_no_run() -> None:
    found = runs(Daily(2, 30), datetime(2011, 12, 28, tzinfo=UTC), datetime(2012, 1, 1, tzinfo=UTC), "Pacific/Apia")
    days = [at.astimezone(ZoneInfo("Pacific/Apia")).date().isoformat() for at in found]
    assert days == ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"]


@given(st.integers(1, 100_000), st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2050, 1, 1)))  # noqa: DTZ001
def test_an_interval_counts_real_seconds(seconds: int, naive: datetime) -> None:
    after = naive.replace(tzinfo=ZoneInfo("America/Los_Angeles"))
    run = next_run(Every(seconds), after, "America/Los_Angeles")
    assert run.astimezone(UTC) - after.astimezone(UTC) == timedelta(seconds=seconds)
    assert run.tzinfo is UTC


def test_the_pause_after_a_failure_grows_up_to_the_next_run() -> None:
    zone, half_past_two = "America/Los_Angeles", datetime(2026, 3, 5, 10, 30, tzinfo=UTC)
    minutes = lambda n: next_try(Daily(2, 30), half_past_two, zone, n) - half_past_two  # noqa: E731
    assert [minutes(n) // timedelta(minutes=1) for n in (1, 2, 3, 4, 5, 9)] == [1, 4, 16, 64, 256, 24 * 60]
    assert minutes(0) == timedelta(days=1)
    assert next_try(Every(45), half_past_two, zone, 3) - half_past_two == timedelta(seconds=45)


def test_a_weekly_run_is_the_daily_one_of_its_weekday() -> None:
    zone, since = ZONES[0], datetime(2026, 3, 4, tzinfo=UTC)
    weekly = runs(Weekly(0, 8, 0), since, since + timedelta(days=60), zone)
    daily = runs(Daily(8, 0), since, since + timedelta(days=60), zone)
    assert weekly == [at for at in daily if at.astimezone(ZoneInfo(zone)).weekday() == 0]
    assert len(weekly) == 8


def test_short_intervals_run_at_every_tick_and_long_ones_are_asked_for() -> None:
    assert is_constant(Every(5))
    assert is_constant(Every(LONGEST_TICK))
    assert not is_constant(Every(LONGEST_TICK + 1))
    assert not is_constant(Daily(2, 30))
    assert [tick_seconds(each) for each in (Every(5), Every(600), Daily(2, 30))] == [5, LONGEST_TICK, LONGEST_TICK]


def test_schedules_say_what_they_are() -> None:
    assert [str(each) for each in (Every(5), Every(600), Daily(2, 5), Weekly(0, 8, 0))] == [
        "every 5 s",
        "every 10 min",
        "daily at 02:05",
        "Monday at 08:00",
    ]
