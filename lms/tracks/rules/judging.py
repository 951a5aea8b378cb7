"""The judge: one explanation of a person's track, from which both her progress and the decision "met" are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from lms.clock import local_date
from lms.tracks.rules.record import (
    Moment,
    Proof,
    Record,
    Scope,
    in_time,
    of_hours,
    of_item,
    of_sign_off,
    of_track,
    of_waivers,
    proof_of,
)

if TYPE_CHECKING:
    from lms.tracks.specs import SetSpec, TrackItemSpec, TrackSpec

PartKind = Literal["item", "hours", "sign-off", "track"]
#: "met" counts; "extra" is done and more than is asked for; "spare" is not asked for (any more); "open" can be done
#: now, "blocked" waits for others; "planned" is not taught now, "unrecorded" not signed here yet.
PartState = Literal["met", "extra", "spare", "open", "blocked", "planned", "unrecorded"]

#: What is said of a track that must be completed, as a waiver and `counted` name it.
TRACK = "track:"


@dataclass(frozen=True)
class Part:
    """One requirement, explained.

    `key` names the module, the checklist or the track. `minutes` of `asked` are told of hours alone. `blocked_by` holds
    ids of parts, or of sets as "set:<id>". `lapsed` is the newest fact that met it once and has ended.
    """

    id: str
    kind: PartKind
    key: str
    state: PartState
    title: str = ""
    proof: Proof | None = None
    lapsed: Proof | None = None
    minutes: int = 0
    asked: int = 0
    blocked_by: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """Return whether it is met, also where that is more than is asked for."""
        return self.proof is not None

    @property
    def can_be_waived(self) -> bool:
        """Return whether a certifier may say that it need not be met."""
        return self.state in {"open", "blocked", "spare"}


@dataclass(frozen=True)
class SetView:
    """A set of items, explained. `number` tells alternatives: sets with the same one are different ways."""

    id: str
    title: str
    needed: int
    done: int
    number: int
    parts: tuple[Part, ...]
    is_open: bool
    #: The way that is done, or that is shortest now.
    is_chosen: bool = True

    @property
    def left(self) -> int:
        """Return how many more items it asks for."""
        return max(0, self.needed - self.done)


@dataclass(frozen=True)
class Met:
    """A track whose every requirement is met: when, by what, and the language of the last module that counts."""

    completed_at: datetime
    completed_on: date
    language: str
    proofs: tuple[tuple[str, Proof], ...]

    def counted(self) -> list[dict[str, object]]:
        """Return what was counted, as the completion's row keeps it."""
        return [proof.counted(part_id) for part_id, proof in self.proofs]


@dataclass(slots=True)
class _Need:
    """A requirement, with all that may meet it in the order in which it counts."""

    id: str
    kind: PartKind
    key: str
    title: str = ""
    proofs: tuple[Proof, ...] = ()
    before: tuple[str, ...] = ()
    missing: PartState | None = None
    minutes: int = 0
    asked: int = 0

    def proof(self, at: datetime | None, on: date) -> Proof | None:
        """Return what meets it at a moment, of all facts where `at` is None."""
        return next((each for each in self.proofs if (at is None or each.at <= at) and each.stands_on(on)), None)


@dataclass(frozen=True)
class Case:
    """What one cycle of a track asks for, with the facts of one person."""

    stages: tuple[tuple[tuple[SetSpec, ...], ...], ...]
    items: dict[str, _Need] = field(default_factory=dict)
    others: dict[str, _Need] = field(default_factory=dict)
    can_be_met: bool = True

    @property
    def needs(self) -> dict[str, _Need]:
        """Return every requirement by its id."""
        return {**self.items, **self.others}

    def holds(self, met: Collection[str]) -> bool:
        """Return whether these met requirements are all that is asked for."""
        groups = (group for stage in self.stages for group in stage)
        return all(key in met for key in self.others) and all(any(left_of(way, met) == 0 for way in g) for g in groups)


