"""When a completed track is due again, and from which day on it can be done again."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lms.tracks.specs import RenewalSpec, TrackSpec

RenewalState = Literal["early", "open", "late", "lapsed"]


@dataclass(frozen=True)
class Renewal:
    """The next renewal of a completed track: from when on it can begin, when it is due, and until when it is late."""

    opens_on: date
    due_on: date
    lapses_on: date

    def state(self, today: date) -> RenewalState:
        """Return how it stands; who is late, or has let it lapse, can renew still."""
        if today < self.opens_on:
            return "early"
        if today <= self.due_on:
            return "open"
        return "late" if today <= self.lapses_on else "lapsed"


@dataclass(frozen=True)
class NextCycle:
    """The cycle in which somebody renews a track now, and the local date on which what she completed is due again."""

    cycle: int
    due_on: date


def list_lapsing(dates: Mapping[int, date | None], renewals: Mapping[int, NextCycle], today: date) -> tuple[int, ...]:
    """Return whose date comes after the day on which what she completed is due, though that has not passed yet."""
    found = []
    for person_id, renewal in renewals.items():
        due_on = dates.get(person_id)
        if due_on is not None and today <= renewal.due_on < due_on:
            found.append(person_id)
    return tuple(found)


def renewal_of(track: TrackSpec, completed_on: Sequence[date]) -> Renewal | None:
    """Return the renewal that follows the last of a track's completions; None where it is never due again.

    `completed_on` holds the local dates of its cycles in order. Counted from the completion a late renewal moves what
    follows; counted from the expiry the next one is due so many months after this one was, unless it had lapsed; a
    fixed day is the first such day at least those months after the completion.
    """
    asked, months = track.renewal, track.valid_months
    if asked is None or months is None or not completed_on:
        return None
    due_on = add_months(completed_on[0], months)
    for day in completed_on[1:]:
        in_time = asked.origin == "expiry" and day <= due_on + timedelta(days=asked.grace_days)
        due_on = add_months(due_on if in_time else day, months)
    if asked.fixed_day is not None:
        due_on = _next_fixed(add_months(completed_on[-1], months), asked.fixed_day)
    return _renewal(asked, due_on)


def _renewal(asked: RenewalSpec, due_on: date) -> Renewal:
    opens_on = due_on - timedelta(days=asked.window_days)
    return Renewal(opens_on, due_on, due_on + timedelta(days=asked.grace_days))


def _next_fixed(earliest: date, fixed: tuple[int, int]) -> date:
    """Return the first day of that month and day on or after `earliest`."""
    this_year = earliest.replace(month=fixed[0], day=fixed[1])
    return this_year if this_year >= earliest else this_year.replace(year=this_year.year + 1)


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
