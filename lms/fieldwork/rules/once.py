"""An hour of the clock counts once: what overlaps is cut, as far as it is known when something was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from lms.fieldwork.rules.attendance import Stays
from lms.fieldwork.rules.facts import CreditedMinutes
from lms.fieldwork.rules.overlaps import cap_days

#: Seconds since 1970, the second one not included.
Interval = tuple[int, int]
_DAY = 86_400


@dataclass(frozen=True)
class Visit:
    """When somebody was at a session, and from when to when the session was."""

    stays: Stays
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Spent:
    """Minutes before anything is cut, and when they were: by the clock of their date, at a session, or not known."""

    fact: CreditedMinutes
    #: Minutes after midnight.
    clock: tuple[int, int] | None = None
    visit: Visit | None = None


def count_once(spent: Iterable[Spent], zone: ZoneInfo) -> list[CreditedMinutes]:
    """Return the facts without what counts already at the same time, and with at most 16 hours for each date.

    What was credited first counts first. An entry with times takes all the time between them; what overlaps is cut
    only as far as it goes beyond the breaks in it. Of what has no times nothing is cut: whoever countersigns it sees
    that there is more on its day. Sorted by person and date.
    """
    found = sorted(spent, key=lambda each: (each.fact.person_id, each.fact.done_on, each.fact.credited_at))
    timed: dict[int, int] = defaultdict(int)
    for each in found:
        timed[each.fact.person_id] += each.clock is not None or each.visit is not None
    taken: dict[tuple[int, int], list[Interval]] = defaultdict(list)
    return cap_days(_cut(each, taken, zone) if timed[each.fact.person_id] > 1 else each.fact for each in found)


def _cut(each: Spent, taken: dict[tuple[int, int], list[Interval]], zone: ZoneInfo) -> CreditedMinutes:
    """Return a fact without what is taken already, and take its time."""
    lasted = overlap = 0
    for number, piece in _by_day(intervals_of(each, zone)):
        ours = taken[each.fact.person_id, number]
        free = _free(piece, ours)
        ours += free
        lasted += piece[1] - piece[0]
        overlap += piece[1] - piece[0] - sum(end - begin for begin, end in free)
    breaks = max(0, lasted // 60 - each.fact.minutes)
    too_many = max(0, overlap // 60 - breaks)
    return replace(each.fact, minutes=max(0, each.fact.minutes - too_many)) if too_many else each.fact


def intervals_of(each: Spent, zone: ZoneInfo) -> list[Interval]:
    """Return when something was, in the order of time; nothing where that is not known.

    Of a session it is the time in the room, and what is credited beyond that from the rest of the session, its
    beginning first.
    """
    if each.clock is not None:
        begins, ends = (_second_of(each.fact, minute, zone) for minute in each.clock)
        return [(begins, ends)] if begins < ends else []
    if each.visit is None:
        return []
    whole = _whole(each.visit.starts_at), _whole(each.visit.ends_at)
    stays = ((_whole(stay.began_at), _whole(stay.ended_at or each.visit.ends_at)) for stay in each.visit.stays)
    clipped = ((max(begin, whole[0]), min(end, whole[1])) for begin, end in stays)
    there = [(begin, end) for begin, end in clipped if begin < end]
    missing = 60 * each.fact.minutes - sum(end - begin for begin, end in there)
    for begin, end in _free(whole, there):
        if missing > 0:
            there.append((begin, min(end, begin + missing)))
            missing -= end - begin
    return sorted(there)


def _second_of(fact: CreditedMinutes, minute: int, zone: ZoneInfo) -> int:
    return _whole(datetime.combine(fact.done_on, time(minute // 60, minute % 60), zone).astimezone(UTC))


def _whole(at: datetime) -> int:
    return int(at.timestamp())


def _by_day(intervals: Sequence[Interval]) -> Iterator[tuple[int, Interval]]:
    """Yield intervals cut at the ends of days in UTC, each with the number of its day."""
    for begin, end in intervals:
        for number in range(begin // _DAY, (end - 1) // _DAY + 1):
            yield number, (max(begin, number * _DAY), min(end, (number + 1) * _DAY))


def _free(piece: Interval, taken: Iterable[Interval]) -> list[Interval]:
    """Return what of an interval none of the others covers, in the order of time."""
    free, begin = [], piece[0]
    for other_begin, other_end in sorted(each for each in taken if each[0] < piece[1] and each[1] > piece[0]):
        if begin < other_begin:
            free.append((begin, other_begin))
        begin = max(begin, other_end)
    return [*free, (begin, piece[1])] if begin < piece[1] else free
