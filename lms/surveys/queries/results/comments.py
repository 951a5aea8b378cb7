"""Comments, for staff and for her who signed one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from lms.errors import NotFound
from lms.surveys.models import SurveyComment

#: Comments on one page of the list.
PAGE = 30


class CommentRow(NamedTuple):
    """One comment as staff read it; without a name the day is the first of its month."""

    public_id: str
    person_id: int | None
    subject_key: str
    language: str
    text: str
    given_on: date
    state: str
    answer: str
    answered_on: date | None


def _comments() -> Any:
    return select(*(getattr(SurveyComment, name) for name in CommentRow._fields))


def count_comments(session: Session, state: str = "") -> int:
    """Return how many comments there are in a state, or in all. One query."""
    query = select(func.count()).select_from(SurveyComment)
    return session.scalar(query.where(SurveyComment.state == state) if state else query) or 0


def list_comments(session: Session, page: int = 1) -> list[CommentRow]:
    """Return one page of comments: new ones first, then by day, and within a day in no order. One query."""
    order = (case((SurveyComment.state == "new", 0), else_=1), SurveyComment.given_on.desc(), SurveyComment.id)
    query = _comments().order_by(*order).offset((page - 1) * PAGE).limit(PAGE)
    return [CommentRow(*row) for row in session.execute(query)]


def get_comment(session: Session, public_id: str) -> CommentRow:
    """Return one comment; raise `NotFound`."""
    row = session.execute(_comments().where(SurveyComment.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound(f"no comment {public_id}")
    return CommentRow(*row)


def list_own(session: Session, person_id: int) -> Sequence[CommentRow]:
    """Return the comments that a person signed, the newest first. One query."""
    query = _comments().where(SurveyComment.person_id == person_id).order_by(SurveyComment.given_on.desc())
    return [CommentRow(*row) for row in session.execute(query.limit(PAGE))]
