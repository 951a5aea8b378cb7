"""Released texts with what became of them, always in the order of their random keys."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from lms.errors import NotFound
from lms.surveys.models import SurveyReading, SurveyWords
from lms.surveys.rules.texts import ENGLISH, FreeText

#: Texts on one page of a list.
PAGE = 50

_IN_ENGLISH = or_(SurveyReading.state == "shown", and_(SurveyReading.state.is_(None), SurveyWords.language == ENGLISH))


def _texts() -> Any:
    words = SurveyWords
    shown = (words.id, words.question_id, words.survey_key, words.subject_key, words.language, words.text)
    joined = select(*shown, SurveyReading.state, SurveyReading.english)
    return joined.outerjoin(SurveyReading, SurveyReading.word_id == words.id)


def _read(session: Session, *where: ColumnElement[bool], page: int = 1) -> list[FreeText]:
    query = _texts().where(*where).order_by(SurveyWords.id).offset((page - 1) * PAGE).limit(PAGE)
    return [_text(row) for row in session.execute(query)]


def _text(row: Any) -> FreeText:
    return FreeText(row[0], row[1], row[2], row[3], row[4], row[5], row[6] or "", row[7])


def _about(survey_key: str, subject_key: str | None) -> list[ColumnElement[bool]]:
    own = [SurveyWords.survey_key == survey_key, _IN_ENGLISH]
    return [*own, SurveyWords.subject_key == subject_key] if subject_key is not None else own


def count_texts(session: Session, survey_key: str, subject_key: str | None) -> int:
    """Return how many texts of a survey about a subject (None: any) staff may read. One query."""
    joined = select(func.count()).select_from(SurveyWords)
    joined = joined.outerjoin(SurveyReading, SurveyReading.word_id == SurveyWords.id)
    return session.scalar(joined.where(*_about(survey_key, subject_key))) or 0


def list_texts(session: Session, survey_key: str, subject_key: str | None, page: int = 1) -> list[FreeText]:
    """Return one page of them. One query."""
    return _read(session, *_about(survey_key, subject_key), page=page)


def list_untranslated(session: Session, languages: Collection[str]) -> list[FreeText]:
    """Return texts that wait for a translator of these languages, at most a page of them. One query, or none."""
    if not languages:
        return []
    own = and_(SurveyReading.state.is_(None), SurveyWords.language.in_(languages), SurveyWords.language != ENGLISH)
    return _read(session, or_(SurveyReading.state == "passed", own))


def list_flagged(session: Session) -> list[FreeText]:
    """Return texts that a reader put aside for a second look, at most a page of them. One query."""
    return _read(session, SurveyReading.state == "flagged")


def get_text(session: Session, text_id: str) -> FreeText:
    """Return one released text; raise `NotFound`."""
    row = session.execute(_texts().where(SurveyWords.id == text_id)).one_or_none()
    if row is None:
        raise NotFound(f"no text {text_id}")
    return _text(row)
