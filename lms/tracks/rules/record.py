"""What a person's record holds that may count in a track, and how one fact of it meets one requirement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from lms.clock import local_date
from lms.fieldwork.rules import CreditedMinutes, SignedOff
from lms.training.rules import Recognized

if TYPE_CHECKING:
    from lms.tracks.specs import HoursSpec, SignOffSpec, TrackItemSpec

ProofKind = Literal["module", "recognized", "hours", "sign-off", "waiver", "track"]


@dataclass(frozen=True)
class Credit:
    """A completed module, as it counts in every track that has the module."""

    module_key: str
    round: int
    completed_at: datetime
    completed_on: date
    language: str


@dataclass(frozen=True)
class Waived:
    """A certifier has said that one requirement need not be met, in one cycle of a track, through `ends_on`."""

    public_id: str
    track_key: str
    cycle: int
    requirement: str
    reason: str
    granted_at: datetime
    ends_on: date | None = None
    is_withdrawn: bool = False


@dataclass(frozen=True)
class TrackCredit:
    """A completed cycle of a track."""

    track_key: str
    cycle: int
    completed_at: datetime
    completed_on: date


@dataclass(frozen=True)
class Moment:
    """An instant, and the local date on which it fell."""

    at: datetime
    on: date


@dataclass(frozen=True)
class Scope:
    """One cycle of a person's track.

    `began` is when she enrolled, None while she is not on it. `after` is when the cycle before was completed: what she
    did until then belongs to that cycle. None, for the first cycle, lets all earlier work count. `taught` holds the
    keys of the modules that can be done now; None means all of them.
    """

    cycle: int = 1
    began: Moment | None = None
    after: Moment | None = None
    taught: frozenset[str] | None = None


@dataclass
class Record:
    """All of one person that tracks count. Waivers that were withdrawn are told apart."""

    credits: list[Credit] = field(default_factory=list)
    minutes: list[CreditedMinutes] = field(default_factory=list)
    sign_offs: list[SignedOff] = field(default_factory=list)
    recognized: list[Recognized] = field(default_factory=list)
    waivers: list[Waived] = field(default_factory=list)
    tracks: list[TrackCredit] = field(default_factory=list)

    def until(self, day: date) -> Record:
        """Return what counted already on the local date `day`."""
        return Record(
            [each for each in self.credits if each.completed_on <= day],
            [each for each in self.minutes if local_date(each.credited_at) <= day],
            [each for each in self.sign_offs if each.passed_on <= day],
            [each for each in self.recognized if each.recognized_on <= day],
            [each for each in self.waivers if local_date(each.granted_at) <= day],
            [each for each in self.tracks if each.completed_on <= day],
        )


@dataclass(frozen=True)
class Proof:
    """One fact that meets one requirement, from the moment `at` (local date `on`) through `until`.

    `key` names the module, the checklist or the track, `round` the round of the module or the cycle of the track;
    `source` is the public id of what was recognized, or of the waiver.
    """

    kind: ProofKind
    at: datetime
    on: date
    key: str = ""
    round: int = 0
    language: str = ""
    until: date | None = None
    source: str = ""
    minutes: int = 0
    learned_on: date | None = None
    reason: str = ""

    def stands_on(self, day: date) -> bool:
        """Return whether it counts on a local date."""
        return self.until is None or day <= self.until

    def counted(self, part_id: str) -> dict[str, object]:
        """Return this as the completion's row keeps it. A module has no kind: rows of the first release have none."""
        shared: dict[str, object] = {"item": part_id, "completed_on": self.on.isoformat()}
        if self.kind == "module":
            return {**shared, "module": self.key, "round": self.round}
        more: dict[str, dict[str, object]] = {
            "recognized": {"module": self.key, "source": self.source, "learned_on": _iso(self.learned_on)},
            "hours": {"minutes": self.minutes},
            "sign-off": {"checklist": self.key, "valid_until": _iso(self.until)},
            "waiver": {"source": self.source, "reason": self.reason, "ends_on": _iso(self.until)},
            "track": {"track": self.key, "cycle": self.round},
        }
        return {**shared, "kind": self.kind, **more[self.kind]}


