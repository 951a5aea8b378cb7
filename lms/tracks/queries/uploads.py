"""Files of people to be asked: how far each is, and what its rows mean."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from lms.db import among
from lms.errors import NotFound
from lms.organizations.queries import PEOPLE
from lms.tracks.models import AssignmentUpload, UploadRow
from lms.tracks.rules import UNREAD


@dataclass(frozen=True)
class UploadHead:
    """A file that waits, or was done."""

    id: int
    public_id: str
    track_key: str
    due_kind: str
    due_on: date | None
    due_days: int | None
    due_eased: bool
    made_at: datetime
    read_at: datetime | None
    applied_at: datetime | None


@dataclass(frozen=True)
class UploadLine:
    """One row of such a file. `name` is empty where nobody was found."""

    id: int
    number: int
    cells: dict[str, str]
    person_id: int | None
    organization_id: int | None
    began_on: date | None
    fault: str | None
    name: str


def get_upload(session: Session, account_id: int, public_id: str, since: datetime) -> UploadHead:
    """Return a file that this account brought after `since`; raise `NotFound`. One query."""
    columns = [getattr(AssignmentUpload, each.name) for each in fields(UploadHead)]
    own = (AssignmentUpload.public_id == public_id) & (AssignmentUpload.made_by == account_id)
    row = session.execute(select(*columns).where(own, AssignmentUpload.made_at > since)).one_or_none()
    if row is None:
        raise NotFound
    return UploadHead(*row)


def list_upload_rows(session: Session, upload_id: int) -> list[UploadLine]:
    """Return the rows of a file in their order. One query."""
    rows = session.execute(
        select(
            UploadRow.id,
            UploadRow.number,
            UploadRow.cells,
            UploadRow.person_id,
            UploadRow.organization_id,
            UploadRow.began_on,
            UploadRow.fault,
            func.coalesce(PEOPLE.c.name, ""),
        )
        .outerjoin(PEOPLE, PEOPLE.c.id == UploadRow.person_id)
        .where(UploadRow.upload_id == upload_id)
        .order_by(UploadRow.number)
    )
    return [UploadLine(*row) for row in rows]


def list_reading(session: Session) -> list[str]:
    """Return the public ids of the files of which rows wait to be judged, the oldest first. One query."""
    waiting = select(AssignmentUpload.public_id).where(AssignmentUpload.read_at.is_(None))
    return list(session.scalars(waiting.order_by(AssignmentUpload.id)))


def list_unread(session: Session, upload_id: int, limit: int) -> list[Any]:
    """Return id, number and cells of the next rows of a file that wait to be judged, in their order. One query."""
    unread = (UploadRow.upload_id == upload_id) & (UploadRow.fault == UNREAD)
    columns = select(UploadRow.id, UploadRow.number, UploadRow.cells)
    return list(session.execute(columns.where(unread).order_by(UploadRow.number).limit(limit)))


def count_rows(session: Session, upload_id: int) -> tuple[int, int]:
    """Return how many rows a file has, and how many of them are judged. One query."""
    judged = func.count(case((func.coalesce(UploadRow.fault, "") != UNREAD, 1)))
    row = session.execute(select(func.count(), judged).where(UploadRow.upload_id == upload_id)).one()
    return row[0], row[1]


def list_meant(session: Session, upload_id: int) -> set[tuple[int, int]]:
    """Return (person id, organization id) of the rows of a file that can be done. One query."""
    good = (UploadRow.upload_id == upload_id) & UploadRow.fault.is_(None)
    rows = session.execute(select(UploadRow.person_id, UploadRow.organization_id).where(good))
    return {(row.person_id, row.organization_id) for row in rows}


def name_keys(session: Session, person_ids: Collection[int]) -> dict[str, list[int]]:
    """Return the ids of these people by their folded name. One query."""
    rows = session.execute(select(PEOPLE.c.id, PEOPLE.c.search_key).where(among(session, PEOPLE.c.id, person_ids)))
    found: dict[str, list[int]] = {}
    for person_id, key in sorted((row.id, row.search_key) for row in rows):
        found.setdefault(key, []).append(person_id)
    return found
