"""How far people are on tracks, for one person or many, always in the same number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lms.clock import local_date, now
from lms.content.library import Library, source_of, spec_of
from lms.courses.queries import list_completions as list_credits
from lms.db import among
from lms.fieldwork.queries import credited_minutes, ever_credited, ever_signed_off, signed_off
from lms.tracks.models import Enrolment, TrackCompletion, Waiver
from lms.tracks.rules import (
    Credit,
    Explanation,
    Moment,
    Record,
    Renewal,
    Scope,
    TrackCredit,
    TrackProgress,
    TrackState,
    Waived,
    is_binding,
    judge,
    progress_in,
    recall,
    renewal_of,
)
from lms.tracks.specs import TrackSpec
from lms.training.queries import ever_recognized, recognized


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
    """A completed track. `counted` lists what was counted (`rules.record.Proof.counted`)."""

    person_id: int
    track_key: str
    cycle: int
    completed_at: datetime
    completed_on: date
    revision_id: int
    language: str
    counted: list[dict[str, Any]]
    #: When she was put on the track for this cycle, where the reader asks for it.
    enrolled_at: datetime | None = None


@dataclass
class Standing:
    """All that decides the progress of some people, as read by `standing_of`; `today` is the local date."""

    library: Library
    today: date = field(default_factory=lambda: local_date(now()))
    enrolments: dict[tuple[int, str], EnrolmentRow] = field(default_factory=dict)
    completions: dict[tuple[int, str, int], CompletionRow] = field(default_factory=dict)
    #: By revision: the present ones, and those that people enrolled under or completed.
    tracks: dict[int, TrackSpec] = field(default_factory=dict)
    records: dict[int, Record] = field(default_factory=dict)

    def record(self, person_id: int) -> Record:
        """Return what a person has that tracks count."""
        found = self.records.get(person_id)
        if found is None:
            found = self.records[person_id] = Record()
        return found

    def add_enrolment(self, row: EnrolmentRow) -> None:
        """Take in a cycle of a track: the newest counts, but for a renewal that was taken back."""
        known = self.enrolments.get((row.person_id, row.track_key))
        if known is None or _rank(known) < _rank(row):
            self.enrolments[row.person_id, row.track_key] = row

    def add_completion(self, row: CompletionRow) -> None:
        """Take in a completed track, which counts where another track asks for it."""
        self.completions[row.person_id, row.track_key, row.cycle] = row
        credit = TrackCredit(row.track_key, row.cycle, row.completed_at, row.completed_on)
        self.record(row.person_id).tracks.append(credit)

    def revision_of(self, person_id: int, track_key: str) -> int | None:
        """Return the revision of a track that binds a person; None when there is none any more."""
        source = self.library.find("track", track_key)
        enrolment = self.enrolments.get((person_id, track_key))
        enrolled = enrolment.revision_id if enrolment and enrolment.state == "active" else None
        if enrolled is None or source is None:
            return enrolled or (source.revision_id if source else None)
        return enrolled if self._is_binding(enrolled) else source.revision_id

    def _is_binding(self, revision_id: int) -> bool:
        if revision_id not in self._binding:
            self._binding[revision_id] = is_binding(self.tracks[revision_id], self._taught)
        return self._binding[revision_id]

    def scope(self, person_id: int, track_key: str) -> Scope:
        """Return in which cycle of a track a person is, since when, and after what."""
        enrolment = self.enrolments.get((person_id, track_key))
        if enrolment is None:
            return Scope(taught=self._taught)
        began = Moment(enrolment.started_at, local_date(enrolment.started_at))
        return Scope(
            enrolment.cycle,
            began if enrolment.state == "active" else None,
            self._end_of(person_id, track_key, enrolment.cycle - 1),
            self._taught,
        )

    @cached_property
    def _binding(self) -> dict[int, bool]:
        return {}

    @cached_property
    def _taught(self) -> frozenset[str]:
        return frozenset(self.library.keys("module"))

    def _end_of(self, person_id: int, track_key: str, cycle: int) -> Moment | None:
        done = self.completions.get((person_id, track_key, cycle))
        return Moment(done.completed_at, done.completed_on) if done else None

    def scope_of(self, done: CompletionRow) -> Scope:
        """Return the scope in which a cycle was completed."""
        before = self._end_of(done.person_id, done.track_key, done.cycle - 1)
        return Scope(done.cycle, Moment(done.completed_at, done.completed_on), before)

    def completion(self, person_id: int, track_key: str) -> CompletionRow | None:
        """Return the completion of the cycle in which a person is, or None."""
        enrolment = self.enrolments.get((person_id, track_key))
        return self.completions.get((person_id, track_key, enrolment.cycle if enrolment else 1))

    def explain(self, person_id: int, track_key: str, day: date | None = None) -> Explanation | None:
        """Return why a person's track stands as it does; None when there is no such track for her.

        With `day`, as it stood on that local date: what came later is left out.
        """
        done = self.completion(person_id, track_key)
        if done is None or (day is not None and day < done.completed_on):
            return self.judge(person_id, track_key, day)
        record = self.record(person_id) if day is None else self.record(person_id).until(day)
        return recall(self.tracks[done.revision_id], done.counted, record, self.scope_of(done), day or self.today)

    def judge(self, person_id: int, track_key: str, day: date | None = None) -> Explanation | None:
        """Return how a person stands by what her record holds, whether or not a completion is written down."""
        done, record = self.completion(person_id, track_key), self.record(person_id)
        revision_id = done.revision_id if done else self.revision_of(person_id, track_key)
        if revision_id is None:
            return None
        record = record if day is None else record.until(day)
        scope = self.scope(person_id, track_key)
        return judge(self.tracks[revision_id], record, scope, day or self.today)

    def progress(self, person_id: int, track_key: str, day: date | None = None) -> TrackProgress | None:
        """Return how far a person is on a track, or was on the local date `day`; None when there is no such track."""
        explained = self.explain(person_id, track_key, day)
        if explained is None:
            return None
        enrolment, done = self.enrolments.get((person_id, track_key)), self.completion(person_id, track_key)
        cycle = enrolment.cycle if enrolment else 1
        if done is not None and (day is None or done.completed_on <= day):
            return progress_in(explained, "completed", cycle, done.completed_on)
        is_going = enrolment is not None and (enrolment.state == "active" or done is not None)
        state: TrackState = "active" if is_going else "open"
        return progress_in(explained, state, cycle)

    def progress_in(self, person_id: int, track_key: str, cycle: int, day: date) -> TrackProgress | None:
        """Return how far a person was on the local date `day` in the present cycle, or in one completed by then."""
        found, done = self.progress(person_id, track_key, day), self.completions.get((person_id, track_key, cycle))
        if found is not None and found.cycle == cycle:
            return found
        if done is None or done.completed_on > day:
            return None
        spec, record = self.tracks[done.revision_id], self.record(person_id).until(day)
        explained = recall(spec, done.counted, record, self.scope_of(done), day)
        return progress_in(explained, "completed", cycle, done.completed_on)

    def renewal(self, person_id: int, track_key: str) -> Renewal | None:
        """Return when a completed track is due again; None while it is not completed, or where it never is."""
        return self.last_renewal(person_id, track_key) if self.completion(person_id, track_key) else None

    def last_renewal(self, person_id: int, track_key: str) -> Renewal | None:
        """Return when what she completed last is due again, also while she is renewing it."""
        source = self.library.find("track", track_key)
        if source is None:
            return None
        cycles = sorted(key for key in self.completions if key[:2] == (person_id, track_key))
        return renewal_of(self.tracks[source.revision_id], [self.completions[key].completed_on for key in cycles])


def _rank(row: EnrolmentRow) -> tuple[bool, int]:
    return row.state != "withdrawn", row.cycle


def bound_of(session: Session, library: Library, person_ids: Collection[int], track_key: str) -> dict[int, TrackSpec]:
    """Return by person the version of a track that binds her; nobody where there is none any more. One query."""
    standing = Standing(library)
    for row in _enrolments(session, person_ids, [track_key]):
        standing.add_enrolment(row)
    standing.tracks = read_specs(session, standing, [track_key])
    revisions = {person_id: standing.revision_of(person_id, track_key) for person_id in person_ids}
    return {person_id: standing.tracks[each] for person_id, each in revisions.items() if each is not None}


def progress_of(
    session: Session, library: Library, person_ids: Iterable[int], track_keys: Iterable[str] | None = None
) -> dict[tuple[int, str], TrackProgress]:
    """Return {(person id, track key): progress}, also of tracks that a person is not on. As `standing_of` asks.

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
    session: Session,
    library: Library,
    person_ids: Collection[int] | None,
    track_keys: Collection[str] | None = None,
    *,
    today: date | None = None,
    only_active: bool = False,
    besides: Collection[str] = (),
    ever: bool = False,
) -> Standing:
    """Return what decides the progress of these people (None: of everybody) on the local date `today` (None: now).

    Four queries, and one each for recognized training, minutes and sign-offs where a track asks for them; with
    `only_active` where a track asks on which somebody is now, or one of `besides`. With `ever` what was taken back is
    among them. Revisions of tracks that this process has not read yet cost one query each, once.
    """
    standing = Standing(library, today or local_date(now()))
    for row in _enrolments(session, person_ids, track_keys):
        standing.add_enrolment(row)
    for done in list_completions(session, person_ids):
        standing.add_completion(done)
    standing.tracks = read_specs(session, standing, [*(track_keys or ()), *besides])
    ids = person_ids if person_ids is not None else {person_id for person_id, _ in standing.enrolments}
    for each in list_credits(session, ids):
        credit = Credit(each.module_key, each.round, each.completed_at, each.completed_on, each.language)
        standing.record(each.person_id).credits.append(credit)
    for person_id, waived in _waivers(session, person_ids):
        standing.record(person_id).waivers.append(waived)
    asked = list(standing.tracks.values())
    if only_active:
        asked = [*bound_tracks(standing), *(track for track in asked if track.key in besides)]
    if track_keys is not None:
        asked = [track for track in asked if track.key in track_keys]
    read_practice(session, standing, ids, asked, ever=ever)
    return standing


