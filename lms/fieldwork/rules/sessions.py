"""Rules of group sessions: what may be planned, when it is in UTC, who gets a place, and when signing in is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from lms.errors import RuleBroken

LANGUAGES = ("en", "es", "to", "sm")
#: planned: to come. held: somebody was marked as present. closed: its minutes count. cancelled: it is not held.
STATES = ("planned", "held", "closed", "cancelled")
#: How long before the beginning the code on the wall takes people in.
OPENS = timedelta(minutes=30)
#: A paper list of so long ago may still be entered; nothing is planned further ahead.
OLDEST, FARTHEST = timedelta(days=366), timedelta(days=731)
MOST_PLACES = 500
DEFAULT_SHARE = 80


@dataclass(frozen=True)
class SessionPlan:
    """What a planner decides about a session. Times are local; `competencies` are keys such as "chw-core/outreach"."""

    title: str
    day: date
    starts: time
    ends: time
    language: str
    capacity: int
    place: str = ""
    link: str = ""
    organization_id: int | None = None
    is_open: bool = True
    cohort_id: int | None = None
    module_key: str | None = None
    track_key: str | None = None
    competencies: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    minimum_share: int = DEFAULT_SHARE
    finishes_lessons: bool = False


def instant_of(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which clocks in `zone` show `wall` on `day`.

    Of an hour that comes twice, when clocks are set back, the first one is meant. Raises `RuleBroken("time-skipped")`
    for a time that no clock shows, because they are set forward over it.
    """
    local = datetime.combine(day, wall, zone)
    at = local.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise RuleBroken("time-skipped")
    return at


def check_plan(plan: SessionPlan, zone: ZoneInfo, today: date) -> tuple[datetime, datetime]:
    """Return the instants at which a session would begin and end.

    Raises `RuleBroken`: "day-old", "day-far", "time-skipped", "ends-first", "place-missing", "link-odd",
    "capacity-range", "share-range", "lessons-of-what" (lessons are finished without a module).
    """
    faults = {
        "day-old": plan.day < today - OLDEST,
        "day-far": plan.day > today + FARTHEST,
        "place-missing": not plan.place and not plan.link,
        "link-odd": bool(plan.link) and not plan.link.startswith("https://"),
        "capacity-range": not 1 <= plan.capacity <= MOST_PLACES,
        "share-range": not 1 <= plan.minimum_share <= 100,
        "lessons-of-what": plan.finishes_lessons and plan.module_key is None,
    }
    for code, is_wrong in faults.items():
        if is_wrong:
            raise RuleBroken(code)
    starts_at, ends_at = instant_of(plan.day, plan.starts, zone), instant_of(plan.day, plan.ends, zone)
    if ends_at <= starts_at:
        raise RuleBroken("ends-first")
    return starts_at, ends_at


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for a place, in the order of signing up."""

    sign_up_id: int
    language: str
    needs_interpreter: bool


def can_follow(wanted: str, language: str, interpreters: Iterable[str], *, needs_interpreter: bool) -> bool:
    """Return whether somebody who asks for the language `wanted` can follow a session that is held in `language`."""
    return not needs_interpreter or wanted == language or wanted in interpreters


def next_in_line(
    waiting: Sequence[Waiting], free: int, language: str, interpreters: Sequence[str]
) -> tuple[Waiting, ...]:
    """Return who gets one of `free` places: those who can follow, in the order of signing up."""
    able = [
        each
        for each in waiting
        if can_follow(each.language, language, interpreters, needs_interpreter=each.needs_interpreter)
    ]
    return tuple(able[: max(0, free)])


def check_sign_up(state: str, starts_at: datetime, at: datetime) -> None:
    """Raise `RuleBroken` ("session-cancelled", "session-begun") where nobody can sign up or leave any more."""
    if state == "cancelled":
        raise RuleBroken("session-cancelled")
    if state != "planned" or at >= starts_at:
        raise RuleBroken("session-begun")


Window = Literal["early", "open", "over"]


def window_of(starts_at: datetime, ends_at: datetime, at: datetime) -> Window:
    """Return whether the code on the wall takes people in at `at`: from 30 minutes before until the end."""
    if at < starts_at - OPENS:
        return "early"
    return "open" if at <= ends_at else "over"


def check_changeable(state: str) -> None:
    """Raise `RuleBroken` ("session-cancelled", "session-closed") where a session stands as it is."""
    if state in {"cancelled", "closed"}:
        raise RuleBroken(f"session-{state}")


def tells_everybody(before: SessionPlan, after: SessionPlan) -> bool:
    """Return whether those who signed up have to know of a change: when, where or in which language it is."""
    known = ("day", "starts", "ends", "place", "link", "language")
    return any(getattr(before, name) != getattr(after, name) for name in known)
