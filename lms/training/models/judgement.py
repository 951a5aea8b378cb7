"""What reviewers say of earlier training, what she answers, what is recognized, and what is taken back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.ids import new_public_id
from lms.training.rules import HOURS_KINDS, OUTCOMES
from lms.triggers import append_only

_IS_OPEN = text("settled_at IS NULL")
_ONE_WORTH = "(module_key IS NULL) <> (hours_kind IS NULL)"


class TrainingReview(Base):
    """What one reviewer said, never changed. Two who accept it as the same recognize it."""

    __tablename__ = "training_reviews"
    __table_args__ = (
        UniqueConstraint("training_id", "decided_by", "client_id"),
        one_of("outcome", OUTCOMES),
        one_of("hours_kind", HOURS_KINDS),
        CheckConstraint(f"(outcome = 'accept') = ({_ONE_WORTH})", name="accepted_as_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("earlier_trainings.id"), index=True)
    #: The round of the earlier training in which it was said.
    round: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(10))
    #: What she accepts it as: a module, or minutes of a kind; empty when she asks or refuses.
    module_key: Mapped[str | None] = mapped_column(String(80))
    hours_kind: Mapped[str | None] = mapped_column(String(20))
    minutes: Mapped[int] = mapped_column(default=0)
    competencies: Mapped[list[Any]] = mapped_column(default=list)
    learned_on: Mapped[date | None]
    reason_code: Mapped[str | None] = mapped_column(String(40))
    #: Her own words, shown to the worker as written.
    note: Mapped[str] = mapped_column(String(1000), default="")
    decided_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime]
    #: The key of the form; rows of an import have that of the import.
    client_id: Mapped[str] = mapped_column(String(32))


class TrainingReply(Base):
    """What the worker answered to a question, or why she asks others to look again; never changed."""

    __tablename__ = "training_replies"
    __table_args__ = (UniqueConstraint("training_id", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("earlier_trainings.id"), index=True)
    text: Mapped[str] = mapped_column(String(2000))
    is_appeal: Mapped[bool] = mapped_column(default=False)
    written_at: Mapped[datetime]
    #: The key of the form.
    client_id: Mapped[str] = mapped_column(String(32))


class Recognition(Base):
    """What earlier training counts as in every track that accepts it, since when, and by which two."""

    __tablename__ = "recognitions"
    __table_args__ = (
        UniqueConstraint("training_id", "round"),
        one_of("hours_kind", HOURS_KINDS),
        CheckConstraint(_ONE_WORTH, name="one_worth"),
        Index("ix_recognitions_person_id_learned_on", "person_id", "learned_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    training_id: Mapped[int] = mapped_column(ForeignKey("earlier_trainings.id"))
    round: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    module_key: Mapped[str | None] = mapped_column(String(80))
    hours_kind: Mapped[str | None] = mapped_column(String(20))
    minutes: Mapped[int] = mapped_column(default=0)
    competencies: Mapped[list[Any]] = mapped_column(default=list)
    learned_on: Mapped[date]
    recognized_on: Mapped[date]
    recognized_at: Mapped[datetime]
    first_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    second_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    #: When it was taken back by two people; what was completed with it stays.
    withdrawn_at: Mapped[datetime | None]


class RecognitionWithdrawal(Base):
    """One person asks to take a recognition back, another confirms: only then it no longer counts."""

    __tablename__ = "recognition_withdrawals"
    __table_args__ = (
        Index(
            "uq_recognition_withdrawals_open",
            "recognition_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    recognition_id: Mapped[int] = mapped_column(ForeignKey("recognitions.id"), index=True)
    reason_code: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(1000), default="")
    requested_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    requested_at: Mapped[datetime]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    settled_at: Mapped[datetime | None]
    #: Whether the second person confirmed; None while open.
    confirmed: Mapped[bool | None]


append_only(TrainingReview)
append_only(TrainingReply)
append_only(Recognition, fill_once=("withdrawn_at",), changing=("person_id",))
