"""What overlaps or may overlap on a day, and how many minutes of a day count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from lms.fieldwork.rules.facts import CreditedMinutes
from lms.fieldwork.rules.hours import MOST_A_DAY


@dataclass(frozen=True)
class Timed:
    """When an entry began and ended on its date, to find overlaps."""

    entry_id: int
    person_id: int
    done_on: date
    begins: int | None
    ends: int | None


def overlapping(entries: Sequence[Timed]) -> frozenset[int]:
    """Return the ids of the entries whose times overlap those of another entry of the same person and date."""
    days: dict[tuple[int, date], list[tuple[int, int, int]]] = defaultdict(list)
    for each in entries:
        if each.begins is not None and each.ends is not None:
            days[each.person_id, each.done_on].append((each.begins, each.ends, each.entry_id))
    found: set[int] = set()
    for times in days.values():
        for place, (begins, ends, entry_id) in enumerate(times):
            others = times[:place] + times[place + 1 :]
            if any(begins < other_ends and other_begins < ends for other_begins, other_ends, _ in others):
                found.add(entry_id)
    return frozenset(found)


def unsure(entries: Sequence[Timed]) -> frozenset[int]:
    """Return the ids of the entries that may overlap: the same person and date has more, and times are not given."""
    days: dict[tuple[int, date], list[Timed]] = defaultdict(list)
    for each in entries:
        days[each.person_id, each.done_on].append(each)
    several = (day for day in days.values() if len(day) > 1 and any(each.begins is None for each in day))
    return frozenset(each.entry_id for day in several for each in day)


def cap_days(facts: Iterable[CreditedMinutes]) -> list[CreditedMinutes]:
    """Return the facts with at most 16 hours for each person and date, all kinds together.

    What was credited first counts first; what finds no room is shortened, or left out. Sorted by person and date.
    """
    room: dict[tuple[int, date], int] = defaultdict(lambda: MOST_A_DAY)
    counted = []
    for fact in sorted(facts, key=lambda fact: (fact.person_id, fact.done_on, fact.credited_at)):
        minutes = min(fact.minutes, room[fact.person_id, fact.done_on])
        room[fact.person_id, fact.done_on] -= minutes
        if minutes:
            counted.append(fact if minutes == fact.minutes else replace(fact, minutes=minutes))
    return counted
