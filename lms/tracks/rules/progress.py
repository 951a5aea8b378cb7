"""What counts in a track, what comes next, and when it is complete."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lms.tracks.specs import TrackSpec

ItemState = Literal["done", "current", "todo", "planned"]
TrackState = Literal["open", "active", "completed"]


@dataclass(frozen=True)
class Credit:
    """A completed module, as it counts in every track that has the module."""

    module_key: str
    round: int
    completed_at: datetime
    completed_on: date
    language: str


@dataclass(frozen=True)
class ItemProgress:
    """One item of a track for one person.

    `state`: "done", "current" (the next one), "todo", or "planned" (not open yet). `module_key` is None for what
    has no module: planned items, hours and sign-offs.
    """

    id: str
    module_key: str | None
    state: ItemState
    completed_on: date | None = None
    #: The English words of what has no module.
    title: str = ""


@dataclass(frozen=True)
class TrackProgress:
    """One person's way through one track.

    `state`: "open" (not on it), "active" or "completed". `done` of `total` count the items; `unrecorded` holds
    hours and sign-offs, which the program does not record yet.
    """

    state: TrackState
    cycle: int
    done: int
    total: int
    items: tuple[ItemProgress, ...]
    completed_on: date | None = None
    unrecorded: tuple[ItemProgress, ...] = ()
    #: Whether the program can record all that the track asks for.
    can_be_met: bool = True

    @property
    def current(self) -> ItemProgress | None:
        """Return the next item to do, or None when nothing that is open is left."""
        return next((item for item in self.items if item.state == "current"), None)

    @property
    def is_begun(self) -> bool:
        """Return whether at least one item counts already."""
        return self.done > 0


@dataclass(frozen=True)
class Met:
    """A track whose every item is met: when, by which credits, and the language of the last of them."""

    completed_at: datetime
    completed_on: date
    language: str
    revision_id: int
    credits: tuple[tuple[str, Credit], ...]

    def counted(self) -> list[dict[str, object]]:
        """Return what was counted, as the completion's row keeps it."""
        return [
            {
                "item": item_id,
                "module": credit.module_key,
                "round": credit.round,
                "completed_on": credit.completed_on.isoformat(),
            }
            for item_id, credit in self.credits
        ]


def is_binding(enrolled: TrackSpec, taught: Collection[str]) -> bool:
    """Return whether the version of a track that a person enrolled under still binds her; else the present one does.

    Nobody's bar is raised on the way. But where the version she began under has planned items, hours, sign-offs
    or a module that is not taught any more, the present version binds, so that nobody is stuck. `taught` holds
    the keys of present modules.
    """
    return enrolled.can_be_met and all(key in taught for key in enrolled.modules)


def best_credits(credits_: Iterable[Credit], after: datetime | None) -> dict[str, Credit]:
    """Return by module the earliest credit that counts in a cycle.

    `after` is when the cycle before was completed: what was earned until then belongs to that cycle. None, for
    the first cycle, lets all earlier work count.
    """
    found: dict[str, Credit] = {}
    for credit in sorted(credits_, key=lambda each: (each.completed_at, each.round)):
        if after is None or credit.completed_at > after:
            found.setdefault(credit.module_key, credit)
    return found


def find_met(
    track: TrackSpec, revision_id: int, counting: Mapping[str, Credit], enrolled_at: datetime, enrolled_on: date
) -> Met | None:
    """Return how a track (this revision of it) was met by these credits, or None while something is missing.

    It was met when its last credit was earned, but not before she enrolled. A track with planned items, hours or
    sign-offs cannot be met yet.
    """
    if not track.can_be_met or any(key not in counting for key in track.modules):
        return None
    credits_ = tuple((item.id, counting[item.module]) for item in track.items if item.module)
    last = max((credit for _, credit in credits_), key=lambda each: (each.completed_at, each.module_key))
    return Met(
        completed_at=max(last.completed_at, enrolled_at),
        completed_on=max(last.completed_on, enrolled_on),
        language=last.language,
        revision_id=revision_id,
        credits=credits_,
    )


def completion_faults(
    track: TrackSpec,
    person_id: int,
    counted: Iterable[Mapping[str, object]],
    credited: Collection[tuple[object, ...]],
    *,
    is_enrolled: bool,
) -> tuple[str, ...]:
    """Return why a recorded completion does not follow from what it `counted`.

    `track` is the revision under which it was completed; `credited` holds (person id, module key, round, ISO date) of
    every completed module. The words are for who runs the site.
    """
    faults = [] if is_enrolled else ["was completed without an enrolment"]
    met = set()
    for each in counted:
        met.add(each["module"])
        if (person_id, each["module"], each["round"], each["completed_on"]) not in credited:
            faults.append(f"counts module {each['module']} of {each['completed_on']}, which is not credited")
    return (*faults, *(f"was completed without module {key}" for key in track.modules if key not in met))


def progress_in(
    track: TrackSpec, counting: Mapping[str, date], state: TrackState, cycle: int, completed_on: date | None = None
) -> TrackProgress:
    """Return the way through a track; `counting` holds by module the local date on which it was completed."""
    items: list[ItemProgress] = []
    open_seen = state == "completed"
    for item in track.items:
        if item.module is None:
            items.append(ItemProgress(item.id, None, "planned", title=item.title or ""))
        elif item.module in counting:
            items.append(ItemProgress(item.id, item.module, "done", counting[item.module]))
        else:
            items.append(ItemProgress(item.id, item.module, "todo" if open_seen else "current"))
            open_seen = True
    unrecorded = [ItemProgress(hours.kind, None, "planned", title=hours.title) for hours in track.hours]
    unrecorded += [ItemProgress(sign_off.id, None, "planned", title=sign_off.title) for sign_off in track.sign_offs]
    done = sum(item.state == "done" for item in items)
    return TrackProgress(
        state=state,
        cycle=cycle,
        done=done,
        total=len(items),
        items=tuple(items),
        completed_on=completed_on,
        unrecorded=tuple(unrecorded),
        can_be_met=track.can_be_met,
    )
