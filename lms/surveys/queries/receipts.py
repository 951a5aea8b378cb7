"""Reads of surveys: who has answered, never what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.db import among
from lms.surveys.models import SurveyReceipt

#: (person id, survey key, subject key, round)
ReceiptKey = tuple[int, str, str, int]


def receipts_of(
    session: Session, person_ids: Collection[int] | None, subject_keys: Collection[str] | None = None
) -> dict[ReceiptKey, date]:
    """Return {(person id, survey key, subject key, round): local date}; None means all. One query."""
    query = select(
        SurveyReceipt.person_id,
        SurveyReceipt.survey_key,
        SurveyReceipt.subject_key,
        SurveyReceipt.round,
        SurveyReceipt.answered_on,
    )
    if person_ids is not None:
        query = query.where(SurveyReceipt.person_id.in_(person_ids))
    if subject_keys is not None:
        query = query.where(SurveyReceipt.subject_key.in_(subject_keys))
    return {(row[0], row[1], row[2], row[3]): row[4] for row in session.execute(query)}


def has_answered(session: Session, person_id: int, survey_key: str, subject_key: str, round_number: int = 1) -> bool:
    """Return whether this person has answered this survey about this subject."""
    return (person_id, survey_key, subject_key, round_number) in receipts_of(session, [person_id], [subject_key])


def answered_since(session: Session, since: Mapping[int, date], subject_keys: Collection[str]) -> set[tuple[int, str]]:
    """Return (person id, subject key) of who answered on her local date or later. One query, or none without people.

    `since` holds the date of each person.
    """
    if not since:
        return set()
    query = select(SurveyReceipt.person_id, SurveyReceipt.subject_key, SurveyReceipt.answered_on).where(
        SurveyReceipt.answered_on >= min(since.values()),
        among(session, SurveyReceipt.person_id, since),
        SurveyReceipt.subject_key.in_(subject_keys),
    )
    return {(row[0], row[1]) for row in session.execute(query) if row[2] >= since[row[0]]}
