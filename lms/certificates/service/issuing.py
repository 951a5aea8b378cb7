"""Making certificates: a worker leases what is due of reserved editions, makes it, and hands it back to be released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, tuple_, update
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.certificates import queries
from lms.certificates.events import CertificateIssued, Issued, certificate_issued
from lms.certificates.models import Artifact, Award, Edition, IssueTask, SigningKey, StatusEvent
from lms.certificates.queries import Known
from lms.certificates.rules.kinds import CREDENTIAL, FIRST_PAGE
from lms.db import insert_once
from lms.errors import NotFound
from lms.people.service import lock
from lms.signals import announce

LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)


@dataclass(frozen=True)
class Lease:
    """One stage of an edition that one worker holds: all that it is made from."""

    edition_id: int
    stage: str
    award_public_id: str
    serial: str
    number: int
    payload: bytes
    design_revision_id: int
    words_revision_id: int | None
    #: Key ids by purpose.
    keys: Mapping[str, str]


@dataclass(frozen=True)
class Made:
    """A stage that was made, stored and checked: (kind, SHA-256, bytes) of each file."""

    lease: Lease
    artifacts: tuple[tuple[str, str, int], ...]


def lease_tasks(session: Session, *, holder: str, at: datetime, limit: int, pages: bool = False) -> list[Lease]:
    """Hold up to `limit` credentials, or pages, that are due for five minutes; return them, the oldest first."""
    due = (
        select(IssueTask.edition_id, IssueTask.stage)
        .where(
            IssueTask.stage != CREDENTIAL if pages else IssueTask.stage == CREDENTIAL,
            IssueTask.done_at.is_(None),
            IssueTask.run_at <= at,
            or_(IssueTask.locked_until.is_(None), IssueTask.locked_until <= at),
        )
        .order_by(IssueTask.run_at, IssueTask.edition_id, IssueTask.stage)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return _hold(session, [(row.edition_id, row.stage) for row in session.execute(due)], holder, at)


def lease_page(session: Session, edition_id: int, stage: str, *, holder: str, at: datetime) -> Lease | None:
    """Hold one page of a released edition that somebody waits for.

    None when it is made, when another holds it, or when it failed lately and waits. Raises `NotFound` when it is never
    made: it was given up, or the award was revoked. While that is suspended its pages are made, as that can be lifted.
    """
    _check_drawn(session, edition_id)
    row = {"edition_id": edition_id, "stage": stage, "run_at": at, "tries": 0}
    insert_once(session, IssueTask, [row], "edition_id")
    task = session.get(IssueTask, (edition_id, stage), with_for_update=True, populate_existing=True)
    if task is not None and task.done_at is not None and task.problem is not None:
        raise NotFound
    if task is None or task.done_at is not None or task.run_at > at:
        return None
    if task.locked_until is not None and task.locked_until > at:
        return None
    (lease,) = _hold(session, [(edition_id, stage)], holder, at)
    return lease


def _check_drawn(session: Session, edition_id: int) -> None:
    """Lock the holder of an edition; raise `NotFound` when its award was revoked."""
    held = select(Award.id, Award.person_id).join(Edition, Edition.award_id == Award.id)
    award = session.execute(held.where(Edition.id == edition_id)).one()
    lock(session, [award.person_id])
    revoked = select(StatusEvent.id).where(StatusEvent.award_id == award.id, StatusEvent.kind == "revoked")
    if session.scalars(revoked).first() is not None:
        raise NotFound


def _hold(session: Session, tasks: Sequence[tuple[int, str]], holder: str, at: datetime) -> list[Lease]:
    if not tasks:
        return []
    session.execute(
        update(IssueTask)
        .where(tuple_(IssueTask.edition_id, IssueTask.stage).in_(tasks))
        .values(locked_by=holder, locked_until=at + LEASE, tries=IssueTask.tries + 1)
        .execution_options(synchronize_session=False)
    )
    return leases_of(session, tasks)


def leases_of(session: Session, tasks: Sequence[tuple[int, str]]) -> list[Lease]:
    """Return what these stages of editions are made from, whoever holds them, in their order. Two queries."""
    ids = {edition_id for edition_id, _stage in tasks}
    columns = (Edition.id, Award.public_id, Award.serial, Edition.number, Edition.payload)
    designs = (Edition.design_revision_id, Edition.words_revision_id)
    statement = select(*columns, *designs).join(Award, Award.id == Edition.award_id).where(Edition.id.in_(ids))
    rows, keys = {row.id: row for row in session.execute(statement)}, queries.keys_of(session, ids)
    return [_lease(rows[edition_id], stage, keys.get(edition_id, {})) for edition_id, stage in tasks]


def _lease(row: Any, stage: str, keys: Mapping[str, str]) -> Lease:
    designs = row.design_revision_id, row.words_revision_id
    return Lease(row.id, stage, row.public_id, row.serial, row.number, row.payload, *designs, keys)


def postpone(session: Session, lease: Lease, *, holder: str, problem: str, at: datetime) -> None:
    """Give a lease back after a failure, to be tried again after a growing pause; keep what went wrong."""
    task = _held(session, lease, holder)
    if task is None:
        return
    pause = min(FIRST_PAUSE * 2 ** min(task.tries - 1, 12), LONGEST_PAUSE)
    task.run_at, task.problem = at + pause, problem[:500]
    task.locked_by = task.locked_until = None


def _held(session: Session, lease: Lease, holder: str) -> IssueTask | None:
    """Return the locked task of a lease that `holder` has still; None when it is not for this worker to do."""
    key = (lease.edition_id, lease.stage)
    task = session.get(IssueTask, key, with_for_update=True, populate_existing=True)
    return None if task is None or task.done_at is not None or task.locked_by != holder else task


def release(session: Session, made: Sequence[Made], *, holder: str, at: datetime) -> list[Issued]:
    """Release what `holder` made and still holds: artifacts, status events, audit, announcement; return what is new.

    An edition that was released meanwhile, or given up because its award was revoked, stays as it is. One whose
    key was found to be compromised meanwhile is handed back: it is reserved anew under another key.
    """
    public_ids = [each.lease.award_public_id for each in made]
    lock(session, session.scalars(select(Award.person_id).where(Award.public_id.in_(public_ids))).all())
    issued = [subject for each in made if (subject := _release(session, each, holder, at))]
    if issued:
        announce(certificate_issued, session, CertificateIssued(tuple(issued), at))
    return issued


def _release(session: Session, made: Made, holder: str, at: datetime) -> Issued | None:
    """Release one edition; return None when it is not for this worker to do."""
    task = _held(session, made.lease, holder)
    if task is None:
        return None
    task.locked_by = task.locked_until = None
    if _is_compromised(session, made.lease):
        return None
    task.done_at, task.problem = at, None
    known = queries.get_known(session, made.lease.award_public_id)
    _write_release(session, known, made, at)
    return Issued(known.award_id, known.person_id, known.track_key, known.serial, made.lease.number)


def _is_compromised(session: Session, lease: Lease) -> bool:
    """Return whether a key of an edition is compromised; until this transaction ends nobody can find it so."""
    keys = select(SigningKey.compromised_at).where(SigningKey.key_id.in_(lease.keys.values()))
    return any(each is not None for each in session.scalars(keys.order_by(SigningKey.id).with_for_update(read=True)))


def give_up_tasks(session: Session, known: Known, why: str, *, at: datetime) -> None:
    """Make no more of what is reserved of this award; its holder is locked. A new edition's task comes after."""
    session.execute(
        update(IssueTask)
        .where(IssueTask.edition_id.in_([each.edition_id for each in known.editions]), IssueTask.done_at.is_(None))
        .values(done_at=at, problem=why, locked_by=None, locked_until=None)
    )


