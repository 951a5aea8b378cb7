"""What a new version of a track or a module does to people: labels and choices in, one effect for each person out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field
from datetime import date, timedelta
from typing import Literal

from lms.tracks.rules.differences import Difference

Kind = Literal["track", "module"]
Label = Literal["editorial", "equivalent", "retraining"]
Group = Literal["not-started", "under-way", "finished"]
#: "moves": the new version binds her from now on; "bound": it does so unasked, since hers can no longer be met;
#: "renews": the next cycle of her finished track opens; "repeats": the next round of a finished module; "due": only
#: the day moves on which her finished track is due again; "completes": another track follows from what this does.
Deed = Literal["moves", "bound", "renews", "repeats", "due", "completes"]

#: Longest time to do again what was finished: ten years; more is a slip.
LATEST_DAYS = 3660


@dataclass(frozen=True)
class Change:
    """A track or a module that is published in a new version. Without `differences` only its words changed.

    `beyond` names what of the new version the old one does not cover (`differences.beyond`).
    """

    kind: Kind
    key: str
    differences: tuple[Difference, ...] = ()
    beyond: tuple[str, ...] = ()
    #: Whether the new version of a track says how it is renewed.
    can_renew: bool = False

    @property
    def address(self) -> tuple[Kind, str]:
        """Return what tells it from other changes."""
        return self.kind, self.key


@dataclass(frozen=True)
class Choices:
    """How a change is labelled, and what happens to whom.

    `not_started` and `under_way` are "move" or "stay", `finished` is "stay" or "renew" (within `days`). Of a module
    only `finished` says anything: who has not finished it reads what is there now, and running quizzes keep theirs.
    """

    label: Label
    not_started: Literal["move", "stay"] = "move"
    under_way: Literal["move", "stay"] = "stay"
    finished: Literal["stay", "renew"] = "stay"
    days: int = 0

    def moves(self, group: Group) -> bool:
        """Return whether the people of a group move to the new version."""
        return {"not-started": self.not_started, "under-way": self.under_way}.get(group) == "move"


@dataclass(frozen=True)
class Fault:
    """Why a change cannot be published so: a code for the sentence, and what it names."""

    kind: Kind
    key: str
    code: str
    names: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, order=True)
class Way:
    """How far somebody is: so many of so many parts that are asked for."""

    done: int = 0
    total: int = 0

    @property
    def left(self) -> int:
        """Return how many parts are missing."""
        return self.total - self.done


@dataclass(frozen=True)
class Effect:
    """What a plan does to one person: in one cycle of a track, or one round of a module.

    `applies` says that her completion goes to a certifier.
    """

    key: str
    person_id: int
    kind: Kind
    cycle: int
    group: Group
    deed: Deed
    was: Way = Way()
    becomes: Way = Way()
    completes: bool = False
    applies: bool = False
    due_on: date | None = None

    @property
    def is_on_the_way(self) -> bool:
        """Return whether another version binds her from now on."""
        return self.deed in {"moves", "bound"}

    @property
    def loses(self) -> bool:
        """Return whether something that counted does not count any more."""
        return self.is_on_the_way and self.becomes.done < self.was.done

    @property
    def asks_more(self) -> bool:
        """Return whether more is left to do than before, for somebody who was on the way."""
        return self.is_on_the_way and self.becomes.left > self.was.left

    @property
    def is_told(self) -> bool:
        """Return whether she is written to: something is asked of her, counts no more, or is finished by it."""
        return self.deed in {"renews", "repeats"} or self.completes or self.loses or self.asks_more


#: What a plan is summed up by, in the order in which it is told.
TOLD: Mapping[str, Callable[[Effect], bool]] = {
    "gains": lambda each: each.completes,
    "loses": lambda each: each.loses,
    "more": lambda each: each.asks_more,
    "due": lambda each: each.due_on is not None,
    "moves": lambda each: each.is_on_the_way,
    "told": lambda each: each.is_told,
    "applies": lambda each: each.applies,
}


@dataclass(frozen=True)
class Plan:
    """What publishing would do to people, as seen over publication `number`.

    `content` is the SHA-256 of what would be published; `people` counts by change who is concerned at all.
    """

    number: int
    content: str
    changes: tuple[tuple[Change, Choices], ...] = ()
    effects: tuple[Effect, ...] = ()
    people: Mapping[tuple[Kind, str, Group], int] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many persons gain, lose and so on, each counted once."""
        return _count(self.effects)

    def counts_of(self, change: Change) -> dict[str, int]:
        """Return the same of one change."""
        return _count(self.of(change))

    @property
    def mark(self) -> str:
        """Return what tells this plan from every other: twelve letters and digits of a SHA-256."""
        said = {
            "number": self.number,
            "content": self.content,
            "changes": [[change.kind, change.key, asdict(choices)] for change, choices in self.changes],
            "effects": [str(astuple(each)) for each in self.effects],
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]

    def of(self, change: Change) -> tuple[Effect, ...]:
        """Return the effects of one change."""
        return tuple(each for each in self.effects if (each.kind, each.key) == change.address)


