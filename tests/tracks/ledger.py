"""An oracle of tracks: judges from the plain events of one worker's life, and shares no code with the program.

It knows the tracks as the dictionaries from which they are published, and each event as it was told to the services.
A track is met at the first moment since she began at which all that it asks for was there, by what stands now; it is
looked for whenever something happens, and what is completed stays so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

HERE = ZoneInfo("America/Los_Angeles")

#: Asked for again every year, and what `way` asks for first and is renewed by.
FIRST = {
    "key": "first",
    "title": "First",
    "summary": "Short.",
    "level": "entry",
    "items": [{"id": "base", "module": "a"}],
    "hours": [{"kind": "practicum", "minutes": 60, "title": "A little practice"}],
    "valid_months": 12,
    "renewal": {"from": "completion", "window_days": 60},
}
_ELECTIVE = {"id": "more", "items": [{"id": "talk", "module": "c", "prerequisites": ["start"]},
                                     {"id": "walk", "module": "d"}]}  # fmt: skip
_SIGNED = {"id": "seen", "title": "Seen", "checklist": "visit", "independent": True}
_WHOLE = {
    "key": "way",
    "title": "The way",
    "summary": "Short.",
    "level": "entry",
    "prerequisites": ["first"],
    "sets": [{"id": "base", "items": [{"id": "start", "module": "b", "accepts": ["e"]}]}, {**_ELECTIVE, "choose": 1}],
    "hours": [{"kind": "practicum", "minutes": 120, "title": "Practice"}],
    "sign_offs": [_SIGNED],
    "valid_months": 12,
    "renewal": {"from": "completion", "track": "first"},
}
#: The versions in which `way` is published: all of it; fewer hours; both electives; one way or another; no sign-off.
WAYS: tuple[dict[str, Any], ...] = (
    _WHOLE,
    {**_WHOLE, "hours": [{"kind": "practicum", "minutes": 60, "title": "Practice"}]},
    {**_WHOLE, "sets": [_WHOLE["sets"][0], {**_ELECTIVE, "choose": 2}]},
    {**_WHOLE, "sets": [_WHOLE["sets"][0], {**_ELECTIVE, "join": "or"}],
     "sign_offs": [{**_SIGNED, "independent": False}]},
    {**_WHOLE, "sign_offs": []},
)  # fmt: skip


def local(at: datetime) -> date:
    """Return the date in Los Angeles."""
    return at.astimezone(HERE).date()


def after_a_year(day: date) -> date:
    """Return the same day of the next year."""
    return date(day.year + 1, day.month, min(day.day, 28) if day.month == 2 else day.day)


@dataclass
class Fact:
    """One event that may count: "module", "elsewhere", "hours", "seen" or "waiver". `day` is when it was done."""

    kind: str
    at: datetime
    name: str = ""
    day: date = date.min
    minutes: int = 0
    until: date | None = None
    is_independent: bool = True
    cycle: int = 0
    track: str = ""
    is_gone: bool = False

    def stands_on(self, day: date) -> bool:
        """Return whether it has not ended by a date."""
        return self.until is None or day <= self.until


@dataclass
class Cycle:
    """One cycle of a track: "active", "completed" or "withdrawn", under one version."""

    began: datetime
    spec: dict[str, Any]
    state: str = "active"
    done_at: datetime | None = None


@dataclass
class Ledger:
    """What happened to one worker, and where that puts her."""

    facts: list[Fact] = field(default_factory=list)
    cycles: dict[str, list[Cycle]] = field(default_factory=lambda: {"first": [], "way": []})

    def newest(self, key: str) -> tuple[int, Cycle | None]:
        """Return the cycle in which she is, with its number: the newest, but for a renewal that was taken back."""
        own = self.cycles[key]
        number = len(own) - (len(own) > 1 and own[-1].state == "withdrawn")
        return max(number, 1), own[number - 1] if own else None

    def begin(self, key: str, spec: dict[str, Any], specs: dict[str, dict[str, Any]], at: datetime) -> bool:
        """Put her on a track, as assigning and enrolling do; return whether she was not on it."""
        own = self.cycles[key]
        if own and own[-1].state == "withdrawn":
            own[-1] = Cycle(at, spec)
            return True
        if not own:
            own.append(Cycle(at, spec))
            return True
        return self.renew(key, specs, at)

    def opens_on(self, key: str) -> date | None:
        """Return from which date on the track can be renewed, None while it is not completed."""
        _, cycle = self.newest(key)
        if cycle is None or cycle.done_at is None:
            return None
        window = 60 if key == "first" else 90
        return after_a_year(local(cycle.done_at)) - timedelta(days=window)

    def renew(self, key: str, specs: dict[str, dict[str, Any]], at: datetime, *, is_early: bool = False) -> bool:
        """Begin the next cycle where that can be, and the track that is done instead; return whether it is new."""
        opens, own = self.opens_on(key), self.cycles[key]
        if opens is None or (local(at) < opens and not is_early):
            return False
        number, _ = self.newest(key)
        own[number:] = [Cycle(at, specs[key])]
        if key == "way":
            first = self.cycles["first"]
            if not first or first[-1].state == "completed":
                first.append(Cycle(at, specs["first"]))
            elif first[-1].state == "withdrawn":
                first[-1] = Cycle(at, specs["first"])
        return True

    def settle(self, now: datetime) -> None:
        """Complete whatever is met by now, until nothing comes of it."""
        while any(self._complete(key, now) for key in self.cycles):
            pass

    def _complete(self, key: str, now: datetime) -> bool:
        number, cycle = self.newest(key)
        if cycle is None or cycle.state != "active":
            return False
        instants = {cycle.began, *(each.at for each in self.facts)}
        instants |= {each.done_at for own in self.cycles.values() for each in own if each.done_at}
        for moment in sorted(each for each in instants if cycle.began <= each <= now):
            done, total = self.count(key, number, cycle.spec, local(moment), moment)
            if done == total:
                cycle.state, cycle.done_at = "completed", moment
                return True
        return False

    def shown(self, key: str, present: dict[str, Any], now: datetime) -> tuple[str, int, int | None, int]:
        """Return what she is shown: the state, the cycle, how many parts are done (None for all), and of how many."""
        number, cycle = self.newest(key)
        if cycle is not None and cycle.done_at is not None:
            return "completed", number, None, self.count(key, number, cycle.spec, local(now), now)[1]
        is_on = cycle is not None and cycle.state == "active"
        spec = cycle.spec if cycle is not None and is_on else present
        return ("active" if is_on else "open", number, *self.count(key, number, spec, local(now), now))

    def count(self, key: str, number: int, spec: dict[str, Any], day: date, moment: datetime) -> tuple[int, int]:
        """Return how many parts of a cycle are there at a moment, and how many it asks for."""
        before = self.cycles[key][number - 2].done_at if number > 1 else None
        found = [self._fact_holds(each, before, moment, day) for each in self._lists(key, number, spec)]
        return sum(done for done, _ in found), sum(total for _, total in found)

    def _lists(self, key: str, number: int, spec: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield what a cycle asks for: a track, hours, a sign-off, or alternatives of sets."""
        if key == "way" and number > 1:
            yield "again", (key, number)
            return
        named = (key, number)
        yield from (("track", (*named, each)) for each in spec.get("prerequisites", ()))
        yield from (("hours", (*named, each)) for each in spec["hours"])
        yield from (("seen", (*named, each)) for each in spec.get("sign_offs", ()))
        ways: list[list[Any]] = []
        for each in spec.get("sets") or [{"items": spec["items"]}]:
            if each.get("join") == "or":
                ways[-1].append(each)
            else:
                ways.append([each])
        yield from (("ways", (*named, each)) for each in ways)

    def _fact_holds(
        self, asked: tuple[str, Any], before: datetime | None, moment: datetime, day: date
    ) -> tuple[int, int]:
        """Return how many parts of one requirement are there, and how many it asks for."""
        kind, (key, number, *rest) = asked
        if kind == "ways":
            needed = [(each.get("choose") or len(each["items"]), each) for each in rest[0]]
            most = min(count for count, _ in needed)
            left = min(
                max(0, count - sum(self._item(key, number, item, before, moment, day) for item in each["items"]))
                for count, each in needed
            )
            return max(0, most - left), most
        if kind in {"track", "again"}:
            since = before if kind == "again" else None
            done = any(
                each.done_at and each.done_at <= moment and (since is None or each.done_at > since)
                for each in self.cycles["first"]
            )
            return int(done or self._waived(key, number, "track:first", moment, day)), 1
        part = rest[0]
        mine = [each for each in self.facts if not each.is_gone and each.at <= moment]
        if kind == "hours":
            counted = (x for x in mine if x.kind == "hours" and (before is None or x.day > local(before)))
            done = sum(each.minutes for each in counted) >= part["minutes"]
            return int(done or self._waived(key, number, part["kind"], moment, day)), 1
        done = any(
            each.kind == "seen"
            and each.stands_on(day)
            and (each.is_independent or not part["independent"])
            and (before is None or each.at > before)
            for each in mine
        )
        return int(done or self._waived(key, number, part["id"], moment, day)), 1

    def _item(
        self, key: str, number: int, item: dict[str, Any], before: datetime | None, moment: datetime, day: date
    ) -> bool:
        names = {item["module"], *item.get("accepts", ())}
        for each in self.facts:
            if each.is_gone or each.at > moment or each.name not in names:
                continue
            if each.kind == "module" and (before is None or each.at > before):
                return True
            if each.kind == "elsewhere" and (before is None or each.day > local(before)):
                return True
        return self._waived(key, number, item["id"], moment, day)

    def _waived(self, key: str, number: int, part: str, moment: datetime, day: date) -> bool:
        return any(
            (each.kind, each.track, each.cycle, each.name) == ("waiver", key, number, part)
            and not each.is_gone
            and each.at <= moment
            and each.stands_on(day)
            for each in self.facts
        )
