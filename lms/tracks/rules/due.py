"""What a due date means, and which dates can be."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

DueState = Literal["done", "late", "due-soon", "on-time"]

#: "Due soon" begins this many days before the due date.
SOON_DAYS = 30
#: A plausible pace beside the work itself: half an hour of learning a day.
MINUTES_A_DAY = 30
#: A realistic date leaves this much more than the plausible minimum.
SPARE_DAYS = 7
#: A due date further ahead is a slip of the year.
LATEST_DUE_DAYS = 5 * 366


def due_state(due_on: date | None, today: date, completed_on: date | None) -> DueState:
    """Return how an assignment stands on the local date `today`.

    "done" whenever the track is complete, also after the date; "late" from the day after the due date;
    "due-soon" in its last 30 days; else "on-time", also without any date. `queries` says the same in SQL.
    """
    if completed_on is not None:
        return "done"
    if due_on is None or due_on > today + timedelta(days=SOON_DAYS):
        return "on-time"
    return "late" if due_on < today else "due-soon"


def realistic_due(minutes: int, today: date) -> date:
    """Return the first comfortable date for this many minutes of learning: half an hour a day, and a week over."""
    return today + timedelta(days=_days(minutes) + SPARE_DAYS)


def due_fault(due_on: date | None, today: date) -> str | None:
    """Return why a due date cannot be: "due-past", "due-far" (a slip of the year), or None."""
    if due_on is None:
        return None
    if due_on < today:
        return "due-past"
    return "due-far" if due_on > today + timedelta(days=LATEST_DUE_DAYS) else None


def is_due_tight(due_on: date | None, today: date, minutes: int) -> bool:
    """Return whether a date leaves fewer days, today included, than these minutes take at half an hour a day."""
    return due_on is not None and (due_on - today).days + 1 < _days(minutes)


def _days(minutes: int) -> int:
    return -(-minutes // MINUTES_A_DAY)
