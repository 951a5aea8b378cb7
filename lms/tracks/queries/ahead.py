"""What would become of people: asked for a track, spared a part, or credited with something. Writes nothing.

It is worked out on a `Standing` that is changed as the services would change the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.content.library import Library, spec_of
from lms.courses.specs import ModuleSpec
from lms.fieldwork.queries import credited_minutes
from lms.fieldwork.rules import Spent
from lms.tracks.queries.progress import CompletionRow, EnrolmentRow, Standing, standing_of
from lms.tracks.rules import Credit, Explanation, Met, Missing, Waived, Work, missing_of, work_of
from lms.tracks.specs import TrackSpec

#: (person id, track key)
Place = tuple[int, str]


@dataclass(frozen=True)
class Foreseen:
    """A track that somebody would complete; where it `applies`, an application for its certificate opens."""

    person_id: int
    track_key: str
    applies: bool


@dataclass(frozen=True)
class Prospect:
    """Some people as they would be, and what they would complete by it."""

    standing: Standing
    completed: tuple[Foreseen, ...] = ()

    def has_done(self, person_id: int, track_key: str) -> bool:
        """Return whether somebody would have completed the cycle of a track on which she would be."""
        return self.standing.completion(person_id, track_key) is not None

    def work(self, person_id: int, track_key: str) -> Work:
        """Return what would be left to her at least of a track, and of those that come first."""
        return work_of(tuple(self.missing(person_id, track_key)))

    def missing(self, person_id: int, track_key: str) -> Iterator[Missing]:
        """Yield what would be missing of a track, then of each that comes first and is published."""
        waiting, seen = [track_key], set()
        while waiting:
            key = waiting.pop()
            why = None if key in seen else self.standing.explain(person_id, key)
            seen.add(key)
            if why is not None:
                found = missing_of(self._spec(person_id, key), why, self._minutes)
                waiting += found.tracks
                yield found

    def _spec(self, person_id: int, track_key: str) -> TrackSpec:
        done = self.standing.completion(person_id, track_key)
        revision_id = done.revision_id if done else self.standing.revision_of(person_id, track_key)
        return self.standing.tracks[revision_id or 0]

    @cached_property
    def _minutes(self) -> dict[str, int]:
        """Return how long each module takes that is taught now."""
        library = self.standing.library
        return {key: library.spec(ModuleSpec, "module", key).minutes for key in library.keys("module")}


def track_work(library: Library, track_key: str) -> Work:
    """Return what a track takes at least of somebody who has nothing, with those that come first; raise `NotFound`."""
    library.get("track", track_key)
    return _blank(library, {track_key, *library.keys("track")}).work(0, track_key)


def most_days(library: Library, track_key: str) -> int:
    """Return how many days a track takes at least of whoever has nothing, or to renew it; raise `NotFound`.

    Renewing takes as long as itself, or as the track that is done instead.
    """
    renewal = library.spec(TrackSpec, "track", track_key).renewal
    instead = renewal.track if renewal and renewal.track and library.find("track", renewal.track) else track_key
    return max(track_work(library, key).days for key in (track_key, instead))


def track_minutes(library: Library, track_key: str) -> int:
    """Return how many minutes the modules of a track take, on the cheapest way through it."""
    return sum(next(_blank(library, [track_key]).missing(0, track_key)).modules.values())


def _blank(library: Library, track_keys: Iterable[str]) -> Prospect:
    """Return the prospect of somebody who has nothing."""
    sources = [library.get("track", key) for key in track_keys]
    return Prospect(Standing(library, tracks={source.revision_id: spec_of(TrackSpec, source) for source in sources}))


def ask_ahead(
    session: Session, library: Library, person_ids: Collection[int], track_key: str, *, at: datetime
) -> Prospect:
    """Return what would become of people who are newly asked for a track. As many queries as `standing_of`, or none."""
    if not person_ids:
        return Prospect(Standing(library, local_date(at)))
    standing = standing_of(
        session, library, person_ids, today=local_date(at), only_active=True, besides=_reached(library, track_key)
    )
    for person_id in person_ids:
        _enrol(standing, person_id, track_key, at)
    return _prospect(standing, person_ids)


def _reached(library: Library, track_key: str) -> set[str]:
    """Return a track with those that come first, or are done instead, as far as they are published."""
    waiting, found = [track_key], set[str]()
    while waiting:
        key = waiting.pop()
        if key not in found and library.find("track", key) is not None:
            found.add(key)
            track = library.spec(TrackSpec, "track", key)
            waiting += [*track.prerequisites, *([track.renewal.track] if track.renewal and track.renewal.track else [])]
    return found


def credit_ahead(
    session: Session,
    library: Library,
    spent: Sequence[Spent],
    modules: Sequence[tuple[int, Credit]],
    *,
    at: datetime,
) -> Prospect:
    """Return what would become of people for whom these minutes and modules count, too.

    What overlaps counts once, as it will then. One query more than `ask_ahead`.
    """
    person_ids = {each.fact.person_id for each in spent} | {person_id for person_id, _ in modules}
    if not person_ids:
        return Prospect(Standing(library, local_date(at)))
    standing = standing_of(session, library, person_ids, today=local_date(at), only_active=True)
    for person_id, credit in modules:
        standing.record(person_id).credits.append(credit)
    for person_id in person_ids:
        standing.record(person_id).minutes = []
    for minutes in credited_minutes(session, person_ids, spent):
        standing.record(minutes.person_id).minutes.append(minutes)
    return _prospect(standing, person_ids)


def waive_ahead(session: Session, library: Library, person_id: int, waived: Waived) -> Prospect:
    """Return what would become of somebody who is spared a part. As many queries as `standing_of`."""
    standing = standing_of(session, library, [person_id], today=local_date(waived.granted_at), only_active=True)
    standing.record(person_id).waivers.append(waived)
    return _prospect(standing, [person_id])


def _prospect(standing: Standing, person_ids: Collection[int]) -> Prospect:
    people = set(person_ids)
    done = complete_ahead(standing, [place for place in standing.enrolments if place[0] in people])
    told = [Foreseen(*_place(row), applies=standing.tracks[row.revision_id].certificate is not None) for row in done]
    return Prospect(standing, tuple(sorted(told, key=lambda each: (each.person_id, each.track_key))))


def complete_ahead(
    standing: Standing, places: Iterable[Place], seen: Callable[[Place, Explanation], None] | None = None
) -> list[EnrolmentRow]:
    """Complete in `standing` what is met, until nothing comes of it, and return it.

    `service.enrolling.complete` does the same. `seen` is told why each stands as it does.
    """
    done, waiting = [], set(places)
    while waiting:
        met = list(_met(standing, waiting, seen))
        for row, how in met:
            place, revision_id = _place(row), standing.revision_of(*_place(row)) or row.revision_id
            standing.enrolments[place] = closed = replace(row, state="completed", revision_id=revision_id)
            at, on, counted = how.completed_at, how.completed_on, how.counted()
            standing.add_completion(CompletionRow(*place, row.cycle, at, on, revision_id, how.language, counted))
            done.append(closed)
        again = {row.person_id for row, _ in met}
        waiting = {place for place in waiting if place[0] in again}
    return done


def _met(
    standing: Standing, places: Iterable[Place], seen: Callable[[Place, Explanation], None] | None
) -> Iterator[tuple[EnrolmentRow, Met]]:
    for place in sorted(places):
        row = standing.enrolments[place]
        why = standing.explain(*place) if row.state == "active" else None
        if why is not None and seen is not None:
            seen(place, why)
        if why is not None and why.met is not None:
            yield row, why.met


def _place(row: EnrolmentRow) -> Place:
    return row.person_id, row.track_key


def _enrol(standing: Standing, person_id: int, track_key: str, at: datetime) -> None:
    """Put somebody on a track, or on its next cycle where she may renew it (`service.enrolling.enrol_in`)."""
    row = standing.enrolments.get((person_id, track_key))
    if row is None or row.state == "withdrawn":
        begin(standing, person_id, track_key, row.cycle if row else 1, at)
    elif row.state == "completed":
        renewal = standing.renewal(person_id, track_key)
        if renewal is not None and renewal.state(standing.today) != "early":
            begin(standing, person_id, track_key, row.cycle + 1, at)
            begin_instead(standing, person_id, track_key, at)


def begin(standing: Standing, person_id: int, track_key: str, cycle: int, at: datetime) -> None:
    """Put somebody on a cycle of a track in its present version."""
    revision_id = standing.library.get("track", track_key).revision_id
    row = EnrolmentRow(0, person_id, track_key, cycle, "active", at, revision_id)
    standing.enrolments[person_id, track_key] = row


def begin_instead(standing: Standing, person_id: int, track_key: str, at: datetime) -> None:
    """Put somebody who renews a track on the one that is done instead, if any (`service.renewing`)."""
    renewal = standing.library.spec(TrackSpec, "track", track_key).renewal
    if renewal is None or renewal.track is None:
        return
    row = standing.enrolments.get((person_id, renewal.track))
    if row is None:
        begin(standing, person_id, renewal.track, 1, at)
    elif row.state != "active":
        begin(standing, person_id, renewal.track, row.cycle + (row.state == "completed"), at)
