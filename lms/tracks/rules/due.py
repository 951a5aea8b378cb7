"""What a due date means, how it is found for each person, and which dates can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

DueState = Literal["done", "late", "due-soon", "on-time"]
DueKind = Literal["none", "date", "asked", "employed", "renewal"]

#: "Due soon" begins this many days before the due date.
SOON_DAYS = 30
#: A plausible pace beside the work itself: half an hour of learning a day.
MINUTES_A_DAY = 30
#: A realistic date leaves this much more than the plausible minimum.
SPARE_DAYS = 7
#: A due date further ahead is a slip of the year.
LATEST_DUE_DAYS = 5 * 366


@dataclass(frozen=True)
class Due:
    """How a due date is found: none, a fixed local date, or days after she was asked or her employment began.

    "renewal" is what a standing rule asks for again: due when what she completed is, so that it is found elsewhere.
    With `eased`, a date that leaves too little time is moved to the first comfortable one.
    """

    kind: DueKind = "none"
    on: date | None = None
    days: int | None = None
    eased: bool = False


def as_due(given: date | Due | None) -> Due:
    """Return a fixed date, or None for no date, as a rule."""
    if isinstance(given, Due):
        return given
    return Due("date", given) if given is not None else Due()


def resolve_due(due: Due, began_on: date, today: date, minutes: int) -> date | None:
    """Return the local date by which a person is asked on `today` to learn for `minutes`.

    `began_on` is the first day of her spell at the organization that asks.
    """
    days = timedelta(days=due.days or 0)
    found = {"date": due.on, "asked": today + days, "employed": began_on + days}.get(due.kind)
    return ease(found, today, minutes) if due.eased else found


def ease(due_on: date | None, today: date, minutes: int) -> date | None:
    """Return a date, or the first comfortable one where it has passed or leaves too little time."""
    return realistic_due(minutes, today) if is_due_early(due_on, today, minutes) else due_on


def list_early(dates: Mapping[int, date | None], today: date, minutes: Mapping[int, int]) -> tuple[int, ...]:
    """Return those whose date has passed, or leaves too little time for the minutes that each has to learn."""
    return tuple(each for each, due_on in dates.items() if is_due_early(due_on, today, minutes[each]))


def last_comfortable(due: Due, minutes: int) -> date | None:
    """Return the last local date on which somebody can be asked and still has the time; None where there is none.

    `date.max` where it can be on any day. Days that are counted from the asking, or from the first day of an
    employment, leave everybody who comes later too little, or nobody.
    """
    if due.kind == "date" and due.on is not None:
        return due.on - timedelta(days=max(_days(minutes) - 1, 0))
    is_short = due.kind in {"asked", "employed"} and (due.days or 0) + 1 < _days(minutes)
    return None if is_short else date.max


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


def due_fault(due: Due, today: date) -> str | None:
    """Return why a due date cannot be asked for, or None.

    "due-missing" or "days-missing" where its date or its number of days is; "due-past"; "due-far", a slip of the
    year. What is eased, or counted from each person's own day, cannot have passed for all.
    """
    if due.kind == "date":
        if due.on is None:
            return "due-missing"
        if due.on < today and not due.eased:
            return "due-past"
        return "due-far" if due.on > today + timedelta(days=LATEST_DUE_DAYS) else None
    if due.kind in {"asked", "employed"}:
        if due.days is None:
            return "days-missing"
        return None if 1 <= due.days <= LATEST_DUE_DAYS else "due-far"
    return None


def is_due_early(due_on: date | None, today: date, minutes: int) -> bool:
    """Return whether a date has passed, or leaves fewer days, today included, than these minutes take.

    They take a day for each half hour.
    """
    return due_on is not None and (due_on < today or (due_on - today).days + 1 < _days(minutes))


def _days(minutes: int) -> int:
    return -(-minutes // MINUTES_A_DAY)
