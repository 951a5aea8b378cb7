"""Answers, first sealed and then released in cells. No row of them has a person, a time or an order."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of

#: "sheet" holds all answers of one person to one survey, "words" one free text that has left its sheet.
KINDS = ("sheet", "words")


class WaitingAnswer(Base):
    """An answer that waits for enough others: a box, sealed anew each night by a key that is in no database."""

    __tablename__ = "survey_waiting"
    __table_args__ = (one_of("kind", KINDS), {"sqlite_with_rowid": False})

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: So that sheets can be counted against receipts; a receipt says the same.
    survey_key: Mapped[str] = mapped_column(String(80), index=True)
    kind: Mapped[str] = mapped_column(String(5))
    #: As long as every other box of this survey and kind (`rules.sealing`).
    box: Mapped[bytes] = mapped_column(LargeBinary)


class Released:
    """Where a released answer belongs. A label is None where it was given up to make the cell large enough."""

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: The cell with which it was released. "" for sheets from before there were cells, until the next night.
    batch: Mapped[str] = mapped_column(String(20), default="", index=True)
    survey_key: Mapped[str] = mapped_column(String(80), index=True)
    #: What the survey was about, such as "module:communication".
    subject_key: Mapped[str | None] = mapped_column(String(100))
    #: The version of the survey, and of what it was about.
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    subject_revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    language: Mapped[str | None] = mapped_column(String(5))
    #: The first day of the month in which the cell was released; when an answer was given is not kept.
    month: Mapped[date]


class SurveyAnswer(Released, Base):
    """One released answer sheet, without its free text."""

    __tablename__ = "survey_answers"
    __table_args__ = ({"sqlite_with_rowid": False},)

    #: {question id: value}.
    answers: Mapped[dict[str, Any]]


class SurveyWords(Released, Base):
    """One released free text, apart from the sheet it was written on: words that name their writer name no more."""

    __tablename__ = "survey_words"
    __table_args__ = ({"sqlite_with_rowid": False},)

    question_id: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(String(1000))
