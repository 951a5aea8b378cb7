"""Being on a track, and completing it: what follows from dated credits, computed for many people at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record, record_many
from lms.clock import local_date
from lms.content.library import Library, current
from lms.db import among, insert_once
from lms.errors import NotFound, RuleBroken
from lms.people.service import lock
from lms.signals import announce
from lms.tracks import policy, queries
from lms.tracks.events import CycleOpened, TrackCompleted, TrackDone, cycle_opened, track_completed
from lms.tracks.models import Enrolment, TrackCompletion
from lms.tracks.queries import EnrolmentRow, Standing
from lms.tracks.rules import Met
from lms.tracks.service.renewing import open_cycles
from lms.tracks.service.wording import check_begin, keep_own_route
from lms.tracks.specs import TrackSpec


@dataclass(frozen=True)
class Enrolled:
    """In which cycle of a track each person is, and for whom this enrolment opened it."""

    cycle_of: dict[int, int]
    opened: frozenset[int]


def enrol(session: Session, person_ids: Iterable[int], track_key: str, *, at: datetime) -> list[int]:
    """Put people on a track and return those who were not on it, in the order of ids.

    Who has completed it stays so, but for those who may renew it now: they begin the next cycle. Who withdrew comes
    back to the same cycle. Work done before counts at once. Raises `NotFound` without such a track.
    """
    ids = sorted(set(person_ids))
    lock(session, ids)
    library = current(session)
    enrolled = enrol_in(session, library, ids, track_key, at=at)
    complete(session, library, sorted(enrolled.opened), at=at)
    return sorted(enrolled.opened)


def enrol_self(session: Session, actor: Actor, track_key: str, *, at: datetime, reads_english: bool = False) -> bool:
    """Put the actor on a track of her own choice; return whether she was not on it.

    Raises `NotFound`, and `RuleBroken("wording-waits")` as `check_begin`.
    """
    language = check_begin(session, actor, track_key, reads_english=reads_english)
    is_new = bool(enrol(session, [actor.person_id], track_key, at=at))
    if is_new and language is not None:
        keep_own_route(session, actor, track_key, language, at)
    if is_new:
        record(session, actor.account_id, "tracks.enrolled", "person", actor.person_id, at=at, track=track_key)
    return is_new


def open_cycle(session: Session, actor: Actor, person_id: int, track_key: str, *, at: datetime) -> bool:
    """Begin the next cycle of a completed track, and return whether that is new.

    The worker herself may from the day on which it opens, a certifier at any time; a supervisor assigns it. Raises
    `NotFound` for others and without such a track, `RuleBroken` ("no-renewal" where there is nothing to renew,
    "renewal-early" with `opens_on`).
    """
    if not policy.can_renew(actor, person_id):
        raise NotFound
    lock(session, [person_id])
    library, is_certifier = current(session), actor.person_id != person_id
    library.get("track", track_key)
    opened = open_cycles(session, library, [person_id], track_key, at=at, by=actor.account_id, is_early=is_certifier)
    if opened:
        complete(session, library, [person_id], at=at)
        if is_certifier:
            announce(cycle_opened, session, CycleOpened(person_id, track_key, at))
        return True
    standing = queries.standing_of(session, library, [person_id], [track_key], today=local_date(at))
    enrolment, renewal = standing.enrolments.get((person_id, track_key)), standing.renewal(person_id, track_key)
    if renewal is not None:
        raise RuleBroken("renewal-early", opens_on=renewal.opens_on)
    if enrolment is None or enrolment.cycle == 1:
        raise RuleBroken("no-renewal")
    return False


def enrol_in(
    session: Session, library: Library, person_ids: Sequence[int], track_key: str, *, at: datetime
) -> Enrolled:
    """Put people, whose rows are locked, on a track of `library`; completing is left to `complete`."""
    source = library.get("track", track_key)
    first = [
        {
            "person_id": person_id,
            "track_key": track_key,
            "cycle": 1,
            "state": "active",
            "started_at": at,
            "revision_id": source.revision_id,
        }
        for person_id in person_ids
    ]
    opened = {row.person_id for row in insert_once(session, Enrolment, first, "person_id")}
    back = (
        update(Enrolment)
        .where(
            among(session, Enrolment.person_id, set(person_ids) - opened),
            Enrolment.track_key == track_key,
            Enrolment.state == "withdrawn",
        )
        .values(state="active", started_at=at, revision_id=source.revision_id)
        .returning(Enrolment.person_id)
        .execution_options(synchronize_session=False)
    )
    opened |= set(session.scalars(back))
    opened |= open_cycles(session, library, set(person_ids) - opened, track_key, at=at)
    rows = session.execute(
        select(Enrolment.person_id, Enrolment.cycle)
        .where(among(session, Enrolment.person_id, person_ids), Enrolment.track_key == track_key)
        .order_by(Enrolment.cycle)
    )
    return Enrolled({row.person_id: row.cycle for row in rows}, frozenset(opened))


def refresh(session: Session, library: Library, person_ids: Iterable[int], *, at: datetime) -> int:
    """Complete every track that these people have met, and return how many were added.

    One credit counts in every track. Completions are inserted once, whoever else does the same at the same time.
    """
    ids = sorted(set(person_ids))
    lock(session, ids)
    return complete(session, library, ids, at=at)


def complete(session: Session, library: Library, person_ids: Collection[int], *, at: datetime) -> int:
    """Do what `refresh` does for people whose rows are locked.

    A completed track may be what another one waits for, so that they are judged again until nothing comes of it.
    """
    added = 0
    while person_ids:
        standing = queries.standing_of(session, library, person_ids, today=local_date(at), only_active=True)
        met = list_met(standing)
        added += record_met(session, met, at) if met else 0
        waiting = any(_waits(track) for track in standing.tracks.values())
        if not met or not waiting:
            break
    return added


def _waits(track: TrackSpec) -> bool:
    """Return whether a track may wait for another one to be completed."""
    return bool(track.prerequisites or (track.renewal and track.renewal.track))


def list_met(standing: Standing) -> list[tuple[EnrolmentRow, Met]]:
    """Return the active enrolments that are met, with the revision that binds, each with how."""
    active = [each for each in standing.enrolments.values() if each.state == "active"]
    explained = [(each, standing.judge(each.person_id, each.track_key)) for each in active]
    return [
        (replace(each, revision_id=standing.revision_of(each.person_id, each.track_key) or each.revision_id), why.met)
        for each, why in explained
        if why is not None and why.met is not None
    ]


def record_met(session: Session, met: Sequence[tuple[EnrolmentRow, Met]], at: datetime) -> int:
    """Write completions once, close their enrolments, announce what is new, and return how many are."""
    rows = [
        {
            "person_id": enrolment.person_id,
            "track_key": enrolment.track_key,
            "cycle": enrolment.cycle,
            "completed_at": each.completed_at,
            "completed_on": each.completed_on,
            "revision_id": enrolment.revision_id,
            "language": each.language,
            "counted": each.counted(),
        }
        for enrolment, each in met
    ]
    added = insert_once(session, TrackCompletion, rows, "person_id", "track_key", "cycle")
    done = [enrolment.id for enrolment, _ in met]
    closed = update(Enrolment).where(among(session, Enrolment.id, done)).values(state="completed")
    session.execute(closed.execution_options(synchronize_session=False))
    new = {(row.person_id, row.track_key, row.cycle) for row in added}
    subjects = tuple(
        TrackDone(e.person_id, e.track_key, e.cycle, each.completed_at, each.completed_on, each.language, e.revision_id)
        for e, each in met
        if (e.person_id, e.track_key, e.cycle) in new
    )
    noted = ((each.person_id, {"track": each.track_key, "cycle": each.cycle}) for each in subjects)
    record_many(session, None, "tracks.completed", "person", noted, at=at)
    if subjects:
        announce(track_completed, session, TrackCompleted(subjects))
    return len(subjects)
