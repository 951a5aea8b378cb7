"""Renewing a completed track: a new cycle of enrolment, in which nothing is reset."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.audit.service import record_many
from lms.clock import local_date
from lms.content.library import Library, current, spec_of
from lms.courses.service import open_rounds
from lms.db import among, insert_once
from lms.tracks import queries
from lms.tracks.models import Enrolment
from lms.tracks.queries import Standing
from lms.tracks.rules import NextCycle
from lms.tracks.specs import TrackSpec


def open_cycles(
    session: Session,
    library: Library,
    person_ids: Collection[int],
    track_key: str,
    *,
    at: datetime,
    by: int | None = None,
    is_early: bool = False,
) -> set[int]:
    """Begin the next cycle for those who completed a track and may renew it now, and return who they are.

    Their rows are locked. `is_early` lets it begin before its time. What was done since the last completion counts;
    modules that have to be done again open in their next round. `by` is the account that asked for it.
    """
    source = library.get("track", track_key)
    track = library.spec(TrackSpec, "track", track_key)
    candidates = _who_completed(session, person_ids, track_key) if track.renewal else set()
    if track.renewal is None or not candidates:
        return set()
    standing = queries.standing_of(session, library, candidates, today=local_date(at))
    ready = {person_id for person_id in candidates if _is_ready(standing, person_id, track_key, is_early=is_early)}
    cycles = {person_id: standing.enrolments[person_id, track_key].cycle + 1 for person_id in ready}
    opened = _begin(session, cycles, track_key, source.revision_id, at)
    noted = ((person_id, {"track": track_key, "cycle": cycles[person_id]}) for person_id in sorted(opened))
    record_many(session, by, "tracks.cycle_opened", "person", noted, at=at)
    if track.renewal.track:
        _begin_instead(session, library, standing, opened, track.renewal.track, at)
    else:
        _open_modules(session, library, standing, opened, track, at)
    return opened


def _who_completed(session: Session, person_ids: Collection[int], track_key: str) -> set[int]:
    """Return who of these people completed a cycle of a track. One query."""
    done = select(Enrolment.person_id).where(
        among(session, Enrolment.person_id, person_ids),
        Enrolment.track_key == track_key,
        Enrolment.state == "completed",
    )
    return set(session.scalars(done))


def is_renewed(session: Session, track_key: str) -> bool:
    """Return whether a track is done again after a while."""
    source = current(session).find("track", track_key)
    return source is not None and spec_of(TrackSpec, source).renewal is not None


def next_cycles(standing: Standing, track_key: str) -> dict[int, int]:
    """Return by person the cycle of a track that she would be asked for: the next one where she may renew it now."""
    return {
        person_id: row.cycle + (row.state == "completed" and _is_ready(standing, person_id, track_key, is_early=False))
        for (person_id, key), row in standing.enrolments.items()
        if key == track_key
    }


def open_renewals(standing: Standing, track_key: str) -> dict[int, NextCycle]:
    """Return by person the renewal of a track that is open to her now, or that she began, and when it is due."""
    found = {}
    for person_id, cycle in next_cycles(standing, track_key).items():
        renewal = standing.last_renewal(person_id, track_key)
        if cycle > 1 and renewal is not None and renewal.state(standing.today) != "early":
            found[person_id] = NextCycle(cycle, renewal.due_on)
    return found


def _is_ready(standing: Standing, person_id: int, track_key: str, *, is_early: bool) -> bool:
    renewal = standing.renewal(person_id, track_key)
    return renewal is not None and (is_early or renewal.state(standing.today) != "early")


def _begin(session: Session, cycles: Mapping[int, int], track_key: str, revision_id: int, at: datetime) -> set[int]:
    """Write the enrolments of these cycles, by person, once; return who is on a cycle that was not there."""
    begun = {"state": "active", "started_at": at, "revision_id": revision_id}
    rows = [{"person_id": each, "track_key": track_key, "cycle": cycle, **begun} for each, cycle in cycles.items()]
    opened = {row.person_id for row in insert_once(session, Enrolment, rows, "person_id")}
    for cycle in set(cycles.values()):  # a renewal that was taken back begins again
        people = [person_id for person_id, number in cycles.items() if number == cycle and person_id not in opened]
        back = update(Enrolment).where(
            among(session, Enrolment.person_id, people),
            Enrolment.track_key == track_key,
            Enrolment.cycle == cycle,
            Enrolment.state == "withdrawn",
        )
        back = back.values(begun).execution_options(synchronize_session=False)
        opened |= set(session.scalars(back.returning(Enrolment.person_id)))
    return opened


def _begin_instead(
    session: Session, library: Library, standing: Standing, person_ids: Collection[int], track_key: str, at: datetime
) -> None:
    """Put people on the track that renews another one, in its next cycle where they completed it before."""
    known = select(Enrolment.person_id, Enrolment.cycle, Enrolment.state).where(
        among(session, Enrolment.person_id, person_ids), Enrolment.track_key == track_key
    )
    cycles = dict.fromkeys(person_ids, 1)
    for row in session.execute(known.order_by(Enrolment.cycle)):
        cycles[row.person_id] = row.cycle + (row.state == "completed")
    source = library.get("track", track_key)
    opened = _begin(session, cycles, track_key, source.revision_id, at)
    again = {person_id for person_id in opened if cycles[person_id] > 1}
    _open_modules(session, library, standing, again, library.spec(TrackSpec, "track", track_key), at)


def _open_modules(
    session: Session, library: Library, standing: Standing, person_ids: Collection[int], track: TrackSpec, at: datetime
) -> None:
    """Open the next round of the modules of `track` that people have not done since they completed it."""
    wanted = set()
    for person_id in person_ids:
        done = standing.completion(person_id, track.key)
        since = {
            each.module_key
            for each in standing.record(person_id).credits
            if done is not None and each.completed_at > done.completed_at
        }
        wanted |= {(person_id, key) for item in track.items for key in item.modules[:1] if key not in since}
    if wanted:
        open_rounds(session, library, wanted, at=at)
