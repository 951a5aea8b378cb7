"""Tables of quizzes: attempts, bound to the exact revision they began with, and their answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.assessments.rules.entries import SOURCES
from lms.db import Base, one_of
from lms.ids import new_public_id

#: What closes an attempt.
CLOSED_BY = ("submitted", "time")


class Attempt(Base):
    """One attempt at a module's quiz. The form is drawn at the start and never changes."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("person_id", "module_key", "round", "number"),
        UniqueConstraint("person_id", "client_id"),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint("percent IS NULL OR percent BETWEEN 0 AND 100", name="percent_plausible"),
        CheckConstraint("extensions >= 0", name="extensions_plausible"),
        one_of("closed_by", CLOSED_BY),
        UniqueConstraint("person_id", "paper_form_id"),
        CheckConstraint("passed IS NULL OR submitted_at IS NOT NULL", name="graded_when_submitted"),
        CheckConstraint("(passed IS NULL) = (graded_at IS NULL)", name="graded_at_once"),
        CheckConstraint("(source = 'online') = (entered_by IS NULL)", name="entered_by_somebody"),
        one_of("source", SOURCES),
        Index(
            "uq_attempts_open",
            "person_id",
            "module_key",
            "round",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
        Index(
            "ix_attempts_deadline_at",
            "deadline_at",
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    module_key: Mapped[str] = mapped_column(String(80), index=True)
    round: Mapped[int] = mapped_column(default=1)
    number: Mapped[int]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    locale_revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    shown_language: Mapped[str] = mapped_column(String(5))
    #: The items drawn and their options in the order shown: [{"item": id, "options": [ids]}].
    form: Mapped[list[Any]]
    started_at: Mapped[datetime]
    #: When its time is up; None without a limit. It only ever moves later.
    deadline_at: Mapped[datetime | None]
    #: How often its reader asked for more time.
    extensions: Mapped[int] = mapped_column(default=0, server_default="0")
    #: When it was handed in; of one that time closed, the deadline.
    submitted_at: Mapped[datetime | None]
    #: What closed it: its reader, or its time.
    closed_by: Mapped[str | None] = mapped_column(String(10))
    #: The key that the form carried when it was submitted; the same key again gets the same answer.
    client_id: Mapped[str | None] = mapped_column(String(32))
    #: SHA-256 of the submitted answers; the same key with other answers is refused.
    body_hash: Mapped[str | None] = mapped_column(String(64))
    points: Mapped[int | None]
    max_points: Mapped[int | None]
    percent: Mapped[int | None]
    #: None until it is graded: after handing in, while an assessor must score something.
    passed: Mapped[bool | None]
    graded_at: Mapped[datetime | None]
    #: How the answers came: typed by the worker, or entered for her from paper or by word of mouth.
    source: Mapped[str] = mapped_column(String(6), default="online")
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    #: The sheet that was asked, once for each person.
    paper_form_id: Mapped[int | None] = mapped_column(ForeignKey("paper_forms.id"), index=True)


class AttemptAnswer(Base):
    """What was chosen for one item, and what it earned once graded."""

    __tablename__ = "attempt_answers"
    __table_args__ = (UniqueConstraint("attempt_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    item_id: Mapped[str] = mapped_column(String(80))
    #: Ids of the chosen options.
    chosen: Mapped[list[Any]]
    answered_at: Mapped[datetime]
    shown_language: Mapped[str] = mapped_column(String(5))
    points: Mapped[int | None]
    correct: Mapped[bool | None]