def proof_of(entry: Mapping[str, Any]) -> Proof:
    """Return what one entry of a completion's `counted` says; the day stands for the moment."""
    on = date.fromisoformat(entry["completed_on"])
    until = entry.get("valid_until") or entry.get("ends_on")
    return Proof(
        kind=entry.get("kind", "module"),
        at=datetime.combine(on, time(12), UTC),
        on=on,
        key=entry.get("module") or entry.get("checklist") or entry.get("track") or "",
        round=entry.get("round") or entry.get("cycle") or 0,
        until=date.fromisoformat(until) if until else None,
        source=entry.get("source", ""),
        minutes=entry.get("minutes", 0),
        learned_on=date.fromisoformat(entry["learned_on"]) if entry.get("learned_on") else None,
        reason=entry.get("reason", ""),
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def of_item(item: TrackItemSpec, record: Record, scope: Scope) -> Iterator[Proof]:
    """Yield what meets an item: its module or one that it accepts, completed here or recognized from elsewhere."""
    keys, after = item.modules, scope.after
    for credit in record.credits:
        if credit.module_key in keys and (after is None or credit.completed_at > after.at):
            at, on = credit.completed_at, credit.completed_on
            yield Proof("module", at, on, credit.module_key, credit.round, credit.language)
    for each in record.recognized:
        if each.module_key in keys and (after is None or each.learned_on > after.on):
            yield Proof(
                "recognized",
                each.recognized_at,
                each.recognized_on,
                each.module_key or "",
                source=each.public_id,
                learned_on=each.learned_on,
            )


def of_sign_off(asked: SignOffSpec, record: Record, scope: Scope) -> Iterator[Proof]:
    """Yield the observations that meet a sign-off, each while it is valid; without a checklist none does."""
    for each in record.sign_offs:
        fits = each.checklist_key == asked.checklist and (each.is_independent or not asked.independent)
        if fits and (scope.after is None or each.passed_at > scope.after.at):
            yield Proof("sign-off", each.passed_at, each.passed_on, each.checklist_key, until=each.valid_until)


def of_track(key: str, record: Record, after: Moment | None) -> Iterator[Proof]:
    """Yield the completions of another track; `after` leaves out those that were done by then."""
    for each in record.tracks:
        if each.track_key == key and (after is None or each.completed_at > after.at):
            yield Proof("track", each.completed_at, each.completed_on, key, each.cycle)


def of_waivers(part_id: str, track_key: str, record: Record, scope: Scope) -> Iterator[Proof]:
    """Yield the waivers of a requirement, each through its last day."""
    for each in record.waivers:
        fits = (each.track_key, each.cycle, each.requirement) == (track_key, scope.cycle, part_id)
        if fits and not each.is_withdrawn:
            on = local_date(each.granted_at)
            yield Proof("waiver", each.granted_at, on, until=each.ends_on, source=each.public_id, reason=each.reason)


def of_hours(asked: HoursSpec, record: Record, scope: Scope) -> tuple[int, tuple[Proof, ...]]:
    """Return the whole minutes that count so far, and from when on they were enough, if they are.

    They count in the order in which they were credited. What she did on the day on which the cycle before was
    completed, or earlier, belongs to that cycle.
    """
    total, proofs = Fraction(0), []
    for credited_at, minutes in sorted(_entries(asked, record, scope)):
        before, total = total, total + minutes
        if before < asked.minutes <= total:
            proofs.append(Proof("hours", credited_at, local_date(credited_at), minutes=int(total)))
    return int(total), tuple(proofs[-1:] if total >= asked.minutes else ())


def _entries(asked: HoursSpec, record: Record, scope: Scope) -> Iterator[tuple[datetime, Fraction]]:
    for each in record.minutes:
        if each.kind in asked.counts and (scope.after is None or each.done_on > scope.after.on):
            yield each.credited_at, _share(asked.competency, each.minutes, each.competencies)
    for other in record.recognized:
        if other.hours_kind in asked.counts and (scope.after is None or other.learned_on > scope.after.on):
            yield other.recognized_at, _share(asked.competency, other.minutes, other.competencies)


def _share(competency: str | None, minutes: int, named: Collection[str]) -> Fraction:
    """Return how many minutes count: all of them for a kind, an equal share of those named for one competency."""
    if competency is None:
        return Fraction(minutes)
    return Fraction(minutes, len(named)) if competency in named else Fraction(0)


def in_time(proofs: Iterable[Proof]) -> tuple[Proof, ...]:
    """Return proofs in the order in which they count: the earliest first, a waiver after what was earned."""
    return tuple(sorted(proofs, key=lambda each: (each.at, each.kind == "waiver", each.key, each.round, each.source)))
