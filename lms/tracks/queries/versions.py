"""What publishing would do to people: their standing before and after, for everybody concerned, and what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.specs import QuizSpec
from lms.clock import local_date
from lms.content.library import Library, Source, spec_of
from lms.courses.queries import rounds_of
from lms.courses.specs import ModuleSpec
from lms.db import chunks
from lms.tracks.models import Enrolment, TrackCompletion
from lms.tracks.queries.ahead import Place, begin, begin_instead, complete_ahead
from lms.tracks.queries.progress import CompletionRow, EnrolmentRow, Standing, standing_of
from lms.tracks.rules import Explanation, is_binding
from lms.tracks.rules.differences import beyond, module_differences, track_differences
from lms.tracks.rules.versions import (
    Change,
    Choices,
    Effect,
    Fault,
    Group,
    Kind,
    Plan,
    Way,
    choice_fault,
    due_day,
    effect_faults,
    group_of,
    in_order,
    usual_choices,
)
from lms.tracks.specs import TrackSpec

#: So many people are looked at together: few enough for SQLite's limit of variables, and for the memory.
TOGETHER = 2000

Address = tuple[Kind, str]
Wanted = Mapping[Address, Choices]


@dataclass(frozen=True)
class Versions:
    """What is published now and what would be, with what was chosen for each change. `at` is the moment of it."""

    old: Library
    new: Library
    changes: tuple[Change, ...]
    choices: Wanted
    at: datetime

    @property
    def tracks(self) -> set[str]:
        """Return the tracks on which the version that binds somebody, or what it asks for, may be another."""
        modules = set(self.old.keys("module")) ^ set(self.new.keys("module"))
        keys = {each.key for each in self.changes if each.kind == "track" and each.differences}
        return {*self.old.keys("track"), *self.new.keys("track")} if modules else keys

    @property
    def repeated(self) -> list[str]:
        """Return the modules that are taught or asked differently."""
        return [each.key for each in self.changes if each.kind == "module" and each.differences]

    def choice(self, kind: Kind, key: str) -> Choices | None:
        """Return what was chosen for a track or a module that changes."""
        return self.choices.get((kind, key))


def list_changes(old: Library, new: Library) -> tuple[Change, ...]:
    """Return the tracks and modules that `new` has in another version than `old`, in the order of keys."""
    found = []
    for key in new.keys("track"):
        before, after = old.find("track", key), new.get("track", key)
        if before is not None and before.sha256 != after.sha256:
            specs = spec_of(TrackSpec, before), spec_of(TrackSpec, after)
            can_renew = specs[1].renewal is not None
            found.append(Change("track", key, track_differences(*specs), beyond(*specs), can_renew))
    for key in new.keys("module"):
        before, after = old.find("module", key), new.get("module", key)
        if before is not None and before.sha256 != after.sha256:
            found.append(Change("module", key, module_differences(_module_of(before), _module_of(after))))
    return tuple(found)


def _module_of(source: Source) -> tuple[ModuleSpec, QuizSpec | None]:
    module = spec_of(ModuleSpec, source)
    return module, spec_of(QuizSpec, source) if module.has_quiz else None


def plan_of(
    session: Session, old: Library, new: Library, wanted: Wanted, *, content: str, at: datetime
) -> tuple[Plan, tuple[Fault, ...]]:
    """Return what publishing `new` over `old` would do to people, and why it cannot be done so.

    `wanted` says what was chosen, by kind and key; the rest is as usual. `content` is the hash of what would be
    published. The number of queries grows with every 2,000 people. Writes nothing.
    """
    changes = list_changes(old, new)
    choices = {each.address: wanted.get(each.address) or usual_choices(each) for each in changes}
    faults = [Fault(*address, "unchanged") for address in wanted if address not in choices]
    faults += filter(None, (choice_fault(each, wanted.get(each.address), concerns=False) for each in changes))
    plan = Plan(old.publication_number, content, tuple((each, choices[each.address]) for each in changes))
    if faults:
        return plan, tuple(faults)
    versions = Versions(old, new, changes, choices, at)
    effects: list[Effect] = []
    people: Counter[tuple[Kind, str, Group]] = Counter()
    for chunk in chunks(list_concerned(session, versions), TOGETHER):
        outlook = look_ahead(session, versions, chunk)
        effects += outlook.effects
        people.update(outlook.people)
    plan = replace(plan, effects=in_order(effects), people=dict(people))
    concerned = {(kind, key) for kind, key, _ in people}
    unsaid = (choice_fault(each, wanted.get(each.address), concerns=each.address in concerned) for each in changes)
    return plan, (*filter(None, unsaid), *effect_faults(plan))


def list_concerned(session: Session, versions: Versions) -> list[int]:
    """Return whom the changes may concern, in the order of ids. At most two queries."""
    found: set[int] = set()
    if versions.tracks:
        found.update(session.scalars(select(Enrolment.person_id).where(Enrolment.track_key.in_(versions.tracks))))
    asking = [key for key in versions.old.keys("track") if _asks_for(versions, key)]
    if asking:
        done = select(TrackCompletion.person_id).where(TrackCompletion.track_key.in_(asking))
        found.update(session.scalars(done))
    return sorted(found)


def _asks_for(versions: Versions, track_key: str) -> bool:
    """Return whether a track asks for a module that changes."""
    items = versions.old.spec(TrackSpec, "track", track_key).items
    return any(key in versions.repeated for item in items for key in item.modules)


@dataclass
class Outlook:
    """Some people before and after a publication: `effects` on them, and how many of each group are concerned."""

    versions: Versions
    before: Standing
    after: Standing
    groups: dict[Place, Group] = field(default_factory=dict)
    was: dict[Place, Way] = field(default_factory=dict)
    #: How far those are whose version or cycle becomes another, and who have not met it.
    becomes: dict[Place, Way] = field(default_factory=dict)
    moved: set[Place] = field(default_factory=set)
    renewed: set[Place] = field(default_factory=set)
    completed: set[tuple[int, str, int]] = field(default_factory=set)
    effects: list[Effect] = field(default_factory=list)
    people: Counter[tuple[Kind, str, Group]] = field(default_factory=Counter)


def look_ahead(session: Session, versions: Versions, person_ids: Sequence[int]) -> Outlook:
    """Return what would become of these people. As many queries as `standing_of`, and one for rounds."""
    both = versions.new.beside(versions.old, "track")
    standing = standing_of(session, both, person_ids, today=local_date(versions.at))
    outlook = Outlook(versions, replace(standing, library=versions.old), _copy(standing, versions.new))
    for place, row in standing.enrolments.items():
        if row.track_key in versions.tracks and row.state != "withdrawn":
            _choose(outlook, place, row)
    _complete(outlook, _touched(outlook))
    outlook.effects = list(_on_tracks(outlook))
    outlook.effects += _on_others(outlook, outlook.effects)
    if versions.repeated:
        outlook.effects += _on_modules(session, outlook, person_ids)
    return outlook


def _copy(standing: Standing, library: Library) -> Standing:
    """Return a standing that can be changed alone, over another library."""
    return replace(
        standing,
        library=library,
        enrolments=dict(standing.enrolments),
        completions=dict(standing.completions),
        records={key: replace(each, tracks=list(each.tracks)) for key, each in standing.records.items()},
    )


def _choose(outlook: Outlook, place: Place, row: EnrolmentRow) -> None:
    """Put one person where what was chosen for her group puts her."""
    versions, key = outlook.versions, row.track_key
    why, source = outlook.before.explain(*place), versions.new.find("track", key)
    if why is None or source is None:
        return
    is_completed = outlook.before.completion(*place) is not None
    group = group_of(is_completed=is_completed, is_begun=any(part.is_done for part in why.parts))
    outlook.groups[place], outlook.was[place] = group, Way(why.done, why.total)
    choices = versions.choice("track", key)
    if choices is None or not _changes(versions, key):
        return
    is_free = is_completed or is_binding(outlook.before.tracks[row.revision_id], versions.new.keys("module"))
    if is_free:
        outlook.people["track", key, group] += 1
    if is_completed and choices.finished == "renew":
        begin(outlook.after, *place, row.cycle + 1, versions.at)
        outlook.renewed.add(place)
        begin_instead(outlook.after, *place, versions.at)
    elif not is_completed and choices.moves(group) and row.revision_id != source.revision_id:
        outlook.after.enrolments[place] = replace(row, revision_id=source.revision_id)
        outlook.moved.add(place)


def _changes(versions: Versions, track_key: str) -> bool:
    return any(each.key == track_key and each.differences for each in versions.changes if each.kind == "track")


def _touched(outlook: Outlook) -> set[int]:
    """Return the people whose version or cycle of a track becomes another."""
    bound = (place for place in outlook.groups if _binding(outlook.before, place) != _binding(outlook.after, place))
    return {person_id for person_id, _ in (*outlook.moved, *outlook.renewed, *bound)}


def _binding(standing: Standing, place: Place) -> int | None:
    """Return the version by which a person is judged: the one that binds her, or under which she has finished."""
    done = standing.completion(*place)
    return done.revision_id if done else standing.revision_of(*place)


def _complete(outlook: Outlook, person_ids: Collection[int]) -> None:
    """Complete what these people have met; how far the others are is kept."""

    def keep(place: Place, why: Explanation) -> None:
        outlook.becomes[place] = Way(why.done, why.total)

    places = [place for place in outlook.after.enrolments if place[0] in person_ids]
    for row in complete_ahead(outlook.after, places, keep):
        outlook.completed.add((row.person_id, row.track_key, row.cycle))


def _on_tracks(outlook: Outlook) -> Iterator[Effect]:
    """Yield what becomes of people on tracks that change, or whose version cannot be met any more."""
    for place, group in outlook.groups.items():
        row = outlook.after.enrolments[place]
        effect = _effect(outlook, place, row, group)
        if place in outlook.renewed:
            choices = outlook.versions.choices["track", place[1]]
            yield replace(effect, deed="renews", due_on=due_day(choices, outlook.after.today))
        elif place in outlook.moved:
            yield effect
        elif group == "finished":
            yield from _due(outlook, place, effect)
        elif effect.completes or effect.was != effect.becomes:
            yield replace(effect, deed="bound")


def _effect(outlook: Outlook, place: Place, row: EnrolmentRow, group: Group) -> Effect:
    """Return the effect of moving one person; whom nothing touches is where she was."""
    is_completed = (*place, row.cycle) in outlook.completed
    was = outlook.was.get(place) or _way(outlook.before, place)
    becomes = _way(outlook.after, place) if is_completed else outlook.becomes.get(place, was)
    return Effect(
        place[1],
        place[0],
        "track",
        row.cycle,
        group,
        "moves",
        was,
        becomes,
        completes=is_completed,
        applies=is_completed and outlook.after.tracks[row.revision_id].certificate is not None,
    )


def _way(standing: Standing, place: Place) -> Way:
    why = standing.explain(*place)
    return Way(why.done, why.total) if why else Way()


def _due(outlook: Outlook, place: Place, effect: Effect) -> Iterator[Effect]:
    """Yield when a finished track is due again, where that is another day than before."""
    was, becomes = outlook.before.renewal(*place), outlook.after.renewal(*place)
    if becomes is not None and not effect.completes and (was is None or was.due_on != becomes.due_on):
        yield replace(effect, deed="due", due_on=becomes.due_on)


def _on_others(outlook: Outlook, told: Collection[Effect]) -> Iterator[Effect]:
    """Yield what people complete elsewhere by what becomes of them on the tracks that change."""
    known = {(each.person_id, each.key, each.cycle) for each in told if each.completes}
    for person_id, key, cycle in sorted(outlook.completed - known):
        place = (person_id, key)
        effect = _effect(outlook, place, outlook.after.enrolments[place], "under-way")
        yield replace(effect, deed="completes", cycle=cycle)


def _on_modules(session: Session, outlook: Outlook, person_ids: Sequence[int]) -> Iterator[Effect]:
    """Yield the rounds that open for people who finished a track with a module that changes. One query."""
    versions = outlook.versions
    rounds = rounds_of(session, person_ids, versions.repeated)
    for place in sorted(_finished(outlook)):
        person_id, key = place
        done = max((x.round for x in outlook.before.record(person_id).credits if x.module_key == key), default=0)
        if not done or done < rounds.get(place, 1):
            continue  # she never did it here, or is doing it again already
        outlook.people["module", key, "finished"] += 1
        choices = versions.choices["module", key]
        if choices.finished == "renew" and not _renews_with(outlook, place):
            due_on = due_day(choices, outlook.after.today)
            yield Effect(key, person_id, "module", done + 1, "finished", "repeats", due_on=due_on)


def _finished(outlook: Outlook) -> set[Place]:
    """Return who has finished a track that asks for which of the modules that change."""
    repeated = set(outlook.versions.repeated)
    return {
        (done.person_id, key)
        for done in outlook.before.completions.values()
        for item in outlook.before.tracks[done.revision_id].items
        for key in repeated.intersection(item.modules)
    }


def _renews_with(outlook: Outlook, place: Place) -> bool:
    """Return whether a module opens for a person anyway, by a renewal (`service.renewing` does the same)."""
    person_id, key = place
    for other in (each for each in outlook.renewed if each[0] == person_id):
        track, done = _renewed_by(outlook, other)
        credits_ = outlook.before.record(person_id).credits
        since = {x.module_key for x in credits_ if done is not None and x.completed_at > done.completed_at}
        if track is not None and key not in since and any(key in item.modules[:1] for item in track.items):
            return True
    return False


def _renewed_by(outlook: Outlook, place: Place) -> tuple[TrackSpec | None, CompletionRow | None]:
    """Return the track whose modules open where a person renews one, and when she completed it last."""
    track = outlook.versions.new.spec(TrackSpec, "track", place[1])
    if track.renewal is None or track.renewal.track is None:
        return track, outlook.before.completion(*place)
    instead = (place[0], track.renewal.track)
    row = outlook.after.enrolments[instead]
    if row.id or row.cycle == 1:  # she is on it already, or for the first time
        return None, None
    return outlook.versions.new.spec(TrackSpec, "track", instead[1]), outlook.before.completion(*instead)
