"""How much of a track is left to somebody at least, and how many days that takes: what a date is measured by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lms.tracks.rules.judging import Explanation, left_of

if TYPE_CHECKING:
    from lms.tracks.specs import HoursSpec, SetSpec, TrackItemSpec, TrackSpec

#: A plausible pace beside the work itself: half an hour of learning a day.
MINUTES_A_DAY = 30
#: Practice is the work itself, so that a week holds no more of it than a full working week. Source: 29 U.S.C. 207,
#: beyond 40 hours is overtime.
PRACTICE_A_WEEK = 40 * 60
#: An observation takes half an hour. Source: child-welfare practice logs observed visits in units of 30 minutes.
SIGN_OFF_MINUTES = 30


@dataclass(frozen=True)
class Work:
    """What is left to do at least: minutes of learning, minutes of practice, and how many sign-offs."""

    learning: int = 0
    practice: int = 0
    sign_offs: int = 0

    @property
    def days(self) -> int:
        """Return how many days it takes at least, today included.

        Assumed are half an hour of learning a day, beside the work (a day is a day: people learn on a phone, when they
        can), and at most 40 hours of practice in seven days, an observation being half an hour of it. Both go on at
        once, so that the longer one decides.
        """
        practice = self.practice + self.sign_offs * SIGN_OFF_MINUTES
        return max(-(-self.learning // MINUTES_A_DAY), -(-practice * 7 // PRACTICE_A_WEEK))


@dataclass(frozen=True)
class Missing:
    """What is missing of one track: modules with their minutes, hours, checklists, and tracks that come first."""

    modules: Mapping[str, int]
    hours: tuple[tuple[HoursSpec, int], ...] = ()
    checklists: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()


@dataclass(frozen=True)
class HoursTold:
    """Hours that a track asks for, of kinds any of which counts: minutes asked for, and of these recorded so far."""

    kinds: tuple[str, ...]
    asked: int
    recorded: int


def hours_told(track: TrackSpec, explained: Explanation) -> tuple[HoursTold, ...]:
    """Return the hours that somebody is asked for on a track, by their kinds, in the order of its file.

    Of hours for several competencies the sum is told, without what is recorded beyond each. What she need not do is not
    asked for.
    """
    parts = {part.id: part for part in explained.others if part.kind == "hours"}
    groups: dict[tuple[str, ...], list[tuple[HoursSpec, int]]] = {}
    for spec in track.hours:
        part = parts.get(spec.key)
        if part is not None and (part.proof is None or part.proof.kind == "hours"):
            groups.setdefault(spec.counts, []).append((spec, min(part.minutes, spec.minutes)))
    return tuple(
        HoursTold(kinds, _longest((spec, spec.minutes) for spec, _ in found), _longest(found))
        for kinds, found in groups.items()
    )


def missing_of(track: TrackSpec, explained: Explanation, minutes: Mapping[str, int]) -> Missing:
    """Return what is missing on the cheapest way through a track; `minutes` holds those of the modules taught now.

    Of different ways the one that takes least counts, of a choice the cheapest items, of an item the shortest module
    that counts for it. What is planned takes no time yet.
    """
    met = {key for key, proof in explained.proofs.items() if proof}
    modules: dict[str, int] = {}
    for group in (group for stage in explained.case.stages for group in stage):
        ways = [dict(_cheapest(way, met, minutes)) for way in group]
        lacking = [left_of(way, met) - len(found) for way, found in zip(group, ways, strict=True)]
        modules |= min(zip(lacking, ways, strict=True), key=lambda each: (each[0], sum(each[1].values())))[1]
    hours = {each.key: each for each in track.hours}
    open_ = [part for part in explained.others if not part.is_done]
    return Missing(
        modules,
        tuple((hours[part.id], part.asked - part.minutes) for part in open_ if part.kind == "hours"),
        tuple(part.key for part in open_ if part.kind == "sign-off" and part.key),
        tuple(part.key for part in open_ if part.kind == "track"),
    )


def _cheapest(way: SetSpec, met: Collection[str], minutes: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Yield the modules that complete a set in the least time, with their minutes."""
    found = (_shortest(item, minutes) for item in way.items if item.id not in met)
    taught = sorted((each for each in found if each), key=lambda each: each[1])
    yield from taught[: left_of(way, met)]


def _shortest(item: TrackItemSpec, minutes: Mapping[str, int]) -> tuple[str, int] | None:
    taught = [(key, minutes[key]) for key in item.modules if key in minutes]
    return min(taught, key=lambda each: each[1], default=None)


def work_of(found: Sequence[Missing]) -> Work:
    """Return the work of a track and of those that come first: what several of them ask for is done once."""
    modules = {key: minutes for each in found for key, minutes in each.modules.items()}
    checklists = {key for each in found for key in each.checklists}
    return Work(sum(modules.values()), _practice([pair for each in found for pair in each.hours]), len(checklists))


def _practice(asked: Iterable[tuple[HoursSpec, int]]) -> int:
    """Return the least minutes that meet all of these hours: one minute may count for several of them.

    Hours that share a kind may be the same ones, so that only the longest counts; but what counts for one competency
    counts for no other, so that those add up.
    """
    groups: list[tuple[set[str], list[tuple[HoursSpec, int]]]] = []
    for spec, minutes in asked:
        kinds, members = set(spec.counts), [(spec, minutes)]
        for other in [each for each in groups if each[0] & kinds]:
            groups.remove(other)
            kinds, members = kinds | other[0], members + other[1]
        groups.append((kinds, members))
    return sum(_longest(members) for _, members in groups)


def _longest(members: Iterable[tuple[HoursSpec, int]]) -> int:
    of: dict[str | None, int] = {}
    for spec, minutes in members:
        of[spec.competency] = max(minutes, of.get(spec.competency, 0))
    return max(of.pop(None, 0), sum(of.values()))
