"""What is counted of a check, and for how long by the day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

#: How somebody checked: the number typed, the code scanned, by a program, a file, a list, a link of the holder.
WAYS = ("page", "qr", "json", "file", "batch", "shared")
#: What came of it: a state of the certificate, or what a number or a file was instead.
OUTCOMES = (
    "valid", "expired", "replaced", "suspended", "revoked",
    "unknown", "mistyped", "altered", "foreign", "compromised",
)  # fmt: skip
#: Counts are kept by the day for this many months, then by the year.
MONTHS_KEPT = 13


@dataclass(frozen=True)
class Check:
    """One check: the award (None where there is none), and what came of it."""

    award_id: int | None
    outcome: str


def counts_of(checks: Iterable[Check]) -> Counter[Check]:
    """Return how often each check was made."""
    return Counter(checks)


def first_of_month(day: date) -> date:
    """Return the first day of the month of `day`."""
    return day.replace(day=1)


def first_of_year(day: date) -> date:
    """Return the first day of the year of `day`: where old counts are kept together."""
    return date(day.year, 1, 1)


def kept_by_day(today: date) -> date:
    """Return the first day whose counts are still kept by the day, thirteen months before this month."""
    months = today.year * 12 + today.month - 1 - MONTHS_KEPT
    return date(months // 12, months % 12 + 1, 1)
