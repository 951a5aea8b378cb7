"""Rules of attendance: minutes in the room, who was late, what counts, and what a made-up part adds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.errors import RuleBroken

#: The code on the wall, the list on a phone, the paper sheet, or a correction of one of them.
WAYS = ("code", "list", "sheet", "correction")
#: Somebody may be noted as there so long before and after the session; the minutes outside count for nothing.
MARGIN = timedelta(hours=2)
MOST_STAYS = 6


@dataclass(frozen=True)
class Stay:
    """From when to when somebody was in the room; `ended_at` is None while she is, or as nobody noted it."""

    began_at: datetime
    ended_at: datetime | None = None


Stays = tuple[Stay, ...]


def packed(stays: Iterable[Stay]) -> list[list[str | None]]:
    """Return stays as JSON can hold them."""
    return [[each.began_at.isoformat(), each.ended_at.isoformat() if each.ended_at else None] for each in stays]


def unpacked(rows: Iterable[Sequence[str | None]]) -> Stays:
    """Return the stays that `packed` wrote."""
    return tuple(Stay(datetime.fromisoformat(str(a)), datetime.fromisoformat(b) if b else None) for a, b in rows)


def check_stays(stays: Stays, starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    """Raise `RuleBroken` when stays cannot be so.

    "stays-many", "stay-backwards" (it ends before it begins), "stays-overlap" or out of order, "stay-open" (only the
    last may be open), "stay-outside" (far from the session), "stay-future" (it begins or ends later than now; only who
    is there early may be noted from the beginning of the session on).
    """
    if len(stays) > MOST_STAYS:
        raise RuleBroken("stays-many", most=MOST_STAYS)
    for number, stay in enumerate(stays):
        if stay.ended_at is None and number < len(stays) - 1:
            raise RuleBroken("stay-open")
        if stay.ended_at is not None and stay.ended_at <= stay.began_at:
            raise RuleBroken("stay-backwards")
        if number and stay.began_at < (stays[number - 1].ended_at or stay.began_at):
            raise RuleBroken("stays-overlap")
        if stay.began_at < starts_at - MARGIN or (stay.ended_at or stay.began_at) > ends_at + MARGIN:
            raise RuleBroken("stay-outside")
        if stay.began_at > max(at, starts_at) or (stay.ended_at or at) > at:
            raise RuleBroken("stay-future")


def is_there(stays: Stays) -> bool:
    """Return whether the last stay has no end yet."""
    return bool(stays) and stays[-1].ended_at is None


def arrived(stays: Stays, at: datetime) -> Stays:
    """Return stays with one that begins at `at`; unchanged for somebody who is there already.

    It never begins before the last one ended: where the clock was set back in between, no minute counts twice.
    """
    if is_there(stays):
        return stays
    ended_at = stays[-1].ended_at if stays else None
    return (*stays, Stay(max(at, ended_at or at)))


def departed(stays: Stays, at: datetime) -> Stays:
    """Return stays with the open one ended at `at`; unchanged for somebody who is not there."""
    if not is_there(stays):
        return stays
    begun = stays[-1].began_at
    return (*stays[:-1], Stay(begun, at)) if at > begun else stays[:-1]


def minutes_present(stays: Stays, starts_at: datetime, ends_at: datetime) -> int:
    """Return the whole minutes of a session that somebody was there; a stay without an end lasts until the end.

    Instants are compared, so that a night with 23 or 25 hours counts as it was.
    """
    seconds = 0.0
    for stay in stays:
        begun, ended = max(stay.began_at, starts_at), min(stay.ended_at or ends_at, ends_at)
        seconds += max(0.0, (ended - begun).total_seconds())
    return int(seconds // 60)


def minutes_of(starts_at: datetime, ends_at: datetime) -> int:
    """Return how long a session lasts."""
    return int((ends_at - starts_at).total_seconds() // 60)


def minutes_late(stays: Stays, starts_at: datetime) -> int:
    """Return how many whole minutes after the beginning somebody came; 0 for nobody."""
    if not stays:
        return 0
    return max(0, int((stays[0].began_at - starts_at).total_seconds() // 60))


@dataclass(frozen=True)
class Share:
    """What one visit gives: minutes that count, and whether with it the session counts whole."""

    credited: int
    is_full: bool


def shares(total: int, minimum_share: int, present: Mapping[int, int]) -> dict[int, Share]:
    """Return by visit (the id of a session) what counts of one session of `total` minutes.

    `present` holds the minutes of each visit, in the order of time: the session itself, and others in which a part of
    it was made up. Together they count for at most `total`. From `minimum_share` percent on the session counts whole:
    the visit that reaches it brings the rest. Below that only the minutes in the room count.
    """
    found: dict[int, Share] = {}
    attended, given, whole = 0, 0, False
    for visit, minutes in present.items():
        attended += minutes
        if not whole and attended * 100 >= minimum_share * total:
            whole, credited = True, total - given
        else:
            credited = min(minutes, total - given)
        given += credited
        found[visit] = Share(credited, whole)
    return found


@dataclass(frozen=True)
class CreditLine:
    """What a closing gives one person for one session. `towards_id` is the session whose matter was learned."""

    group_session_id: int
    towards_id: int
    person_id: int
    present_minutes: int
    credited_minutes: int
    is_full: bool


def fingerprint(lines: Iterable[CreditLine], revision: int) -> str:
    """Return a hash of what a closing would do, so that exactly what was shown is done."""
    told = "\n".join(sorted(repr(each) for each in lines))
    return hashlib.sha256(f"{revision}\n{told}".encode()).hexdigest()


def check_closing(state: str, ends_at: datetime, at: datetime) -> None:
    """Raise `RuleBroken` ("session-cancelled", "session-closed", "session-not-over") before it can be closed."""
    if state in {"cancelled", "closed"}:
        raise RuleBroken(f"session-{state}")
    if at < ends_at:
        raise RuleBroken("session-not-over")
