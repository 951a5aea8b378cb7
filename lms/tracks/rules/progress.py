"""How far a person is on a track, as pages show it; which version binds her; whether a completion has its basis."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from lms.tracks.rules.judging import Explanation, Part, is_whole
from lms.tracks.rules.record import Proof, Record, Scope, of_hours, proof_of

if TYPE_CHECKING:
    from lms.tracks.specs import TrackSpec

ItemState = Literal["done", "current", "todo", "planned"]
TrackState = Literal["open", "active", "completed"]


@dataclass(frozen=True)
class ItemProgress:
    """One part of a track for one person.

    `state`: "done", "current" (the next item), "todo", or "planned" (not open yet). `module_key` is None for what has
    no module: planned items, hours, sign-offs and tracks. `part` says why.
    """

    id: str
    module_key: str | None
    state: ItemState
    part: Part
    completed_on: date | None = None
    #: The English words of what has no module.
    title: str = ""


@dataclass(frozen=True)
class TrackProgress:
    """One person's way through one track.

    `state`: "open" (not on it), "active" or "completed". `done` of `total` count the parts that are asked for.
    """

    state: TrackState
    cycle: int
    explained: Explanation
    completed_on: date | None = None

    @cached_property
    def items(self) -> tuple[ItemProgress, ...]:
        """Return the items of all sets, in order; a completed track has no next one."""
        current = self.explained.current if self.state != "completed" else None
        return tuple(_item(part, is_current=part is current) for part in self.explained.items)

    @cached_property
    def others(self) -> tuple[ItemProgress, ...]:
        """Return the tracks that come first, the hours and the sign-offs."""
        return tuple(_item(part, is_current=False) for part in self.explained.others)

    @property
    def done(self) -> int:
        """Return how many of the parts that are asked for are done."""
        return self.explained.done

    @property
    def total(self) -> int:
        """Return how many parts are asked for."""
        return self.explained.total

    @property
    def can_be_met(self) -> bool:
        """Return whether the program can record all that the track asks for."""
        return self.explained.can_be_met

    @property
    def current(self) -> ItemProgress | None:
        """Return the next item to do, or None when nothing that is open is left."""
        return next((item for item in self.items if item.state == "current"), None)

    @property
    def is_begun(self) -> bool:
        """Return whether at least one part counts already."""
        return any(each.part.is_done for each in (*self.items, *self.others))


def is_binding(enrolled: TrackSpec, taught: Collection[str]) -> bool:
    """Return whether the version of a track that a person enrolled under still binds her; else the present one does.

    Nobody's bar is raised on the way. But where the version she began under cannot be met with what is taught now
    (`taught` holds the keys of present modules) and recorded, the present version binds, so that nobody is stuck.
    """
    return enrolled.can_be_met_by(taught)


def progress_in(
    explained: Explanation, state: TrackState, cycle: int, completed_on: date | None = None
) -> TrackProgress:
    """Return the way through a track as its explanation has it."""
    return TrackProgress(state, cycle, explained, completed_on)


def _item(part: Part, *, is_current: bool) -> ItemProgress:
    state: ItemState = "current" if is_current else "todo"
    if part.proof is not None:
        state = "done"
    elif part.state in {"planned", "unrecorded"}:
        state = "planned"
    module_key = part.key if part.kind == "item" and part.key else None
    return ItemProgress(part.id, module_key, state, part, part.proof.on if part.proof else None, part.title)


def completion_faults(
    track: TrackSpec, record: Record, scope: Scope, counted: Iterable[Mapping[str, Any]], *, is_enrolled: bool
) -> tuple[str, ...]:
    """Return why a recorded completion does not follow from what it `counted`.

    `track` is the revision under which it was completed, `record` all that the person has. What ended or was withdrawn
    since counts still: granted stays granted. The words are for who runs the site.
    """
    faults = [] if is_enrolled else ["was completed without an enrolment"]
    known, proofs = _facts_of(record), {entry["item"]: proof_of(entry) for entry in counted}
    hours = {each.key: each for each in track.hours}
    for part_id, proof in proofs.items():
        if proof.kind == "hours":
            so_far = of_hours(hours[part_id], record, scope)[0] if part_id in hours else 0
            if so_far < proof.minutes:
                faults.append(f"counts {proof.minutes} minutes of {part_id}, of which {so_far} are credited")
        elif _fact_of(proof) not in known:
            named = f"module {proof.key}" if proof.kind == "module" else f"{proof.kind} for {part_id}"
            faults.append(f"counts {named} of {proof.on}, which is not credited")
    modules = {item.id: item.module for item in track.items}
    missing = is_whole(track, proofs, scope.cycle)
    lacking = (f"module {modules[each]}" if modules.get(each) else each for each in missing)
    return (*faults, *(f"was completed without {each}" for each in lacking))


def _fact_of(proof: Proof) -> tuple[object, ...]:
    """Return what tells the fact that a proof names from all others of its person."""
    if proof.source:
        return proof.kind, proof.source
    return proof.kind, proof.key, proof.round, proof.on


def _facts_of(record: Record) -> set[tuple[object, ...]]:
    """Return every fact of a person as `_fact_of` tells it."""
    return {
        *(("module", each.module_key, each.round, each.completed_on) for each in record.credits),
        *(("sign-off", each.checklist_key, 0, each.passed_on) for each in record.sign_offs),
        *(("track", each.track_key, each.cycle, each.completed_on) for each in record.tracks),
        *(("recognized", each.public_id) for each in record.recognized),
        *(("waiver", each.public_id) for each in record.waivers),
    }
