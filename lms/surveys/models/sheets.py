"""Tables of surveys. Who has answered and what was answered are two tables without a common key, time or order."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class SurveyReceipt(Base):
    """This person has answered this survey about this subject; nothing about the answer."""

    __tablename__ = "survey_receipts"
    __table_args__ = (UniqueConstraint("person_id", "survey_key", "subject_key", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    survey_key: Mapped[str] = mapped_column(String(80))
    #: What the survey was about, such as "module:communication".
    subject_key: Mapped[str] = mapped_column(String(100))
    round: Mapped[int] = mapped_column(default=1)
    answered_on: Mapped[date]


class SurveyAnswer(Base):
    """One anonymous answer sheet. Its key is random and its time a month, so that no order ties it to a person."""

    __tablename__ = "survey_answers"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    survey_key: Mapped[str] = mapped_column(String(80), index=True)
    subject_key: Mapped[str] = mapped_column(String(100))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    #: The first day of the month in which it was given.
    month: Mapped[date]
    language: Mapped[str] = mapped_column(String(5))
    #: {question id: value}.
    answers: Mapped[dict[str, Any]]
