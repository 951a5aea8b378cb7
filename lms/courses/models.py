"""Tables of learning: which lessons a worker has finished, and which modules she has completed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base
from lms.ids import new_public_id


class LessonProgress(Base):
    """A worker has finished one lesson in one round. Opening a lesson is not recorded: reading changes nothing."""

    __tablename__ = "lesson_progress"
    __table_args__ = (
        UniqueConstraint("person_id", "module_key", "lesson_key", "round"),
        CheckConstraint("round >= 1", name="round_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    module_key: Mapped[str] = mapped_column(String(80))
    lesson_key: Mapped[str] = mapped_column(String(80))
    round: Mapped[int] = mapped_column(default=1)
    #: When she pressed "I have read this" for the first time.
    finished_at: Mapped[datetime]
    #: The source revision and, unless English, the words of the locale that were shown then.
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    locale_revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    #: The language shown, or two joined by "+" ("to+en").
    shown_language: Mapped[str] = mapped_column(String(5))


class ModuleRound(Base):
    """A further round of a module is open to a worker, such as for a renewal. The first round is open to everybody."""

    __tablename__ = "module_rounds"
    __table_args__ = (
        UniqueConstraint("person_id", "module_key", "round"),
        CheckConstraint("round >= 1", name="round_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    module_key: Mapped[str] = mapped_column(String(80))
    round: Mapped[int]
    opened_at: Mapped[datetime]


class ModuleCompletion(Base):
    """A dated credit: this person completed this module in this round. Never reset, never deleted."""

    __tablename__ = "module_completions"
    __table_args__ = (UniqueConstraint("person_id", "module_key", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    module_key: Mapped[str] = mapped_column(String(80), index=True)
    round: Mapped[int] = mapped_column(default=1)
    completed_at: Mapped[datetime]
    #: The local date of completion.
    completed_on: Mapped[date] = mapped_column(index=True)
    #: Minutes credited, as the revision said then.
    minutes: Mapped[int]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    #: Her language of instruction: the one shown in the attempt that passed.
    language: Mapped[str] = mapped_column(String(5))
