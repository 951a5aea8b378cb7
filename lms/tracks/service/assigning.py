"""Assigning a track to staff, and taking an assignment back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.clock import local_date
from lms.content.library import Library, current
from lms.courses.queries import worked_since
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.organizations.policy import still_supervises
from lms.organizations.queries import list_staff
from lms.people.service import lock
from lms.signals import announce
from lms.tracks import policy, queries, rules
from lms.tracks.events import Assigned, TrackAssigned, track_assigned
from lms.tracks.models import Assignment, AssignmentBatch, Enrolment
from lms.tracks.rules import Sorting
from lms.tracks.service.enrolling import complete, enrol_in
from lms.tracks.specs import TrackSpec


@dataclass(frozen=True)
class BatchSummary:
    """What one act of assigning did: how many it newly asked, and how many had been asked before or had finished."""

    batch_id: int
    batch_public_id: str
    organization_id: int
    track_key: str
    due_on: date | None
    assigned: int
    already: int
    finished: int


@dataclass(frozen=True)
class Undone:
    """What undoing did: assignments taken back, enrolments withdrawn, and assignments of people who left (kept)."""

    undone: int
    withdrawn: int
    kept: int


def preview(
    session: Session, actor: Actor, organization_id: int, track_key: str, person_ids: Sequence[int], *, at: datetime
) -> Sorting:
    """Return whom `assign` would newly ask; raise `NotFound` as it does. Three queries. Writes nothing."""
    _check(session, actor, organization_id, person_ids, at)
    return _sort(session, organization_id, track_key, person_ids)


def assign(
    session: Session,
    actor: Actor,
    organization_id: int,
    track_key: str,
    person_ids: Iterable[int],
    *,
    due_on: date | None,
    client_id: str,
    at: datetime,
) -> BatchSummary:
    """Ask staff of an organization to do a track by a local date, enrol them, and return what was done.

    Those whom the organization has asked before are left as they are. The same `client_id` again changes nothing
    and returns the first act. Raises `NotFound` unless the actor answers for the organization today, everybody
    works there today and the track is published; `RuleBroken` ("nobody-chosen", "due-past", "due-far", and
    "sent-before" for a `client_id` that came with something else).
    The number of statements does not depend on the number of people (up to 500).
    """
    chosen = list(dict.fromkeys(person_ids))
    lock(session, [*chosen, actor.person_id])
    known = _find_batch(session, actor, client_id)
    if known is not None:
        return _sent_again(session, known, (organization_id, track_key, due_on), chosen)
    _check(session, actor, organization_id, chosen, at)
    library = current(session)
    library.spec(TrackSpec, "track", track_key)
    if not chosen:
        raise RuleBroken("nobody-chosen")
    if (fault := rules.due_fault(due_on, local_date(at))) is not None:
        raise RuleBroken(fault)
    sorting = _sort(session, organization_id, track_key, chosen)
    batch = AssignmentBatch(
        organization_id=organization_id,
        track_key=track_key,
        due_on=due_on,
        made_by=actor.account_id,
        made_at=at,
        client_id=client_id,
    )
    session.add(batch)
    session.flush()
    _ask(session, library, batch, sorting.new, at)
    record(
        session,
        actor.account_id,
        "tracks.assigned",
        "assignment_batch",
        batch.public_id,
        at=at,
        organization_id=organization_id,
        track=track_key,
        people=list(sorting.new),
        due_on=due_on,
    )
    complete(session, library, sorting.new, at=at)
    return _summary(batch, len(sorting.new), sorting)


def undo_batch(session: Session, actor: Actor, batch_public_id: str, *, at: datetime) -> Undone:
    """Take back what a batch asked of those who still work there, and return what was done.

    An enrolment that the batch opened is withdrawn when nothing was done on it since and nobody else asks for the
    track; what was learned stays learned. Twice changes nothing the second time. Raises `NotFound` unless the
    actor answers for the organization today.
    """
    batch = _locked_batch(session, actor, batch_public_id)
    today = local_date(at)
    if not _answers_for(session, actor, batch.organization_id, today):
        raise NotFound
    staff = {row.person_id for row in list_staff(session, [batch.organization_id], today)}
    rows = session.execute(
        select(Assignment.id, Assignment.person_id, Assignment.opened_enrolment).where(
            Assignment.batch_id == batch.id, Assignment.undone_at.is_(None)
        )
    ).all()
    ours = [row for row in rows if row.person_id in staff]
    if not ours:
        return Undone(0, 0, len(rows))
    ids = [row.id for row in ours]
    session.execute(update(Assignment).where(Assignment.id.in_(ids)).values(undone_at=at))
    withdrawn = _withdraw(session, batch, [row.person_id for row in ours if row.opened_enrolment])
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


def _answers_for(session: Session, actor: Actor, organization_id: int, today: date) -> bool:
    """Return whether policy, and the rows as this session reads them, let the actor assign there."""
    return policy.can_assign(actor, organization_id) and still_supervises(session, actor, organization_id, today)


def _check(session: Session, actor: Actor, organization_id: int, person_ids: Collection[int], at: datetime) -> None:
    """Raise `NotFound` unless the actor answers for the organization and everybody works there today."""
    today = local_date(at)
    if not _answers_for(session, actor, organization_id, today):
        raise NotFound
    staff = {row.person_id for row in list_staff(session, [organization_id], today)}
    if not staff.issuperset(person_ids):
        raise NotFound


def _sort(session: Session, organization_id: int, track_key: str, person_ids: Sequence[int]) -> Sorting:
    asked = queries.asked_of(session, organization_id, track_key, person_ids)
    done = {row.person_id for row in queries.list_completions(session, person_ids, [track_key])}
    return rules.sort_people(person_ids, asked, done)


def _find_batch(session: Session, actor: Actor, client_id: str) -> AssignmentBatch | None:
    """Return what the same form has done before; None when it has not been sent yet."""
    return session.execute(
        select(AssignmentBatch).where(
            AssignmentBatch.made_by == actor.account_id, AssignmentBatch.client_id == client_id
        )
    ).scalar_one_or_none()


def _sent_again(
    session: Session, batch: AssignmentBatch, asked: tuple[int, str, date | None], chosen: Collection[int]
) -> BatchSummary:
    """Return what the first sending did; raise `RuleBroken("sent-before")` when this one asks for something else.

    Beside those whom the batch asked, the form may name people whom the organization had asked already.
    """
    people = set(session.scalars(select(Assignment.person_id).where(Assignment.batch_id == batch.id)))
    others = set(chosen) - people
    known = queries.asked_of(session, batch.organization_id, batch.track_key, others) if others else {}
    same = asked == (batch.organization_id, batch.track_key, batch.due_on)
    if not same or not people <= set(chosen) or others - known.keys():
        raise RuleBroken("sent-before")
    return _summary(batch, len(people), Sorting((), (), ()))


def _summary(batch: AssignmentBatch, assigned: int, sorting: Sorting) -> BatchSummary:
    return BatchSummary(
        batch.id,
        batch.public_id,
        batch.organization_id,
        batch.track_key,
        batch.due_on,
        assigned,
        len(sorting.already),
        len(sorting.finished),
    )


def _ask(session: Session, library: Library, batch: AssignmentBatch, person_ids: Sequence[int], at: datetime) -> None:
    """Enrol these people, write their assignments and announce them."""
    cycles = enrol_in(session, library, person_ids, batch.track_key, at=at)
    rows = [
        {
            "batch_id": batch.id,
            "person_id": person_id,
            "organization_id": batch.organization_id,
            "track_key": batch.track_key,
            "cycle": cycles.cycle_of[person_id],
            "due_on": batch.due_on,
            "opened_enrolment": person_id in cycles.opened,
            "assigned_at": at,
            "assigned_on": local_date(at),
        }
        for person_id in person_ids
    ]
    made = insert_once(session, Assignment, rows, "id", "person_id")
    subjects = tuple(
        Assigned(row.person_id, batch.track_key, batch.organization_id, batch.due_on, row.id)
        for row in sorted(made, key=lambda row: int(row.id))
    )
    if subjects:
        announce(track_assigned, session, TrackAssigned(subjects, at))


def _withdraw(session: Session, batch: AssignmentBatch, person_ids: Collection[int]) -> list[int]:
    """Withdraw the enrolments of these people on which nothing was done, and return whose they were."""
    if not person_ids:
        return []
    standing = queries.standing_of(session, current(session), person_ids, [batch.track_key])
    revisions = (standing.revision_of(person_id, batch.track_key) for person_id in person_ids)
    modules = {key for each in set(revisions) if each is not None for key in standing.tracks[each].modules}
    busy = {person_id for person_id, _ in worked_since(session, person_ids, modules, batch.made_at)}
    asked = select(Assignment.person_id).where(
        Assignment.person_id.in_(person_ids),
        Assignment.track_key == batch.track_key,
        Assignment.undone_at.is_(None),
    )
    idle = set(person_ids) - busy - set(session.scalars(asked))
    withdrawn = session.scalars(
        update(Enrolment)
        .where(Enrolment.person_id.in_(idle), Enrolment.track_key == batch.track_key, Enrolment.state == "active")
        .values(state="withdrawn")
        .returning(Enrolment.person_id)
    )
    return sorted(withdrawn)
