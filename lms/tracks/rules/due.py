"""What a due date means, how it is found for each person, and which dates can be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

DueState = Literal["done", "late", "due-soon", "on-time"]
DueKind = Literal["none", "date", "asked", "employed", "renewal"]

#: "Due soon" begins this many days before the due date.
SOON_DAYS = 30
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


def resolve_due(due: Due, began_on: date, today: date) -> date | None:
    """Return the local date by which a person is asked on `today`, before it is eased.

    `began_on` is the first day of her spell at the organization that asks.
    """
    days = timedelta(days=due.days or 0)
    return {"date": due.on, "asked": today + days, "employed": began_on + days}.get(due.kind)


def ease(due_on: date | None, today: date, days: int) -> date | None:
    """Return a date that leaves enough for work of so many days: the same one, else the first comfortable one."""
    return realistic_due(days, today) if is_due_early(due_on, today, days) else due_on


def last_comfortable(due: Due, days: int) -> date | None:
    """Return the last local date on which somebody can be asked and still has the time; None where there is none.

    `date.max` where it can be on any day. Days that are counted from the asking, or from the first day of an
    employment, leave everybody who comes later too little, or nobody. The work takes `days` (`Work.days`).
    """
    if due.kind == "date" and due.on is not None:
        return due.on - timedelta(days=max(days - 1, 0))
    is_short = due.kind in {"asked", "employed"} and (due.days or 0) + 1 < days
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


def realistic_due(days: int, today: date) -> date:
    """Return the first comfortable date for work of so many days (`Work.days`): a week more than it takes at least."""
    return today + timedelta(days=days + SPARE_DAYS)


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


def is_due_early(due_on: date | None, today: date, days: int) -> bool:
    """Return whether a date has passed, or leaves fewer days, today included, than work of so many days takes."""
    return due_on is not None and (due_on < today or (due_on - today).days + 1 < days)
