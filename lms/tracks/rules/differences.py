"""What two versions of a track or a module ask for differently, and what of the new one the old one does not cover."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lms.assessments.specs import QuizSpec
    from lms.courses.specs import ModuleSpec
    from lms.tracks.specs import HoursSpec, SetSpec, SignOffSpec, TrackItemSpec, TrackSpec

What = Literal["added", "removed", "changed"]
#: "set": how many of which items are asked for; "order": what opens after what; "leads-to": level and certificate;
#: "validity": for how long it holds, and how it is renewed; "steps": a module's quiz, survey and prerequisites.
Part = Literal[
    "item", "set", "order", "hours", "sign-off", "track", "leads-to", "validity", "lesson", "question", "steps"
]


@dataclass(frozen=True, order=True)
class Difference:
    """One thing that is asked for differently. `name` is its id in the file, "" where there is but one of its kind."""

    part: Part
    what: What
    name: str = ""

    def __str__(self) -> str:
        return f"{self.part} {self.name} {self.what}" if self.name else f"{self.part} {self.what}"


def track_differences(old: TrackSpec, new: TrackSpec) -> tuple[Difference, ...]:
    """Return what two versions of a track ask for differently; nothing where only words differ."""
    found = [*_compare("item", _items_of(old), _items_of(new))]
    found += _compare("set", _sets_of(old), _sets_of(new))
    if not found and _order_of(old) != _order_of(new):
        found.append(Difference("order", "changed"))
    found += _compare("hours", _hours_of(old), _hours_of(new))
    found += _compare("sign-off", _sign_offs_of(old), _sign_offs_of(new))
    found += _compare("track", dict.fromkeys(old.prerequisites, 0), dict.fromkeys(new.prerequisites, 0))
    if (old.level, old.certificate) != (new.level, new.certificate):
        found.append(Difference("leads-to", "changed"))
    if (old.valid_months, old.renewal) != (new.valid_months, new.renewal):
        found.append(Difference("validity", "changed"))
    return tuple(found)


def module_differences(
    old: tuple[ModuleSpec, QuizSpec | None], new: tuple[ModuleSpec, QuizSpec | None]
) -> tuple[Difference, ...]:
    """Return what two versions of a module, each with its quiz, teach and ask differently.

    The words of lessons are words: that a lesson says something else now is for its author to tell.
    """
    (before, quiz), (after, next_quiz) = old, new
    found = [*_compare("lesson", {x.key: 0 for x in before.lessons}, {x.key: 0 for x in after.lessons})]
    found += _compare("question", _questions_of(quiz), _questions_of(next_quiz))
    if not found and [x.key for x in before.lessons] != [x.key for x in after.lessons]:
        found.append(Difference("order", "changed"))
    if _steps_of(before, quiz) != _steps_of(after, next_quiz):
        found.append(Difference("steps", "changed"))
    return tuple(found)


def _compare(part: Part, old: dict[str, object], new: dict[str, object]) -> Iterator[Difference]:
    """Yield what was added, removed or changed, in the order of the files."""
    yield from (Difference(part, "added", name) for name in new if name not in old)
    yield from (Difference(part, "removed", name) for name in old if name not in new)
    yield from (Difference(part, "changed", name) for name in new if name in old and old[name] != new[name])


def _sets_of(track: TrackSpec) -> dict[str, object]:
    """Return by set of which items how many are asked for, and of which sets it is an alternative."""
    groups = [group for stage in track.stages for group in stage]
    if len(groups) == 1 and len(groups[0]) == 1 and groups[0][0].needed == len(groups[0][0].items):
        return {}  # all of one list: its items say it
    return {
        way.id: (way.needed, frozenset(item.id for item in way.items), frozenset(other.id for other in group))
        for group in groups
        for way in group
    }


def _order_of(track: TrackSpec) -> object:
    return [(way.id, way.join, [(item.id, item.prerequisites) for item in way.items]) for way in track.ways]


def _items_of(track: TrackSpec) -> dict[str, object]:
    return {item.id: (item.module, frozenset(item.accepts)) for item in track.items}


def _hours_of(track: TrackSpec) -> dict[str, object]:
    return {each.key: (each.minutes, frozenset(each.counts), each.competency) for each in track.hours}


def _sign_offs_of(track: TrackSpec) -> dict[str, object]:
    return {each.id: (each.checklist, each.independent) for each in track.sign_offs}


def _questions_of(quiz: QuizSpec | None) -> dict[str, object]:
    """Return the questions as they are graded, without their words."""
    return {item.id: item.scheme for item in (quiz.questions if quiz else ())}


def _steps_of(module: ModuleSpec, quiz: QuizSpec | None) -> object:
    asked = (quiz.pass_mark, quiz.drawn, quiz.pools, quiz.forms, _sections_of(quiz), quiz.limits) if quiz else None
    return module.minutes, module.credits, set(module.prerequisites), module.survey, asked


def _sections_of(quiz: QuizSpec) -> dict[str, object]:
    return {each.id: (frozenset(each.competencies), each.pass_mark) for each in quiz.sections}


def beyond(old: TrackSpec, new: TrackSpec) -> tuple[str, ...]:
    """Return the ids of what `new` asks for and who has met `old` need not have met; nothing where it is as good.

    With nothing here, whoever met the old version in its first cycle has met the new one (waivers apart, which name
    parts of one version). It may name too much, never too little.
    """
    sure = _surely_done(old)
    missing: list[str] = []
    groups = [group for stage in new.stages for group in stage]
    for group in groups:
        if not any(_follows(way, sure) for way in group) and not any(
            _covers(before, group) for stage in old.stages for before in stage
        ):
            missing += _uncovered(group, sure) or [way.id for way in group]
    missing += [each.key for each in new.hours if not any(_is_enough(x, each) for x in old.hours)]
    missing += [each.id for each in new.sign_offs if not any(_signs(x, each) for x in old.sign_offs)]
    missing += [f"track:{key}" for key in new.prerequisites if key not in old.prerequisites]
    again = new.renewal.track if new.renewal else None
    if again != (old.renewal.track if old.renewal else None):
        missing.append(f"track:{again or new.key}")
    return tuple(dict.fromkeys(missing))


def _surely_done(track: TrackSpec) -> list[TrackItemSpec]:
    """Return the items that whoever met the track has done: those of sets that are asked for wholly."""
    groups = (group for stage in track.stages for group in stage if len(group) == 1)
    return [item for (way,) in groups if way.needed == len(way.items) for item in way.items]


def _stands_for(old: TrackItemSpec, new: TrackItemSpec) -> bool:
    """Return whether all that counts for one item counts for another; for a planned one nothing counted."""
    if not old.modules:
        return old.id == new.id
    return set(old.modules) <= set(new.modules)


def _done_in(way: SetSpec, items: Iterable[TrackItemSpec]) -> set[str]:
    """Return which items of a set are done when `items` are."""
    known = list(items)
    return {item.id for item in way.items if any(_stands_for(each, item) for each in known)}


def _follows(way: SetSpec, done: Iterable[TrackItemSpec]) -> bool:
    return len(_done_in(way, done)) >= way.needed


def _uncovered(group: tuple[SetSpec, ...], done: list[TrackItemSpec]) -> list[str]:
    """Return the items that are missing of the alternative of which least is missing."""
    way = max(group, key=lambda each: len(_done_in(each, done)) - each.needed)
    known = _done_in(way, done)
    return [item.id for item in way.items if item.id not in known]


def _covers(before: tuple[SetSpec, ...], group: tuple[SetSpec, ...]) -> bool:
    """Return whether each alternative of an old group gives at least one of a new group."""
    return all(any(_gives(old, new) for new in group) for old in before)


def _gives(old: SetSpec, new: SetSpec) -> bool:
    """Return whether any so many items of the old set as it asks for are as many as the new one asks for.

    Each old item stands for one new item of its own; those that stand for none may be the ones that were done.
    """
    free = list(new.items)
    paired = 0
    for item in sorted(old.items, key=lambda each: each.id not in {x.id for x in new.items}):
        fitting = [each for each in free if _stands_for(item, each)]
        if fitting:
            free.remove(min(fitting, key=lambda each: each.id != item.id))
            paired += 1
    return old.needed - (len(old.items) - paired) >= new.needed


def _is_enough(old: HoursSpec, new: HoursSpec) -> bool:
    fits = set(old.counts) <= set(new.counts) and new.competency in {None, old.competency}
    return fits and old.minutes >= new.minutes


def _signs(old: SignOffSpec, new: SignOffSpec) -> bool:
    if old.checklist is None:
        return old.id == new.id  # nobody could sign it
    return old.checklist == new.checklist and (old.independent or not new.independent)
