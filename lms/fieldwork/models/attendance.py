"""Tables of attendance: who was there from when to when, and the minutes that count for it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.fieldwork.rules.attendance import WAYS
from lms.ids import new_public_id
from lms.triggers import append_only


class AttendanceEntry(Base):
    """All that is known of one person's attendance at one session, as of then. The highest number holds."""

    __tablename__ = "attendance_entries"
    __table_args__ = (
        UniqueConstraint("group_session_id", "person_id", "number"),
        CheckConstraint("number >= 1", name="number_positive"),
        one_of("way", WAYS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_session_id: Mapped[int] = mapped_column(ForeignKey("group_sessions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    number: Mapped[int]
    #: Pairs of instants in UTC (ISO 8601), the second null while she is there; empty for "was not there".
    stays: Mapped[list[Any]]
    way: Mapped[str] = mapped_column(String(10))
    #: The reference of the paper on which it was signed.
    sheet: Mapped[str | None] = mapped_column(String(40))
    #: The session of which she makes up a part here.
    makes_up_id: Mapped[int | None] = mapped_column(ForeignKey("group_sessions.id"))
    #: Why an earlier entry was corrected.
    reason: Mapped[str | None] = mapped_column(String(300))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    recorded_at: Mapped[datetime]


class ClassCredit(Base):
    """Minutes of one person at one closed session. Withdrawn when it is opened again, never changed."""

    __tablename__ = "class_credits"
    __table_args__ = (
        Index(
            "uq_class_credits_standing",
            "group_session_id",
            "person_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_class_credits_person_id_towards_id", "person_id", "towards_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    group_session_id: Mapped[int] = mapped_column(ForeignKey("group_sessions.id"))
    #: The session whose matter was learned: itself, or the one of which a part was made up.
    towards_id: Mapped[int] = mapped_column(ForeignKey("group_sessions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: The local date of the session.
    done_on: Mapped[date]
    present_minutes: Mapped[int]
    credited_minutes: Mapped[int]
    #: Whether, with this, the session counts whole.
    is_full: Mapped[bool]
    credited_at: Mapped[datetime]
    credited_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


append_only(AttendanceEntry, changing=("person_id",))  # two records of one person may be merged
append_only(ClassCredit, fill_once=("withdrawn_at", "withdrawn_by"), changing=("person_id",))
