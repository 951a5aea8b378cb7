"""Tables of tests before the first lesson, and of what groups gained since."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base
from lms.ids import new_public_id


class Pretest(Base):
    """What somebody knew before a module, from the linked questions of its quiz; it counts for nothing."""

    __tablename__ = "pretests"
    __table_args__ = (
        UniqueConstraint("person_id", "module_key", "round"),
        CheckConstraint("points BETWEEN 0 AND max_points", name="points_plausible"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    module_key: Mapped[str] = mapped_column(String(80), index=True)
    round: Mapped[int] = mapped_column(default=1)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    shown_language: Mapped[str] = mapped_column(String(5))
    taken_at: Mapped[datetime]
    #: {question id: answer}; a question left open does not appear.
    answers: Mapped[dict[str, Any]]
    #: {question id: points} of every question asked.
    earned: Mapped[dict[str, Any]]
    points: Mapped[int]
    max_points: Mapped[int]


class QuizGain(Base):
    """What a group of at least eleven gained from before a module to its quiz, worked out anew every night."""

    __tablename__ = "quiz_gains"
    __table_args__ = (UniqueConstraint("module_key", "language", "competency"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    module_key: Mapped[str] = mapped_column(String(80))
    #: In which the quiz was read, "" for all.
    language: Mapped[str] = mapped_column(String(2))
    #: Which the questions are about, "" for all.
    competency: Mapped[str] = mapped_column(String(160))
    people: Mapped[int]
    #: Mean shares of points, 0 to 1.
    before: Mapped[float]
    after: Mapped[float]
    computed_at: Mapped[datetime]