def read_specs(session: Session, standing: Standing, asked: Collection[str] = ()) -> dict[int, TrackSpec]:
    """Return by revision the tracks that are listed or `asked` for, and what people enrolled under or completed."""
    library = standing.library
    revisions = {row.revision_id for row in standing.enrolments.values()}
    revisions |= {row.revision_id for row in standing.completions.values()}
    keys = {*library.keys("track"), *asked, *(key for _, key in standing.enrolments)}
    present = [library.find("track", key) for key in sorted(keys)]
    found = {source.revision_id: spec_of(TrackSpec, source) for source in present if source is not None}
    return {
        **found,
        **{each: spec_of(TrackSpec, source_of(session, each)) for each in sorted(revisions - found.keys())},
    }


def bound_tracks(standing: Standing) -> list[TrackSpec]:
    """Return the versions of tracks that bind somebody who is on them now."""
    active = (row for row in standing.enrolments.values() if row.state == "active")
    bound = {standing.revision_of(row.person_id, row.track_key) for row in active}
    return [standing.tracks[each] for each in bound if each is not None]


def read_practice(
    session: Session,
    standing: Standing,
    person_ids: Collection[int] | None,
    asked: Iterable[TrackSpec],
    *,
    ever: bool = False,
) -> None:
    """Read into `standing` what these tracks ask for and modules do not give, with `ever` also what was taken back.

    At most four queries, perhaps none.
    """
    specs = list(asked)
    if not specs or (person_ids is not None and not person_ids):
        return
    if any(track.hours for track in specs):
        for minutes in (ever_credited if ever else credited_minutes)(session, person_ids):
            standing.record(minutes.person_id).minutes.append(minutes)
    if any(each.checklist for track in specs for each in track.sign_offs):
        for signed in (ever_signed_off if ever else signed_off)(session, person_ids):
            standing.record(signed.person_id).sign_offs.append(signed)
    for each in (ever_recognized if ever else recognized)(session, person_ids):
        standing.record(each.person_id).recognized.append(each)


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
        statement = statement.where(among(session, Enrolment.person_id, person_ids))
    if track_keys is not None:
        statement = statement.where(Enrolment.track_key.in_(track_keys))
    return [EnrolmentRow(*row) for row in session.execute(statement)]


