"""What `lms doctor` and the nightly recompute look for: applications, tasks and releases that are missing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, exists, insert, or_, select
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.certificates.models import Application, Artifact, Award, Edition, IssueTask, StatusEvent
from lms.certificates.queries.facts import list_completed
from lms.certificates.rules.kinds import CREDENTIAL, CREDENTIAL_KINDS, FIRST_PAGE
from lms.certificates.service.applications import open_applications
from lms.content.library import Library
from lms.differences import Difference
from lms.people.service import lock

PATIENCE = timedelta(hours=1)


def recompute(session: Session, library: Library, *, at: datetime) -> list[Difference]:  # noqa: ARG001 -- as every feature's
    """Open applications and tasks that are missing, and return them, with the releases that are overdue or hollow."""
    mended = [*_open_missing(session, at), *_schedule_missing(session, at)]
    left = [*_overdue(session, at), *_hollow(session)]
    return [*map(Difference, mended), *(Difference(line, mendable=False) for line in left)]


def _open_missing(session: Session, at: datetime) -> list[str]:
    """Open the applications that track completions lack."""
    have = {tuple(row) for row in session.execute(select(*_KEY))}
    missing = [each for each in list_completed(session) if (each.person_id, each.track_key, each.cycle) not in have]
    lock(session, [each.person_id for each in missing])
    opened = open_applications(session, missing)
    for each in opened:
        record(session, None, "certificates.application_mended", "person", each[0], at=at, track=each[1])
    return [
        f"person {person_id}: track {track_key} was completed without an application" for person_id, track_key in opened
    ]


_KEY = (Application.person_id, Application.track_key, Application.cycle)


def _schedule_missing(session: Session, at: datetime) -> list[str]:
    """Write the tasks that reserved editions lack."""
    has_task = exists().where(IssueTask.edition_id == Edition.id, IssueTask.stage == CREDENTIAL)
    ids = list(session.scalars(select(Edition.id).where(~has_task).order_by(Edition.id)))
    _schedule(session, ids, CREDENTIAL, at)
    released = select(StatusEvent.edition_id).where(StatusEvent.kind == "issued")
    has_page = exists().where(IssueTask.edition_id == Edition.id, IssueTask.stage == FIRST_PAGE)
    is_drawn = exists().where(Artifact.edition_id == Edition.id, Artifact.kind == FIRST_PAGE)
    pageless = select(Edition.id).where(Edition.id.in_(released), ~has_page, ~is_drawn).order_by(Edition.id)
    pages = list(session.scalars(pageless))
    _schedule(session, pages, FIRST_PAGE, at)
    return [
        *(f"edition {each} was reserved without a task to make it" for each in ids),
        *(f"edition {each} was released without a task to draw its page" for each in pages),
    ]


def _schedule(session: Session, edition_ids: list[int], stage: str, at: datetime) -> None:
    rows = [{"edition_id": each, "stage": stage, "run_at": at, "tries": 0} for each in edition_ids]
    if rows:
        session.execute(insert(IssueTask), rows)


def _overdue(session: Session, at: datetime) -> list[str]:
    """Return the editions that were reserved an hour ago or longer and are not released."""
    rows = session.execute(
        select(Award.serial, Edition.number, IssueTask.stage, IssueTask.problem)
        .join(Edition, Edition.award_id == Award.id)
        .join(IssueTask, IssueTask.edition_id == Edition.id)
        .where(IssueTask.done_at.is_(None), Edition.created_at <= at - PATIENCE)
        .order_by(Edition.id, IssueTask.stage)
    )
    return [
        f"{row.serial} edition {row.number} {_WAITS[row.stage == CREDENTIAL]}: {row.problem or 'it waits'}"
        for row in rows
    ]


_WAITS = {True: "is reserved and not released", False: "is released and lacks a page"}


def _hollow(session: Session) -> list[str]:
    """Return the released editions that lack one of their files' rows."""
    files = select(Artifact.edition_id).where(Artifact.edition_id == StatusEvent.edition_id)
    whole = or_(
        and_(*(files.where(Artifact.kind == kind).exists() for kind in CREDENTIAL_KINDS)),
        files.where(Artifact.kind == "json").exists(),
    )
    rows = session.scalars(select(StatusEvent.edition_id).where(StatusEvent.kind == "issued", ~whole))
    return [f"edition {edition_id} was released without its files" for edition_id in rows]
