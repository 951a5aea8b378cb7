"""Reads of tables that were brought on a page: how far each is, and its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.errors import NotFound
from lms.training.models import TrainingImport, TrainingImportRow


@dataclass(frozen=True)
class ImportHead:
    """A table of earlier records that was brought, as `TrainingImport` keeps it."""

    id: int
    public_id: str
    name: str
    state: str
    brought_by: int | None
    applied_at: datetime | None
    created: int


@dataclass(frozen=True)
class ImportLine:
    """One row of such a table, as `TrainingImportRow` keeps it."""

    id: int
    number: int
    cells: dict[str, str]
    what: str
    said: list[Any]
    person_id: int | None


_HEAD = (
    TrainingImport.id, TrainingImport.public_id, TrainingImport.name, TrainingImport.state, TrainingImport.brought_by,
    TrainingImport.applied_at, TrainingImport.created,
)  # fmt: skip
_LINE = (
    TrainingImportRow.id, TrainingImportRow.number, TrainingImportRow.cells, TrainingImportRow.what,
    TrainingImportRow.said, TrainingImportRow.person_id,
)  # fmt: skip
#: What is done with rows when a table is recorded; what was there already is looked at once more.
_DOABLE = ("new", "same")


def get_import(session: Session, public_id: str) -> ImportHead:
    """Return a table that was brought on a page; raise `NotFound`. One query."""
    found = session.execute(
        select(*_HEAD).where(TrainingImport.public_id == public_id, TrainingImport.client_id.is_not(None))
    ).one_or_none()
    if found is None:
        raise NotFound
    return ImportHead(*found)


def list_applying(session: Session) -> list[str]:
    """Return the public ids of the tables that were begun and are not done, the oldest first. One query."""
    begun = select(TrainingImport.public_id).where(TrainingImport.state == "applying").order_by(TrainingImport.id)
    return list(session.scalars(begun))


def count_lines(session: Session, import_id: int) -> dict[str, int]:
    """Return how many rows a table has of each outcome, and "waiting": those still to be recorded. One query."""
    rows = session.execute(
        select(TrainingImportRow.what, func.count(), func.count(TrainingImportRow.applied_at))
        .where(TrainingImportRow.import_id == import_id)
        .group_by(TrainingImportRow.what)
    ).all()
    waiting = sum(count - applied for what, count, applied in rows if what in _DOABLE)
    return {what: count for what, count, _applied in rows} | {"waiting": waiting}


def list_lines(
    session: Session,
    import_id: int,
    *,
    what: str = "",
    is_waiting: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> list[ImportLine]:
    """Return rows of a table in order: of one outcome, or those still to be recorded. One query."""
    statement = select(*_LINE).where(TrainingImportRow.import_id == import_id).order_by(TrainingImportRow.number)
    if is_waiting:
        statement = statement.where(TrainingImportRow.applied_at.is_(None), TrainingImportRow.what.in_(_DOABLE))
    if what:
        statement = statement.where(TrainingImportRow.what == what)
    return [ImportLine(*row) for row in session.execute(statement.limit(limit).offset(offset))]