def _write_release(session: Session, known: Known, made: Made, at: datetime) -> None:
    """Write the artifacts and the events of a release, and the task to draw its page."""
    edition_id = made.lease.edition_id
    _write_artifacts(session, made)
    session.add(StatusEvent(award_id=known.award_id, edition_id=edition_id, kind="issued", at=at))
    session.flush()
    if known.standing.edition is not None:
        replaced = StatusEvent(award_id=known.award_id, edition_id=known.shown.edition_id, kind="replaced", at=at)
        session.add(replaced)
    page = {"edition_id": edition_id, "stage": FIRST_PAGE, "run_at": at, "tries": 0}
    insert_once(session, IssueTask, [page], "edition_id")
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


def _write_artifacts(session: Session, made: Made) -> None:
    edition_id = made.lease.edition_id
    rows = [{"edition_id": edition_id, "kind": k, "sha256": sha, "size": size} for k, sha, size in made.artifacts]
    insert_once(session, Artifact, rows)


def keep_pages(session: Session, made: Sequence[Made], *, holder: str, at: datetime) -> int:
    """Keep the pages that `holder` made and still holds, and return how many are new."""
    kept = 0
    for each in sorted(made, key=lambda each: (each.lease.edition_id, each.lease.stage)):
        task = _held(session, each.lease, holder)
        if task is not None:
            task.done_at, task.problem = at, None
            task.locked_by = task.locked_until = None
            _write_artifacts(session, each)
            kept += 1
    return kept
