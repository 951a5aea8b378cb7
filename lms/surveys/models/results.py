"""Tables of results: which cells of sheets were counted, what may be shown of them, and what still waits."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base

#: What stands in a label of figures that several were put together for.
SEVERAL = ""


class SurveyCell(Base):
    """A cell of sheets that were released together, once it was counted. Its sheets are counted never again."""

    __tablename__ = "survey_cells"
    __table_args__ = (Index("ix_survey_cells_survey_key_subject_key", "survey_key", "subject_key"),)

    batch: Mapped[str] = mapped_column(String(20), primary_key=True)
    survey_key: Mapped[str] = mapped_column(String(80))
    #: What was answered about, such as "module:communication"; empty for several, as in the other labels.
    subject_key: Mapped[str | None] = mapped_column(String(100))
    #: The revision of the subject that was answered about.
    version_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    language: Mapped[str | None] = mapped_column(String(5))
    #: The first day of the month in which it was released.
    month: Mapped[date]
    sheets: Mapped[int]


class SurveyPart(Base):
    """The answers to one question in a cell, while those who gave them are too few to be shown. No page reads it."""

    __tablename__ = "survey_parts"

    batch: Mapped[str] = mapped_column(String(20), ForeignKey("survey_cells.batch"), primary_key=True)
    question_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    answered: Mapped[int]
    #: The sum of the answers, of a question that asks for a number.
    total: Mapped[float] = mapped_column(default=0.0)
    #: {value: how often}.
    counts: Mapped[dict[str, Any]]


class SurveyFigure(Base):
    """A count that may be shown: of all cells with the same labels. It grows by whole cells alone."""

    __tablename__ = "survey_figures"
    __table_args__ = ({"sqlite_with_rowid": False},)

    survey_key: Mapped[str] = mapped_column(String(80), primary_key=True)
    #: "" for several, as in the other labels; 0 for several versions.
    subject_key: Mapped[str] = mapped_column(String(100), primary_key=True)
    version_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    #: A question, or a row of a matrix as "question.row".
    question_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    #: An answer; "" counts who answered.
    value: Mapped[str] = mapped_column(String(80), primary_key=True)
    number: Mapped[int]
    total: Mapped[float] = mapped_column(default=0.0)
