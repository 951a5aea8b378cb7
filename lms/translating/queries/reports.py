"""Reads of reports of wrong wordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.errors import NotFound
from lms.translating.models import UnsignedReport, WordingReport
from lms.translating.policy import visible_reports

PAGE_SIZE = 20


@dataclass(frozen=True)
class ReportRow:
    """One report of a wrong wording; of an unsigned one nothing is known of who, when and in which order."""

    id: int | None
    public_id: str
    person_id: int | None
    kind: str
    key: str
    address: str
    locale: str
    revision_id: int
    locale_revision_id: int | None
    attempt_id: int | None
    fault: str
    words: str
    reported_at: datetime | None
    state: str
    answer: str
    restored: int
    decided_at: datetime | None


_NAMES = tuple(ReportRow.__dataclass_fields__)
#: What an unsigned report has not: nobody can be answered, and no attempt is given back.
_UNSIGNED: dict[str, ColumnElement[Any]] = {"kind": literal("survey"), "answer": literal(""), "restored": literal(0)}


def _unsigned(name: str) -> Any:
    """Return a column of unsigned reports, NULL where they have none of that name."""
    return getattr(UnsignedReport, name, _UNSIGNED.get(name, null()))


_ALL = union_all(
    select(*(getattr(WordingReport, name).label(name) for name in _NAMES)),
    select(*(_unsigned(name).label(name) for name in _NAMES)),
).subquery("reports")


def _rows() -> Select[Any]:
    return select(*(_ALL.c[name] for name in _NAMES))


def get_report(session: Session, actor: Actor, public_id: str) -> ReportRow:
    """Return a report that the actor may see; raise `NotFound`."""
    rows = _rows().where(_ALL.c.public_id == public_id, visible_reports(actor, _ALL.c))
    row = session.execute(rows).one_or_none()
    if row is None:
        raise NotFound("no such report")
    return ReportRow(*row)


def list_reports(session: Session, actor: Actor, kind: str, key: str, locale: str, page: int = 1) -> list[ReportRow]:
    """Return a page of the reports about an object in a language that the actor may see.

    Open ones come first; then the newest, and unsigned ones in no order.
    """
    rows = (
        _rows()
        .where(_ALL.c.kind == kind, _ALL.c.key == key, _ALL.c.locale == locale)
        .where(visible_reports(actor, _ALL.c))
        .order_by(_ALL.c.state != "new", _ALL.c.id.desc().nulls_last(), _ALL.c.public_id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return [ReportRow(*row) for row in session.execute(rows)]


def count_open(session: Session, actor: Actor) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Return {(kind, key, language): (open reports, all reports)} of what the actor may see. One query."""
    is_open = func.sum(case((_ALL.c.state == "new", 1), else_=0))
    of = (_ALL.c.kind, _ALL.c.key, _ALL.c.locale)
    rows = select(*of, is_open, func.count()).where(visible_reports(actor, _ALL.c)).group_by(*of)
    return {(row[0], row[1], row[2]): (int(row[3]), int(row[4])) for row in session.execute(rows)}


def list_own(session: Session, person_id: int) -> Sequence[ReportRow]:
    """Return the newest reports of a person, at most fifty."""
    rows = _rows().where(_ALL.c.person_id == person_id).order_by(_ALL.c.id.desc()).limit(50)
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


def is_kept(session: Session, client_id: str) -> bool:
    """Return whether what was sent unsigned with this form is kept."""
    return session.execute(select(literal(1)).where(UnsignedReport.client_id == client_id)).first() is not None