@dataclass(frozen=True)
class Explanation:
    """Why a track stands as it does: every requirement, and `met`, once all that is asked for is there.

    `proofs` holds by requirement what meets it, `moment` when all of it was there for the first time. What was done
    beyond that is looked for as of `extras_on`. Nothing is spelled out before somebody asks.
    """

    case: Case
    proofs: Mapping[str, Proof | None]
    moment: Moment | None = None
    extras_on: date | None = None

    @property
    def can_be_met(self) -> bool:
        """Return whether the program can record all that is asked for."""
        return self.case.can_be_met

    @property
    def done(self) -> int:
        """Return how many of the parts that are asked for are done."""
        return self._counts[0]

    @property
    def total(self) -> int:
        """Return how many parts are asked for: of different ways the shortest, hours, a sign-off and a track as one."""
        return self._counts[1]

    @property
    def left(self) -> int:
        """Return how many parts are missing."""
        return self.total - self.done

    @cached_property
    def met(self) -> Met | None:
        """Return how all of it was met, None while something is missing."""
        return _met(self.moment, self) if self.moment else None

    @cached_property
    def sets(self) -> tuple[SetView, ...]:
        """Return the sets of items, in order."""
        found = tuple(_set_views(self.case, self.proofs))
        return found if self.extras_on is None else _with_extras(found, self.case, self.extras_on)

    @cached_property
    def others(self) -> tuple[Part, ...]:
        """Return the tracks that come first, the hours and the sign-offs."""
        return tuple(_part(need, self.proofs[need.id], ()) for need in self.case.others.values())

    @cached_property
    def items(self) -> tuple[Part, ...]:
        """Return the items of all sets, in order."""
        return tuple(part for each in self.sets for part in each.parts)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Return everything, as one would do it: tracks that come first, items, hours and sign-offs."""
        first = [part for part in self.others if part.kind == "track"]
        return (*first, *self.items, *(part for part in self.others if part.kind != "track"))

    @property
    def following(self) -> Part | None:
        """Return the simplest next step: the first part that is asked for and can be done now."""
        return next((part for part in self.parts if part.state == "open"), None)

    @property
    def current(self) -> Part | None:
        """Return the first item that is asked for and can be done now."""
        return next((part for part in self.items if part.state == "open"), None)

    @cached_property
    def _counts(self) -> tuple[int, int]:
        met = {key for key, proof in self.proofs.items() if proof}
        done, total = sum(key in met for key in self.case.others), len(self.case.others)
        for group in (group for stage in self.case.stages for group in stage):
            shortest = min(way.needed for way in group)
            total, done = total + shortest, done + max(0, shortest - min(left_of(way, met) for way in group))
        return done, total


def judge(track: TrackSpec, record: Record, scope: Scope, today: date) -> Explanation:
    """Return how a person stands in one cycle of a track, by her record and on the local date `today`.

    It is met from the first moment, not before she began, at which all that is asked for was there: what ended before
    does not count, what ends later undoes nothing. What is done counts also where it was done out of order.
    """
    case = _case(track, record, scope)
    moment = _moment_of(case, scope.began) if scope.began else None
    at, on = (moment.at, moment.on) if moment else (None, today)
    proofs = {key: need.proof(at, on) for key, need in case.needs.items()}
    return Explanation(case, proofs, moment, today if moment else None)


def recall(
    track: TrackSpec, counted: Iterable[Mapping[str, Any]], record: Record, scope: Scope, today: date
) -> Explanation:
    """Return why a cycle was completed, from what its completion counted; what she did beyond that is extra."""
    found = {entry["item"]: proof_of(entry) for entry in counted}
    case = _case(track, record, scope)
    return Explanation(case, {key: found.get(key) for key in case.needs}, extras_on=today)


def _with_extras(sets: tuple[SetView, ...], case: Case, today: date) -> tuple[SetView, ...]:
    """Return the sets with what is done and was not asked for any more when all was met."""

    def shown(part: Part) -> Part:
        proof = case.items[part.id].proof(None, today) if part.state == "spare" else None
        return replace(part, state="extra", proof=proof) if proof else part

    return tuple(replace(each, parts=tuple(map(shown, each.parts))) for each in sets)


def is_whole(track: TrackSpec, met: Collection[str], cycle: int) -> tuple[str, ...]:
    """Return the ids of what a cycle asks for and is not among the `met` ones; of different ways the shortest."""
    case = _case(track, Record(), Scope(cycle))
    missing = [key for key in case.others if key not in met]
    for group in (group for stage in case.stages for group in stage):
        way = min(group, key=lambda each: left_of(each, met))
        undone = [item.id for item in way.items if item.id not in met]
        missing += undone if left_of(way, met) else []
    return tuple(missing)


def _case(track: TrackSpec, record: Record, scope: Scope) -> Case:
    """Return what this cycle asks for: of a renewal by another track, that track alone."""
    again = track.renewal.track if track.renewal and scope.cycle > 1 else None
    if again is not None:
        need = _track_need(again, track.key, record, scope, scope.after)
        return Case((), {}, {need.id: need})
    others = [_track_need(key, track.key, record, scope, None) for key in track.prerequisites]
    for hours in track.hours:
        minutes, proofs = of_hours(hours, record, scope)
        proofs = in_time((*proofs, *of_waivers(hours.key, track.key, record, scope)))
        others.append(_Need(hours.key, "hours", "", hours.title, proofs, (), None, minutes, hours.minutes))
    for sign in track.sign_offs:
        found = (*of_sign_off(sign, record, scope), *of_waivers(sign.id, track.key, record, scope))
        if sign.checklist:
            others.append(_Need(sign.id, "sign-off", sign.checklist, sign.title, in_time(found)))
        else:
            others.append(_Need(sign.id, "sign-off", "", sign.title, missing="unrecorded"))
    items = {item.id: _item_need(item, track.key, record, scope) for item in track.items}
    return Case(track.stages, items, {need.id: need for need in others}, track.can_be_met)


def _track_need(key: str, own: str, record: Record, scope: Scope, after: Moment | None) -> _Need:
    name = f"{TRACK}{key}"
    found = (*of_track(key, record, after), *of_waivers(name, own, record, scope))
    return _Need(name, "track", key, proofs=in_time(found))


def _item_need(item: TrackItemSpec, track_key: str, record: Record, scope: Scope) -> _Need:
    if item.module is None:
        return _Need(item.id, "item", "", item.title or "", missing="planned", before=item.prerequisites)
    found = (*of_item(item, record, scope), *of_waivers(item.id, track_key, record, scope))
    taught = [key for key in item.modules if scope.taught is None or key in scope.taught]
    missing: PartState | None = None if taught else "planned"
    return _Need(
        item.id, "item", [*taught, item.module][0], item.title or "", in_time(found), item.prerequisites, missing
    )


def _moment_of(case: Case, began: Moment) -> Moment | None:
    """Return the first moment, not before she `began`, at which all that is asked for is there."""
    needs = case.needs
    ends = any(proof.until for need in needs.values() for proof in need.proofs)
    if not ends and not case.holds([key for key, need in needs.items() if need.proofs]):
        return None
    later = {proof.at for need in needs.values() for proof in need.proofs if proof.at > began.at}
    for at in sorted({began.at, *later}):
        on = local_date(at)  # a fact may be told days after it: what has ended by then does not count
        if case.holds([key for key, need in needs.items() if need.proof(at, on)]):
            return Moment(at, on)
    return None


def _met(moment: Moment, explained: Explanation) -> Met:
    proofs = tuple((part.id, part.proof) for part in explained.parts if part.state == "met" and part.proof)
    spoken = [proof for _, proof in proofs if proof.language]
    last = max(spoken, key=lambda each: (each.at, each.key), default=None)
    return Met(moment.at, moment.on, last.language if last else "en", proofs)


def left_of(way: SetSpec, met: Collection[str]) -> int:
    """Return how many more items of a set are asked for."""
    return max(0, way.needed - sum(item.id in met for item in way.items))


def _set_views(case: Case, proofs: Mapping[str, Proof | None]) -> Iterator[SetView]:
    """Yield every set with its parts, where each requirement is met by its proof or is not."""
    met = {key for key, proof in proofs.items() if proof}
    waiting = tuple(key for key, need in case.others.items() if need.kind == "track" and key not in met)
    number = 0
    for stage in case.stages:
        closed = waiting
        for group in stage:
            chosen = min(group, key=lambda each: left_of(each, met))
            for way in group:
                yield _set_view(case, way, proofs, waiting, number, is_chosen=way is chosen)
            closed = (*closed, f"set:{chosen.id}") if left_of(chosen, met) else closed
            number += 1
        waiting = closed


def _set_view(
    case: Case,
    way: SetSpec,
    proofs: Mapping[str, Proof | None],
    waiting: tuple[str, ...],
    number: int,
    *,
    is_chosen: bool,
) -> SetView:
    """Return one set, the best of its items counted; what is done beyond them is extra, and not lost."""
    done = [(proof, item.id) for item in way.items if (proof := proofs[item.id])]
    best = {key for _, key in sorted(done, key=lambda each: (each[0].kind == "waiver", each[0].at))[: way.needed]}
    left = max(0, way.needed - len(done))
    counts = best if is_chosen else set()
    parts = []
    for item in way.items:
        need = case.items[item.id]
        blocked = (*waiting, *(key for key in need.before if not proofs[key]))
        part = _part(need, proofs[item.id], blocked, is_needed=is_chosen and left > 0, counts=item.id in counts)
        parts.append(part)
    return SetView(way.id, way.title or "", way.needed, len(done), number, tuple(parts), not waiting, is_chosen)


def _part(
    need: _Need, proof: Proof | None, blocked: tuple[str, ...], *, is_needed: bool = True, counts: bool = True
) -> Part:
    state: PartState
    if proof is not None:
        state = "met" if counts else "extra"
    elif need.missing is not None:
        state = need.missing
    elif not is_needed:
        state = "spare"
    else:
        state = "blocked" if blocked else "open"
    lapsed = max(need.proofs, key=lambda each: each.until or each.on) if need.proofs and proof is None else None
    return Part(
        need.id,
        need.kind,
        need.key,
        state,
        need.title,
        proof,
        lapsed,
        need.minutes,
        need.asked,
        blocked if state == "blocked" else (),
    )