def _count(effects: Sequence[Effect]) -> dict[str, int]:
    return {name: len({each.person_id for each in effects if is_so(each)}) for name, is_so in TOLD.items()}


def group_of(*, is_completed: bool, is_begun: bool) -> Group:
    """Return to which group somebody on a track belongs."""
    if is_completed:
        return "finished"
    return "under-way" if is_begun else "not-started"


def usual_choices(change: Change, label: Label | None = None) -> Choices:
    """Return what is chosen where nothing is said: nobody's bar is raised on the way, who has finished has finished.

    Who has not begun begins with the new version; who is under way moves where it is as good. Without `label` it is
    the one that follows from the files: it is what is said of a change that concerns nobody.
    """
    implied: Label = "retraining" if change.beyond else "equivalent" if change.differences else "editorial"
    chosen = label or implied
    return Choices(chosen, under_way="move" if chosen == "equivalent" else "stay")


def choice_fault(change: Change, choices: Choices | None, *, concerns: bool) -> Fault | None:
    """Return why a change cannot be labelled and handled so; None where it can.

    `choices` is None where nothing was said, which is enough unless it `concerns` somebody.
    """
    names = tuple(str(each) for each in change.differences)
    code = ""
    if choices is None:
        code = "unlabelled" if concerns and change.differences else ""
    elif choices.label == "editorial" and change.differences:
        code = "not-editorial"
    elif choices.label == "equivalent" and change.beyond:
        code, names = "not-equivalent", change.beyond
    elif choices.finished == "renew":
        code, names = _renewal_fault(change, choices), ()
    return Fault(*change.address, code, names) if code else None


def _renewal_fault(change: Change, choices: Choices) -> str:
    """Return why finished people cannot be asked again, or ""."""
    if choices.label != "retraining":
        return "renew-without-reason"
    if change.kind == "track" and not change.can_renew:
        return "no-renewal"
    return "" if 1 <= choices.days <= LATEST_DAYS else "days-unfit"


def effect_faults(plan: Plan) -> tuple[Fault, ...]:
    """Return which changes are called equivalent and are not so for somebody: what she did would count no more."""
    found = []
    for change, choices in plan.changes:
        worse = [each for each in plan.of(change) if each.loses or each.asks_more]
        if choices.label == "equivalent" and worse:
            found.append(Fault(*change.address, "worse-for-some", count=len(worse)))
    return tuple(found)


def due_day(choices: Choices, today: date) -> date:
    """Return the local date by which finished people do it again."""
    return today + timedelta(days=choices.days)


def in_order(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Return effects in the order that a plan keeps."""
    return tuple(sorted(effects, key=lambda each: (each.kind, each.key, each.person_id, each.cycle, each.deed)))


def people_of(effects: Sequence[Effect]) -> list[int]:
    """Return whom effects concern, each once, in the order of ids."""
    return sorted({each.person_id for each in effects})
