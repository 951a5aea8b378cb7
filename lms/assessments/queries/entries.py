"""Reads of results that somebody entered for a worker."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from lms.assessments.models import EntryObjection, ResultEntry
from lms.errors import NotFound
from lms.organizations.queries import PEOPLE

ENTRIES_A_PAGE = 25


@dataclass(frozen=True)
class EntryRow:
    """One entry. `outcome` is None while it waits for a second person."""

    id: int
    public_id: str
    person_id: int
    paper_form_id: int
    module_key: str
    round: int
    source: str
    chosen: Mapping[str, Any]
    taken_on: date
    entered_by: int
    entered_at: datetime
    organization_id: int | None
    client_id: str
    sheet_sha256: str | None
    sheet_type: str | None
    attempt_id: int | None
    outcome: str | None
    settled_by: int | None
    settled_at: datetime | None
    reason: str
    person_public_id: str = ""
    name: str = ""
    #: When the worker objected to it, and what she was answered; read by `entries_of` and `list_beside` alone.
    objected_at: datetime | None = None
    objection: str | None = None

    @property
    def is_withdrawn(self) -> bool:
        """Return whether it was taken back because the worker objected; a second person always gives a reason."""
        return self.outcome == "rejected" and not self.reason

    @property
    def answers(self) -> dict[str, tuple[str, ...]]:
        """Return the answers as rules take them."""
        return {item_id: tuple(values) for item_id, values in self.chosen.items()}


_COLUMNS = (
    ResultEntry.id,
    ResultEntry.public_id,
    ResultEntry.person_id,
    ResultEntry.paper_form_id,
    ResultEntry.module_key,
    ResultEntry.round,
    ResultEntry.source,
    ResultEntry.chosen,
    ResultEntry.taken_on,
    ResultEntry.entered_by,
    ResultEntry.entered_at,
    ResultEntry.organization_id,
    ResultEntry.client_id,
    ResultEntry.sheet_sha256,
    ResultEntry.sheet_type,
    ResultEntry.attempt_id,
    ResultEntry.outcome,
    ResultEntry.settled_by,
    ResultEntry.settled_at,
    ResultEntry.reason,
)


def find_waiting_entry(session: Session, person_id: int, module_key: str, round_number: int) -> EntryRow | None:
    """Return what waits for a second person of a quiz in a round, or None. One query."""
    of = (
        ResultEntry.person_id == person_id,
        ResultEntry.module_key == module_key,
        ResultEntry.round == round_number,
        ResultEntry.settled_at.is_(None),
    )
    row = session.execute(select(*_COLUMNS).where(*of)).one_or_none()
    return None if row is None else EntryRow(*row)


def find_sent(session: Session, account_id: int, client_id: str) -> EntryRow | None:
    """Return what an account entered with this form, or None. One query."""
    sent = ResultEntry.entered_by == account_id, ResultEntry.client_id == client_id
    row = session.execute(select(*_COLUMNS).where(*sent)).one_or_none()
    return None if row is None else EntryRow(*row)


def entries_of(session: Session, attempt_ids: Collection[int]) -> dict[int, EntryRow]:
    """Return {attempt id: the entry that it came from}, without those that were typed by the worker. One query."""
    rows = session.execute(_with_objection().where(ResultEntry.attempt_id.in_(attempt_ids)))
    return {row.attempt_id: _objected(row) for row in rows}


def list_beside(session: Session, person_id: int, module_key: str, round_number: int) -> list[EntryRow]:
    """Return what was entered in a round of a quiz and no attempt shows, the newest first. One query.

    It waits for a second person, or the worker objected to it; what was rejected without her word is left out.
    """
    of = (
        ResultEntry.person_id == person_id,
        ResultEntry.module_key == module_key,
        ResultEntry.round == round_number,
        ResultEntry.attempt_id.is_(None),
        or_(ResultEntry.settled_at.is_(None), EntryObjection.id.is_not(None)),
    )
    return [_objected(row) for row in session.execute(_with_objection().where(*of).order_by(ResultEntry.id.desc()))]


def _with_objection() -> Select[Any]:
    said = (EntryObjection.objected_at, EntryObjection.outcome.label("objection"))
    return select(*_COLUMNS, *said).outerjoin(EntryObjection, EntryObjection.entry_id == ResultEntry.id)


def _objected(row: Any) -> EntryRow:
    return replace(EntryRow(*row[: len(_COLUMNS)]), objected_at=row.objected_at, objection=row.objection)


def _named() -> Select[Any]:
    named = select(*_COLUMNS, PEOPLE.c.public_id.label("person_public_id"), PEOPLE.c.name)
    return named.join(PEOPLE, PEOPLE.c.id == ResultEntry.person_id)


def get_entry(session: Session, criterion: ColumnElement[bool], public_id: str) -> EntryRow:
    """Return an entry that meets the criterion, with the worker's name; raise `NotFound`. One query."""
    row = session.execute(_named().where(ResultEntry.public_id == public_id, criterion)).one_or_none()
    if row is None:
        raise NotFound("no such entry")
    return EntryRow(*row)


def list_entries(session: Session, criterion: ColumnElement[bool], *, page: int = 1) -> list[EntryRow]:
    """Return one page of the entries that meet the criterion, those that wait first, then the newest. One query."""
    ordered = _named().where(criterion).order_by(ResultEntry.settled_at.is_not(None), ResultEntry.id.desc())
    rows = session.execute(ordered.limit(ENTRIES_A_PAGE).offset((page - 1) * ENTRIES_A_PAGE))
    return [EntryRow(*row) for row in rows]


def count_entries(session: Session, criterion: ColumnElement[bool]) -> int:
    """Return how many entries meet the criterion. One query."""
    return session.execute(select(func.count()).select_from(ResultEntry).where(criterion)).scalar_one()


def named_files(session: Session, names: Collection[str]) -> set[str]:
    """Return those of these files that show the sheet of an entry. One query."""
    found = session.scalars(select(ResultEntry.sheet_sha256).where(ResultEntry.sheet_sha256.in_(names)))
    return {name for name in found if name is not None}
