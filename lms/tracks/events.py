"""Facts that tracks announces: workers were asked to do a track, have met it, were spared a part, or it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from blinker import Signal


@dataclass(frozen=True)
class TrackDone:
    """One worker met every item of one cycle of a track. `completed_on` is the local date."""

    person_id: int
    track_key: str
    cycle: int
    completed_at: datetime
    completed_on: date
    language: str
    #: The revision of the track under which it was judged.
    revision_id: int


@dataclass(frozen=True)
class TrackCompleted:
    """Tracks were completed. Announced once for each worker, track and cycle."""

    subjects: tuple[TrackDone, ...]


@dataclass(frozen=True)
class Assigned:
    """One organization asked one worker to do a track, perhaps by a local date."""

    person_id: int
    track_key: str
    organization_id: int
    due_on: date | None
    assignment_id: int


@dataclass(frozen=True)
class TrackAssigned:
    """A track was newly assigned. Announced once for each assignment."""

    subjects: tuple[Assigned, ...]
    at: datetime


@dataclass(frozen=True)
class Changed:
    """A new version of a track or a module asks something of one worker, or has finished her track.

    `deed` is "moves", "bound", "renews", "repeats" or "completes" (`rules.versions.Deed`); `cycle` the cycle of the
    track or the round of the module; `due_on` the local date by which she is asked to do it again.
    """

    person_id: int
    kind: str
    key: str
    cycle: int
    deed: str
    completes: bool
    due_on: date | None


@dataclass(frozen=True)
class ContentChanged:
    """New versions were published. Announced once, with everybody who is to be told of it."""

    subjects: tuple[Changed, ...]
    at: datetime


@dataclass(frozen=True)
class WaiverChanged:
    """A certifier said that a worker need not do one part of a track (`is_granted`), or took that back."""

    waiver_id: int
    person_id: int
    track_key: str
    is_granted: bool
    at: datetime


@dataclass(frozen=True)
class CycleOpened:
    """A certifier let a worker begin to renew a track. She herself, an assignment or a new version tell of theirs."""

    person_id: int
    track_key: str
    at: datetime


track_completed = Signal("track-completed")
track_assigned = Signal("track-assigned")
content_changed = Signal("content-changed")
waiver_changed = Signal("waiver-changed")
cycle_opened = Signal("cycle-opened")
