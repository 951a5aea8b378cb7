"""Releasing certificates: a worker leases reserved editions, makes them, and hands them back to be released."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.certificates import queries
from lms.certificates.events import CertificateIssued, Issued, certificate_issued
from lms.certificates.models import Artifact, Award, Edition, IssueTask, SigningKey, StatusEvent
from lms.certificates.queries import Known
from lms.certificates.service.awards import next_edition
from lms.db import insert_once
from lms.people.service import lock
from lms.signals import announce

LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)


@dataclass(frozen=True)
class Lease:
    """A reserved edition that one worker holds: all that it is made from."""

    edition_id: int
    award_public_id: str
    serial: str
    number: int
    payload: bytes
    key_id: str
    design_revision_id: int
    words_revision_id: int | None


@dataclass(frozen=True)
class Made:
    """An edition that was signed, drawn, stored and checked: (kind, SHA-256, bytes) of each file."""

    lease: Lease
    artifacts: tuple[tuple[str, str, int], ...]


def lease_tasks(session: Session, *, holder: str, at: datetime, limit: int) -> list[Lease]:
    """Hold up to `limit` editions that are due for five minutes, and return them, the oldest first."""
    due = (
        select(IssueTask.edition_id)
        .where(
            IssueTask.done_at.is_(None),
            IssueTask.run_at <= at,
            or_(IssueTask.locked_until.is_(None), IssueTask.locked_until <= at),
        )
        .order_by(IssueTask.run_at, IssueTask.edition_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(due))
    if not ids:
        return []
    session.execute(
        update(IssueTask)
        .where(IssueTask.edition_id.in_(ids))
        .values(locked_by=holder, locked_until=at + LEASE, tries=IssueTask.tries + 1)
    )
    return _leases(session, ids)


def lease_of(session: Session, edition_id: int) -> Lease:
    """Return what one edition is made from, whoever holds it: to make a lost file again."""
    (lease,) = _leases(session, [edition_id])
    return lease


def _leases(session: Session, edition_ids: Sequence[int]) -> list[Lease]:
    rows = session.execute(
        select(
            Edition.id,
            Award.public_id,
            Award.serial,
            Edition.number,
            Edition.payload,
            Edition.key_id,
            Edition.design_revision_id,
            Edition.words_revision_id,
        )
        .join(Award, Award.id == Edition.award_id)
        .where(Edition.id.in_(edition_ids))
        .order_by(Edition.id)
    )
    return [Lease(*row) for row in rows]


def postpone(session: Session, edition_id: int, *, holder: str, problem: str, at: datetime) -> None:
    """Give a lease back after a failure, to be tried again after a growing pause; keep what went wrong."""
    task = session.get(IssueTask, edition_id, with_for_update=True)
    if task is None or task.locked_by != holder or task.done_at is not None:
        return
    pause = min(FIRST_PAUSE * 2 ** min(task.tries - 1, 12), LONGEST_PAUSE)
    task.run_at, task.problem = at + pause, problem[:500]
    task.locked_by = task.locked_until = None


def release(session: Session, made: Sequence[Made], *, holder: str, at: datetime) -> list[Issued]:
    """Release what `holder` made and still holds: artifacts, status events, audit, announcement; return what is new.

    An edition that was released meanwhile, or given up because its award was revoked, stays as it is. One whose
    key was found to be compromised meanwhile is handed back: the next lease makes it under another key.
    """
    public_ids = [each.lease.award_public_id for each in made]
    lock(session, session.scalars(select(Award.person_id).where(Award.public_id.in_(public_ids))).all())
    issued = [subject for each in made if (subject := _release(session, each, holder, at))]
    if issued:
        announce(certificate_issued, session, CertificateIssued(tuple(issued), at))
    return issued


def _release(session: Session, made: Made, holder: str, at: datetime) -> Issued | None:
    """Release one edition; return None when it is not for this worker to do."""
    task = session.get(IssueTask, made.lease.edition_id, with_for_update=True, populate_existing=True)
    if task is None or task.done_at is not None or task.locked_by != holder:
        return None
    task.locked_by = task.locked_until = None
    if _is_compromised(session, made.lease.key_id):
        return None
    task.done_at, task.problem = at, None
    known = queries.get_known(session, made.lease.award_public_id)
    _write_release(session, known, made, at)
    return Issued(known.award_id, known.person_id, known.track_key, known.serial, made.lease.number)


def _is_compromised(session: Session, key_id: str) -> bool:
    """Return whether a key is compromised; until this transaction ends nobody can find it so."""
    key = select(SigningKey.compromised_at).where(SigningKey.key_id == key_id).with_for_update(read=True)
    return session.execute(key).scalar_one() is not None


def give_up_tasks(session: Session, known: Known, why: str, *, at: datetime) -> None:
    """Make no more of what is reserved of this award; its holder is locked. A new edition's task comes after."""
    session.execute(
        update(IssueTask)
        .where(IssueTask.edition_id.in_([each.edition_id for each in known.editions]), IssueTask.done_at.is_(None))
        .values(done_at=at, problem=why, locked_by=None, locked_until=None)
    )


def _write_release(session: Session, known: Known, made: Made, at: datetime) -> None:
    """Write the artifacts and the events of a release."""
    edition_id = made.lease.edition_id
    rows = [{"edition_id": edition_id, "kind": k, "sha256": sha, "size": size} for k, sha, size in made.artifacts]
    insert_once(session, Artifact, rows)
    session.add(StatusEvent(award_id=known.award_id, edition_id=edition_id, kind="issued", at=at))
    session.flush()
    if known.standing.edition is not None:
        replaced = StatusEvent(award_id=known.award_id, edition_id=known.shown.edition_id, kind="replaced", at=at)
        session.add(replaced)
    record(
        session,
        None,
        "certificates.issued",
        "award",
        known.award_id,
        at=at,
        serial=known.serial,
        edition=made.lease.number,
    )


def remake(session: Session, lease: Lease, *, holder: str, at: datetime) -> int | None:
    """Give up an edition whose key was compromised before it was signed, and reserve the next under another key.

    Returns the new edition's id; None when the edition is not held any more. Raises `RuleBroken` without a key.
    """
    person_id = session.scalar(select(Award.person_id).where(Award.public_id == lease.award_public_id))
    lock(session, [person_id] if person_id is not None else [])
    task = session.get(IssueTask, lease.edition_id, with_for_update=True)
    if task is None or task.done_at is not None or task.locked_by != holder:
        return None
    known = queries.get_known(session, lease.award_public_id)
    edition_id = next_edition(session, known, "rekey", at=at)
    task.done_at, task.problem = at, "given up: the key was compromised"
    task.locked_by = task.locked_until = None
    record(session, None, "certificates.rekeyed", "award", known.award_id, at=at, edition=known.newest.number + 1)
    return edition_id
