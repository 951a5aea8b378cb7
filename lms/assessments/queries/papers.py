"""Reads of numbered sheets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.assessments.models import PaperForm
from lms.assessments.queries.attempts import form_of
from lms.assessments.rules import FormItem
from lms.errors import NotFound


@dataclass(frozen=True)
class PaperRow:
    """One sheet: what it asks, of which version and in which language, and for whom it is (None: a class)."""

    id: int
    public_id: str
    number: str
    module_key: str
    revision_id: int
    locale_revision_id: int | None
    language: str
    person_id: int | None
    made_by: int
    made_on: date
    form: tuple[FormItem, ...]


_COLUMNS = (
    PaperForm.id,
    PaperForm.public_id,
    PaperForm.number,
    PaperForm.module_key,
    PaperForm.revision_id,
    PaperForm.locale_revision_id,
    PaperForm.language,
    PaperForm.person_id,
    PaperForm.made_by,
    PaperForm.made_on,
    PaperForm.form,
)


def _paper(row: Any) -> PaperRow:
    values = row._asdict()
    return PaperRow(**{**values, "form": form_of(values["form"])})


def find_paper(session: Session, number: str) -> PaperRow | None:
    """Return the sheet of a number, as it is kept, or None. One query."""
    row = session.execute(select(*_COLUMNS).where(PaperForm.number == number)).one_or_none()
    return None if row is None else _paper(row)


def get_paper(session: Session, criterion: ColumnElement[bool], public_id: str) -> PaperRow:
    """Return a sheet that meets the criterion; raise `NotFound`. One query."""
    row = session.execute(select(*_COLUMNS).where(PaperForm.public_id == public_id, criterion)).one_or_none()
    if row is None:
        raise NotFound("no such sheet")
    return _paper(row)


def get_paper_of(session: Session, paper_id: int) -> PaperRow:
    """Return the sheet that an entry names. One query."""
    return _paper(session.execute(select(*_COLUMNS).where(PaperForm.id == paper_id)).one())


def list_papers(session: Session, account_id: int, limit: int) -> list[PaperRow]:
    """Return the sheets that an account made lately, the newest first. One query."""
    newest = select(*_COLUMNS).where(PaperForm.made_by == account_id).order_by(PaperForm.id.desc())
    return [_paper(row) for row in session.execute(newest.limit(limit))]
