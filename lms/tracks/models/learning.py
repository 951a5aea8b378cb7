"""Tables of learning: who is on a track, who has completed it, and what somebody need not do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.ids import new_public_id

STATES = ("active", "completed", "withdrawn")
#: Why a certifier says that a requirement need not be met. "accommodation" is between her and the worker.
WAIVER_REASONS = ("experience", "earlier-training", "not-offered", "accommodation", "other")


class Enrolment(Base):
    """A worker is on a track, in one cycle of it. Renewal is a new cycle; nothing is reset."""

    __tablename__ = "enrolments"
    __table_args__ = (UniqueConstraint("person_id", "track_key", "cycle"), one_of("state", STATES))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    track_key: Mapped[str] = mapped_column(String(80), index=True)
    cycle: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10), default="active")
    started_at: Mapped[datetime]
    #: The track's revision when she enrolled.
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))


class TrackCompletion(Base):
    """A dated fact: every item of the track was met, under this revision, by these credits."""

    __tablename__ = "track_completions"
    __table_args__ = (UniqueConstraint("person_id", "track_key", "cycle"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    track_key: Mapped[str] = mapped_column(String(80), index=True)
    cycle: Mapped[int] = mapped_column(default=1)
    completed_at: Mapped[datetime]
    completed_on: Mapped[date] = mapped_column(index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    #: Language of instruction of the credit that completed it.
    language: Mapped[str] = mapped_column(String(5))
    #: What was counted: [{"item": id, "module": key, "round": n, "completed_on": date}], and for what is no module
    #: {"item": id, "kind": "hours" or another, "completed_on": date, ...} (`rules.record.Proof.counted`).
    counted: Mapped[list[Any]]


class Waiver(Base):
    """A certifier has said that one requirement need not be met, in one cycle of a person's track."""

    __tablename__ = "waivers"
    __table_args__ = (
        UniqueConstraint("granted_by", "client_id"),
        Index(
            "uq_waivers_open",
            "person_id",
            "track_key",
            "cycle",
            "requirement",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        one_of("reason_code", WAIVER_REASONS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    track_key: Mapped[str] = mapped_column(String(80))
    cycle: Mapped[int]
    #: The id of an item, of hours or of a sign-off; "track:<key>" for a track that comes first.
    requirement: Mapped[str] = mapped_column(String(100))
    reason_code: Mapped[str] = mapped_column(String(20))
    #: What the certifier tells the worker.
    note: Mapped[str] = mapped_column(String(500))
    granted_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    granted_at: Mapped[datetime]
    #: The last local day on which it counts; None for no end.
    ends_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    #: The key of the form, so that a double tap grants once.
    client_id: Mapped[str] = mapped_column(String(32))
