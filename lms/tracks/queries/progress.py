"""How far people are on tracks, for one person or many, always in the same number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.content.library import Library, source_of, spec_of
from lms.courses.queries import completions_of
from lms.tracks.models import Enrolment, TrackCompletion
from lms.tracks.rules import Credit, Met, TrackProgress, TrackState, best_credits, find_met, is_binding, progress_in
from lms.tracks.specs import TrackSpec


@dataclass(frozen=True)
class EnrolmentRow:
    """A person on a track, in her newest cycle of it."""

    id: int
    person_id: int
    track_key: str
    cycle: int
    state: str
    started_at: datetime
    revision_id: int


@dataclass(frozen=True)
class CompletionRow:
    """A completed track. `counted` lists items with module, round and date."""

    person_id: int
    track_key: str
    cycle: int
    completed_at: datetime
    completed_on: date
    revision_id: int
    language: str
    counted: list[dict[str, Any]]


@dataclass
class Standing:
    """All that decides the progress of some people, as read by `standing_of`."""

    library: Library
    enrolments: dict[tuple[int, str], EnrolmentRow] = field(default_factory=dict)
    completions: dict[tuple[int, str, int], CompletionRow] = field(default_factory=dict)
    #: By revision: the present ones, and those that people enrolled under or completed.
    tracks: dict[int, TrackSpec] = field(default_factory=dict)
    credits: dict[int, list[Credit]] = field(default_factory=dict)

    def revision_of(self, person_id: int, track_key: str) -> int | None:
        """Return the revision of a track that binds a person; None when there is none any more."""
        source = self.library.find("track", track_key)
        enrolment = self.enrolments.get((person_id, track_key))
        enrolled = enrolment.revision_id if enrolment and enrolment.state == "active" else None
        if enrolled is None or source is None:
            return enrolled or (source.revision_id if source else None)
        is_bound = is_binding(self.tracks[enrolled], self.library.keys("module"))
        return enrolled if is_bound else source.revision_id

    def counting(self, person_id: int, track_key: str, cycle: int) -> dict[str, Credit]:
        """Return by module the credits that count in one cycle of a person's track."""
        before = self.completions.get((person_id, track_key, cycle - 1))
        return best_credits(self.credits.get(person_id, ()), before.completed_at if before else None)

    def find_met(self, enrolment: EnrolmentRow) -> Met | None:
        """Return how an active enrolment was met, or None while something is missing."""
        revision_id = self.revision_of(enrolment.person_id, enrolment.track_key) or enrolment.revision_id
        counting = self.counting(enrolment.person_id, enrolment.track_key, enrolment.cycle)
        began_on = local_date(enrolment.started_at)
        return find_met(self.tracks[revision_id], revision_id, counting, enrolment.started_at, began_on)

    def progress(self, person_id: int, track_key: str) -> TrackProgress | None:
        """Return how far a person is on a track; None when there is no such track for her."""
        enrolment = self.enrolments.get((person_id, track_key))
        cycle = enrolment.cycle if enrolment else 1
        done = self.completions.get((person_id, track_key, cycle))
        if done is not None:
            counted = {each["module"]: date.fromisoformat(each["completed_on"]) for each in done.counted}
            return progress_in(self.tracks[done.revision_id], counted, "completed", cycle, done.completed_on)
        revision_id = self.revision_of(person_id, track_key)
        if revision_id is None:
            return None
        counting = {key: each.completed_on for key, each in self.counting(person_id, track_key, cycle).items()}
        state: TrackState = "active" if enrolment is not None and enrolment.state == "active" else "open"
        return progress_in(self.tracks[revision_id], counting, state, cycle)


def progress_of(
    session: Session, library: Library, person_ids: Iterable[int], track_keys: Iterable[str] | None = None
) -> dict[tuple[int, str], TrackProgress]:
    """Return {(person id, track key): progress}, also of tracks that a person is not on. Three queries.

    Without `track_keys` all tracks of the publication, and retired ones on which somebody still is.
    """
    ids = sorted(set(person_ids))
    keys = None if track_keys is None else sorted(set(track_keys))
    if not ids or keys == []:
        return {}
    standing = standing_of(session, library, ids, keys)
    shown = sorted({*library.keys("track"), *(key for _, key in standing.enrolments)} if keys is None else keys)
    found = {(person_id, key): standing.progress(person_id, key) for person_id in ids for key in shown}
    return {address: progress for address, progress in found.items() if progress is not None}


def standing_of(
    session: Session, library: Library, person_ids: Collection[int] | None, track_keys: Collection[str] | None = None
) -> Standing:
    """Return what decides the progress of these people (None: of everybody). Three queries.

    Revisions of tracks that this process has not read yet cost one query each, once.
    """
    standing = Standing(library)
    for row in _enrolments(session, person_ids, track_keys):
        standing.enrolments[row.person_id, row.track_key] = row
    for done in list_completions(session, person_ids, track_keys):
        standing.completions[done.person_id, done.track_key, done.cycle] = done
    revisions = {row.revision_id for row in standing.enrolments.values()}
    revisions |= {row.revision_id for row in standing.completions.values()}
    standing.tracks = {each: spec_of(TrackSpec, source_of(session, each)) for each in sorted(revisions)}
    for source in (library.get("track", key) for key in library.keys("track")):
        standing.tracks[source.revision_id] = spec_of(TrackSpec, source)
    ids = person_ids if person_ids is not None else {person_id for person_id, _ in standing.enrolments}
    for (person_id, module_key), credit in completions_of(session, ids).items():
        standing.credits.setdefault(person_id, []).append(
            Credit(module_key, credit.round, credit.completed_at, credit.completed_on, credit.language)
        )
    return standing


def _enrolments(
    session: Session, person_ids: Collection[int] | None, track_keys: Collection[str] | None
) -> list[EnrolmentRow]:
    """Return enrolments, each person's older cycles of a track before newer ones."""
    statement = select(
        Enrolment.id,
        Enrolment.person_id,
        Enrolment.track_key,
        Enrolment.cycle,
        Enrolment.state,
        Enrolment.started_at,
        Enrolment.revision_id,
    ).order_by(Enrolment.cycle)
    if person_ids is not None:
        statement = statement.where(Enrolment.person_id.in_(person_ids))
    if track_keys is not None:
        statement = statement.where(Enrolment.track_key.in_(track_keys))
    return [EnrolmentRow(*row) for row in session.execute(statement)]


def list_enrolled(session: Session, person_ids: Collection[int] | None) -> set[tuple[int, str, int]]:
    """Return (person id, track key, cycle) of every enrolment; None means everybody. One query."""
    return {(row.person_id, row.track_key, row.cycle) for row in _enrolments(session, person_ids, None)}


def list_completions(
    session: Session, person_ids: Collection[int] | None, track_keys: Collection[str] | None = None
) -> list[CompletionRow]:
    """Return completed tracks, the oldest first; None means everybody, and every track. One query."""
    statement = select(
        TrackCompletion.person_id,
        TrackCompletion.track_key,
        TrackCompletion.cycle,
        TrackCompletion.completed_at,
        TrackCompletion.completed_on,
        TrackCompletion.revision_id,
        TrackCompletion.language,
        TrackCompletion.counted,
    ).order_by(TrackCompletion.completed_at, TrackCompletion.id)
    if person_ids is not None:
        statement = statement.where(TrackCompletion.person_id.in_(person_ids))
    if track_keys is not None:
        statement = statement.where(TrackCompletion.track_key.in_(track_keys))
    return [CompletionRow(*row) for row in session.execute(statement)]
