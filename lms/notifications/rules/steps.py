"""When somebody is reminded: steps counted in local days from a date, of which only the latest that was reached counts.

The planner says the same in SQL, for all people at once (`service.planning`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Steps:
    """Days from a date on which somebody is reminded, in order; before it they are negative.

    The last one is made up for until `until` days from the date; each other one until the next has come.
    """

    days: tuple[int, ...]
    until: int


#: A track with a due date: a month, a week and a day before; overdue once at the first day and after two weeks.
#: From then on it is the supervisor who hears of it, once a week.
TRACK = Steps((-30, -7, -1, 1, 14), 20)
#: The end of a certificate. Source: the cadence that users of other trackers ask for, 90, 60, 30 and 7 days before.
CERTIFICATE = Steps((-90, -60, -30, -7), 0)

#: A sign-off that counts for a while: a month before, so that a visit can be arranged, and a week before.
SIGN_OFF = Steps((-30, -7), 0)

#: A group session: the day before; on the day itself for who got a place since, or where that was slept through.
SESSION = Steps((-1,), 0)
#: The hours of training that are asked for each year, counted from its last day: at the beginning of the last quarter,
#: of its last month, and when there is still a week before the holidays. Nothing afterwards: the year is over.
YEARLY = Steps((-90, -30, -14), 0)
#: A follow-up: on its day, and once more after two weeks where it was not answered.
FOLLOW_UP = Steps((0, 14), 28)
#: A certificate that waits for its holder to confirm her name: once, when half of the fourteen days are over.
NAME = Steps((-7,), 0)


def step_on(steps: Steps, falls_on: date, today: date, since: date | None = None) -> int | None:
    """Return the step that counts on the local date `today`, or None.

    A step on or before `since`, the day on which the obligation began, never counts: the letter of that day told it.
    """
    if today > falls_on + timedelta(days=steps.until):
        return None
    reached = [step for step in steps.days if falls_on + timedelta(days=step) <= today]
    if not reached or (since is not None and falls_on + timedelta(days=reached[-1]) <= since):
        return None
    return reached[-1]


def week_of(day: date) -> date:
    """Return the Monday of the week of a local date: a digest is written once for each."""
    return day - timedelta(days=day.weekday())
