"""Taking back what was assigned: a whole act, by a person; or of some people, by the rule that asked them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.clock import local_date
from lms.content.library import current
from lms.courses.queries import worked_since
from lms.db import among
from lms.errors import NotFound
from lms.fieldwork.queries import observed_since, practised_since
from lms.people.service import lock
from lms.tracks import queries, rules
from lms.tracks.models import Assignment, AssignmentBatch, Enrolment
from lms.tracks.rules import WorkDone
from lms.tracks.service.asking import answers_for, began_of
from lms.tracks.specs import TrackSpec
from lms.training.queries import recognized


@dataclass(frozen=True)
class Undone:
    """What undoing did: assignments taken back, enrolments withdrawn, and assignments of people who left (kept)."""

    undone: int
    withdrawn: int
    kept: int


def undo_batch(session: Session, actor: Actor, batch_public_id: str, *, at: datetime) -> Undone:
    """Take back what a batch asked of those who still work there, and return what was done.

    An enrolment that the batch opened is withdrawn when nothing was done on it since and nobody else asks for the
    track; what was learned stays learned. Twice changes nothing the second time. Raises `NotFound` unless the
    actor answers for the organization today.
    """
    batch = _locked_batch(session, actor, batch_public_id)
    today = local_date(at)
    if not answers_for(session, actor, batch.organization_id, today):
        raise NotFound
    staff = began_of(session, batch.organization_id, today)
    rows = session.execute(
        select(Assignment.id, Assignment.person_id, Assignment.opened_enrolment).where(
            Assignment.batch_id == batch.id, Assignment.undone_at.is_(None)
        )
    ).all()
    ours = [row for row in rows if row.person_id in staff]
    if not ours:
        return Undone(0, 0, len(rows))
    withdrawn = take_back(
        session, batch.track_key, [row.id for row in ours], since={row.person_id: batch.made_at for row in ours}, at=at
    )
    batch.undone_at, batch.undone_by = at, actor.account_id
    record(
        session,
        actor.account_id,
        "tracks.assignment_undone",
        "assignment_batch",
        batch.public_id,
        at=at,
        organization_id=batch.organization_id,
        people=[row.person_id for row in ours],
        withdrawn=withdrawn,
    )
    return Undone(len(ours), len(withdrawn), len(rows) - len(ours))


def take_back(
    session: Session, track_key: str, assignment_ids: Collection[int], *, since: Mapping[int, datetime], at: datetime
) -> list[int]:
    """Take these assignments of one track back, whose people are locked, and return whose enrolments are withdrawn.

    That is done where an assignment opened it, nothing was done on it `since` an instant of each person, and nobody
    else asks for this cycle of the track.
    """
    gone = session.execute(
        update(Assignment)
        .where(among(session, Assignment.id, assignment_ids))
        .values(undone_at=at)
        .returning(Assignment.person_id, Assignment.cycle, Assignment.opened_enrolment)
        .execution_options(synchronize_session=False)
    ).all()
    opened = {(row.person_id, row.cycle) for row in gone if row.opened_enrolment}
    people = {person_id for person_id, _ in opened}
    if not opened:
        return []
    busy = begun_of(session, track_key, {each: since[each] for each in people})
    asked = select(Assignment.person_id, Assignment.cycle).where(
        among(session, Assignment.person_id, people),
        Assignment.track_key == track_key,
        Assignment.undone_at.is_(None),
    )
    left = opened - {(row.person_id, row.cycle) for row in session.execute(asked)}
    idle = {(person_id, cycle) for person_id, cycle in left if person_id not in busy}
    cycles = sorted({cycle for _, cycle in idle})
    return sorted(person_id for cycle in cycles for person_id in _leave(session, track_key, idle, cycle))


def _leave(session: Session, track_key: str, idle: Collection[tuple[int, int]], cycle: int) -> list[int]:
    """Withdraw those of these (person id, cycle) who are in this cycle of a track, and return who they are."""
    people = [person_id for person_id, number in idle if number == cycle]
    withdrawn = (
        update(Enrolment)
        .where(
            among(session, Enrolment.person_id, people),
            Enrolment.track_key == track_key,
            Enrolment.cycle == cycle,
            Enrolment.state == "active",
        )
        .values(state="withdrawn")
        .returning(Enrolment.person_id)
        .execution_options(synchronize_session=False)
    )
    return list(session.scalars(withdrawn))


def begun_of(session: Session, track_key: str, since: Mapping[int, datetime]) -> set[int]:
    """Return who of these people has done anything towards a track, as it binds each, since her instant.

    That is work in its modules; hours that she entered and sessions that she came to, also while nobody has
    countersigned or closed them; observations that were signed; training from elsewhere that was recognized.
    """
    bound = queries.bound_of(session, current(session), since, track_key) if since else {}
    if not bound:
        return set()
    work = _work_of(session, {each: since[each] for each in bound}, list(bound.values()))
    return {each.person_id for each in work if rules.is_towards(each, bound[each.person_id])}


def _work_of(session: Session, since: Mapping[int, datetime], tracks: Collection[TrackSpec]) -> Iterator[WorkDone]:
    """Yield what these people did since their instants that one of these tracks may ask for."""
    modules = {key for track in tracks for item in track.items for key in item.modules}
    for person_id, key in worked_since(session, since, modules):
        yield WorkDone(person_id, module=key)
    if any(track.hours for track in tracks):
        for person_id, kind, named in practised_since(session, since):
            yield WorkDone(person_id, hours=kind, competencies=named)
    if any(track.sign_offs for track in tracks):
        for person_id, key in observed_since(session, since):
            yield WorkDone(person_id, checklist=key)
    for each in recognized(session, since):
        if each.recognized_at >= since[each.person_id]:
            yield WorkDone(each.person_id, each.module_key, each.hours_kind, each.competencies)


def _locked_batch(session: Session, actor: Actor, public_id: str) -> AssignmentBatch:
    """Return a batch with its people locked; raise `NotFound` when there is none."""
    people = select(Assignment.person_id).join(AssignmentBatch, AssignmentBatch.id == Assignment.batch_id)
    found = session.scalars(people.where(AssignmentBatch.public_id == public_id)).all()
    lock(session, [*found, actor.person_id])
    query = select(AssignmentBatch).where(AssignmentBatch.public_id == public_id)
    batch = session.execute(query).scalar_one_or_none()
    if batch is None:
        raise NotFound
    return batch
