"""What assessors gave for answers that no rule can grade. Rows are only added: a later look stands beside the first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.assessments.rules.entries import INTERPRETERS
from lms.db import Base, one_of
from lms.triggers import append_only


class Scoring(Base):
    """One assessor's look at all that waits in an attempt."""

    __tablename__ = "attempt_scorings"
    __table_args__ = (
        UniqueConstraint("attempt_id", "number"),
        UniqueConstraint("attempt_id", "scored_by"),
        one_of("interpreter", INTERPRETERS),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint("interpreter <> 'professional' OR has_consent", name="interpreter_agreed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    #: From 1: the second is the second assessor's.
    number: Mapped[int]
    scored_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    #: The language in which the worker spoke or wrote.
    language: Mapped[str] = mapped_column(String(5))
    #: Who helped with the language; a name is never kept.
    interpreter: Mapped[str] = mapped_column(String(20))
    #: The worker agreed to the interpreter.
    has_consent: Mapped[bool] = mapped_column(default=False)
    #: What the assessor tells the worker.
    note: Mapped[str] = mapped_column(String(1000), default="")
    #: A second assessor is asked to look before it counts.
    wants_second: Mapped[bool] = mapped_column(default=False)
    scored_at: Mapped[datetime]
    #: The key of the form, so that a double tap scores once.
    client_id: Mapped[str] = mapped_column(String(32))


class ItemScore(Base):
    """What one assessor gave for one question: the level of each criterion, and what they come to."""

    __tablename__ = "item_scores"
    __table_args__ = (UniqueConstraint("scoring_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scoring_id: Mapped[int] = mapped_column(ForeignKey("attempt_scorings.id"))
    item_id: Mapped[str] = mapped_column(String(80))
    #: {criterion: level}
    levels: Mapped[dict[str, Any]]
    points: Mapped[int]
    correct: Mapped[bool]


append_only(Scoring)
append_only(ItemScore)
