"""Follow-ups that people were sent: which are open, and whose."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, cast, exists, null, select
from sqlalchemy.orm import Session

from lms.db import among
from lms.statements import once, place
from lms.surveys.models import SurveyInvitation, SurveyReceipt
from lms.surveys.rules import OPEN_DAYS


@dataclass(frozen=True)
class Invitation:
    """One follow-up: whom it asks which survey about what, and from which local date."""

    public_id: str
    person_id: int
    survey_key: str
    subject_key: str
    round: int
    due_on: date


_COLUMNS = (
    SurveyInvitation.public_id,
    SurveyInvitation.person_id,
    SurveyInvitation.survey_key,
    SurveyInvitation.subject_key,
    SurveyInvitation.round,
    SurveyInvitation.due_on,
)


def find_invitation(session: Session, public_id: str, today: date) -> Invitation | None:
    """Return a follow-up that can be answered today, or was; None when it is not known, too early or over."""
    row = session.execute(
        select(*_COLUMNS).where(SurveyInvitation.public_id == public_id, _is_open(today))
    ).one_or_none()
    return Invitation(*row) if row else None


def list_open(session: Session, person_id: int, today: date) -> list[Invitation]:
    """Return the follow-ups that a person can answer today and has not, the oldest first. One query."""
    values = {"person_id": person_id, "first": today - timedelta(days=OPEN_DAYS), "last": today}
    return [Invitation(*row) for row in session.execute(once(session, _select_open_of), values)]


def _select_open_of(_session: Session) -> Select[*tuple[Any, ...]]:
    is_open = SurveyInvitation.due_on.between(place("first"), place("last"))
    query = select(*_COLUMNS).where(SurveyInvitation.person_id == place("person_id"), is_open, ~_answered())
    return query.order_by(SurveyInvitation.due_on, SurveyInvitation.id)


def list_between(session: Session, first: date, last: date) -> list[Invitation]:
    """Return all follow-ups that fell due from `first` to `last`, in that order. One query."""
    query = select(*_COLUMNS).where(SurveyInvitation.due_on.between(first, last))
    return [Invitation(*row) for row in session.execute(query.order_by(SurveyInvitation.due_on, SurveyInvitation.id))]


def select_open(_session: Session, today: date) -> Select[*tuple[Any, ...]]:
    """Return a select of person_id, subject (the public id), falls_on and since (NULL) of all that wait."""
    return select(
        SurveyInvitation.person_id.label("person_id"),
        SurveyInvitation.public_id.label("subject"),
        SurveyInvitation.due_on.label("falls_on"),
        cast(null(), Date).label("since"),
    ).where(_is_open(today), ~_answered())


def dates_asked(
    session: Session, survey_key: str, person_ids: Collection[int]
) -> dict[int, list[tuple[str, int, date]]]:
    """Return by person (subject key, round, date) of each time she was or will be asked a survey. One query."""
    found: dict[int, list[tuple[str, int, date]]] = {}
    columns = (
        SurveyInvitation.person_id,
        SurveyInvitation.subject_key,
        SurveyInvitation.round,
        SurveyInvitation.due_on,
    )
    query = select(*columns).where(
        SurveyInvitation.survey_key == survey_key, among(session, SurveyInvitation.person_id, person_ids)
    )
    for row in session.execute(query):
        found.setdefault(row[0], []).append((row[1], row[2], row[3]))
    return found


def _is_open(today: date) -> ColumnElement[bool]:
    return SurveyInvitation.due_on.between(today - timedelta(days=OPEN_DAYS), today)


def _answered() -> ColumnElement[bool]:
    return exists().where(
        and_(
            SurveyReceipt.person_id == SurveyInvitation.person_id,
            SurveyReceipt.survey_key == SurveyInvitation.survey_key,
            SurveyReceipt.subject_key == SurveyInvitation.subject_key,
            SurveyReceipt.round == SurveyInvitation.round,
        )
    )
