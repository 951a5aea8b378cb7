"""Periods of time that a report can be about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

#: Periods that move with the day of asking; a year ("2026"), a quarter ("2026-q3") and "custom" are the others.
PRESETS = ("this-year", "last-year", "this-quarter", "last-quarter")
CUSTOM = "custom"
_FIXED = re.compile(r"(20[0-9]{2})(?:-q([1-4]))?")


@dataclass(frozen=True)
class Period:
    """A span of local dates, both included, and the key that names it in an address."""

    key: str
    since: date
    until: date

    @property
    def is_year(self) -> bool:
        """Return whether it is a calendar year."""
        return (self.since.month, self.since.day, self.until) == (1, 1, date(self.since.year, 12, 31))


def find_period(key: str, today: date, since: date | None = None, until: date | None = None) -> Period | None:
    """Return the period that `key` names on the day `today`; None for no such period.

    "custom" takes `since` and `until`; it is no period without both, or when they are the wrong way round.
    """
    if key == CUSTOM:
        return Period(key, since, until) if since and until and since <= until else None
    fixed = _FIXED.fullmatch(_presets(today).get(key, key))
    if fixed is None:
        return None
    year, quarter = int(fixed[1]), fixed[2]
    first = date(year, 3 * int(quarter) - 2, 1) if quarter else date(year, 1, 1)
    return Period(key, first, last_day(fixed[0]))


def last_day(key: str) -> date:
    """Return the last day of a year or quarter, such as "2026" or "2026-q1"."""
    year, _, quarter = key.partition("-q")
    if quarter in ("", "4"):
        return date(int(year), 12, 31)
    return date(int(year), 3 * int(quarter) + 1, 1) - timedelta(days=1)


def quarter_of(day: date) -> str:
    """Return the key of the quarter that holds `day`."""
    return f"{day.year}-q{(day.month + 2) // 3}"


def is_quarter(key: str) -> bool:
    """Return whether the key of a period names a quarter: "2026-q3"."""
    return "-q" in key


def is_month(key: str) -> bool:
    """Return whether the key of a period names a month: "2026-08"."""
    return "-" in key and not is_quarter(key)


def quarter_of_month(key: str) -> str:
    """Return the key of the quarter that holds the month `key`, such as "2026-08"."""
    return f"{key[:4]}-q{(int(key[5:]) + 2) // 3}"


def _presets(today: date) -> dict[str, str]:
    quarter = quarter_of(today)
    first = date(today.year, 3 * int(quarter[-1]) - 2, 1)
    before = quarter_of(first - timedelta(days=1))
    return dict(zip(PRESETS, (str(today.year), str(today.year - 1), quarter, before), strict=True))
