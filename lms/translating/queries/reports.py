"""Reads of reports of wrong wordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.errors import NotFound
from lms.translating.models import WordingReport
from lms.translating.policy import visible_reports

PAGE_SIZE = 20


@dataclass(frozen=True)
class ReportRow:
    """One report of a wrong wording."""

    id: int
    public_id: str
    person_id: int
    kind: str
    key: str
    address: str
    locale: str
    revision_id: int
    locale_revision_id: int | None
    attempt_id: int | None
    fault: str
    words: str
    reported_at: datetime
    state: str
    answer: str
    restored: int
    decided_at: datetime | None


def _rows() -> Select[Any]:
    return select(*(getattr(WordingReport, name) for name in ReportRow.__dataclass_fields__))


def get_report(session: Session, actor: Actor, public_id: str) -> ReportRow:
    """Return a report that the actor may see; raise `NotFound`."""
    rows = _rows().where(WordingReport.public_id == public_id, visible_reports(actor))
    row = session.execute(rows).one_or_none()
    if row is None:
        raise NotFound("no such report")
    return ReportRow(*row)


def list_reports(session: Session, actor: Actor, kind: str, key: str, locale: str, page: int = 1) -> list[ReportRow]:
    """Return a page of the reports about an object in a language that the actor may see, open ones first."""
    rows = (
        _rows()
        .where(WordingReport.kind == kind, WordingReport.key == key, WordingReport.locale == locale)
        .where(visible_reports(actor))
        .order_by(WordingReport.state != "new", WordingReport.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return [ReportRow(*row) for row in session.execute(rows)]


def count_open(session: Session, actor: Actor) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Return {(kind, key, language): (open reports, all reports)} of what the actor may see. One query."""
    is_open = func.sum(case((WordingReport.state == "new", 1), else_=0))
    of = (WordingReport.kind, WordingReport.key, WordingReport.locale)
    rows = select(*of, is_open, func.count()).where(visible_reports(actor)).group_by(*of)
    return {(row[0], row[1], row[2]): (int(row[3]), int(row[4])) for row in session.execute(rows)}


def list_own(session: Session, person_id: int) -> Sequence[ReportRow]:
    """Return the newest reports of a person, at most fifty."""
    rows = _rows().where(WordingReport.person_id == person_id).order_by(WordingReport.id.desc()).limit(50)
    return [ReportRow(*row) for row in session.execute(rows)]


def count_recent(session: Session, person_id: int, since: datetime) -> int:
    """Return how many reports a person has sent since an instant."""
    rows = select(func.count()).where(WordingReport.person_id == person_id, WordingReport.reported_at > since)
    return session.execute(rows).scalar_one()


def find_sent(session: Session, person_id: int, client_id: str) -> str | None:
    """Return the public id of the report that a person sent with this form, or None."""
    rows = select(WordingReport.public_id).where(
        WordingReport.person_id == person_id, WordingReport.client_id == client_id
    )
    return session.execute(rows).scalar_one_or_none()