def list_enrolled(session: Session, person_ids: Collection[int] | None) -> set[tuple[int, str, int]]:
    """Return (person id, track key, cycle) of every enrolment; None means everybody. One query."""
    return {(row.person_id, row.track_key, row.cycle) for row in _enrolments(session, person_ids, None)}


def _waivers(session: Session, person_ids: Collection[int] | None) -> list[tuple[int, Waived]]:
    """Return every waiver with its person, the withdrawn ones told apart, the oldest first. One query."""
    statement = select(
        Waiver.person_id,
        Waiver.public_id,
        Waiver.track_key,
        Waiver.cycle,
        Waiver.requirement,
        Waiver.reason_code,
        Waiver.granted_at,
        Waiver.ends_on,
        Waiver.withdrawn_at.is_not(None),
    ).order_by(Waiver.id)
    if person_ids is not None:
        statement = statement.where(among(session, Waiver.person_id, person_ids))
    return [(row[0], Waived(*row[1:])) for row in session.execute(statement)]


def list_completions(
    session: Session, person_ids: Collection[int] | None, track_keys: Collection[str] | None = None
) -> list[CompletionRow]:
    """Return completed tracks, the oldest first; None means everybody, and every track. One query."""
    same = (getattr(Enrolment, name) == getattr(TrackCompletion, name) for name in ("person_id", "track_key", "cycle"))
    statement = select(
        TrackCompletion.person_id,
        TrackCompletion.track_key,
        TrackCompletion.cycle,
        TrackCompletion.completed_at,
        TrackCompletion.completed_on,
        TrackCompletion.revision_id,
        TrackCompletion.language,
        TrackCompletion.counted,
        Enrolment.started_at,
    ).order_by(TrackCompletion.completed_at, TrackCompletion.id)
    statement = statement.join(Enrolment, and_(*same), isouter=True)
    if person_ids is not None:
        statement = statement.where(among(session, TrackCompletion.person_id, person_ids))
    if track_keys is not None:
        statement = statement.where(TrackCompletion.track_key.in_(track_keys))
    return [CompletionRow(*row) for row in session.execute(statement)]
