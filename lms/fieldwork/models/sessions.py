"""Tables of group sessions: what is planned, who teaches, and who has signed up."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.fieldwork.rules.sessions import LANGUAGES, STATES
from lms.ids import new_public_id


class GroupSession(Base):
    """A class held at a place or online, on one local date. Cancelled, never deleted."""

    __tablename__ = "group_sessions"
    __table_args__ = (
        UniqueConstraint("made_by", "client_id"),
        CheckConstraint("capacity >= 1", name="capacity_positive"),
        CheckConstraint("minimum_share BETWEEN 1 AND 100", name="minimum_share_percent"),
        CheckConstraint("ends_at >= starts_at", name="ends_in_order"),
        one_of("state", STATES),
        one_of("language", LANGUAGES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    #: What it serves; None for neither.
    module_key: Mapped[str | None] = mapped_column(String(80))
    track_key: Mapped[str | None] = mapped_column(String(80))
    #: Competencies ("framework/competency") that its minutes count for.
    competencies: Mapped[list[Any]]
    #: The organization that hosts it; None for the whole consortium.
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    #: Whether people of other organizations may sign up. A session of a cohort asks the cohort instead.
    is_open: Mapped[bool]
    #: An address in words; empty for a session that is online only.
    place: Mapped[str] = mapped_column(String(300))
    #: The address of the online room, shown to those who have a place. Empty for none.
    link: Mapped[str] = mapped_column(String(500))
    #: The local date and times, as people read them; the two instants follow from them.
    day: Mapped[date] = mapped_column(index=True)
    starts: Mapped[time]
    ends: Mapped[time]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    #: The language of instruction.
    language: Mapped[str] = mapped_column(String(2))
    #: The languages into which somebody interprets.
    interpreters: Mapped[list[Any]]
    capacity: Mapped[int]
    #: Percent of the time after which it counts whole.
    minimum_share: Mapped[int]
    #: Whether those who were there have finished the lessons of its module.
    finishes_lessons: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10), default="planned")
    #: Why it was cancelled or opened again.
    reason: Mapped[str | None] = mapped_column(String(300))
    #: What the code on the wall is made with; a new one makes the old code useless.
    stamp: Mapped[str] = mapped_column(String(20), default=new_public_id)
    #: Grows with every change that those who signed up have to know.
    revision: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    client_id: Mapped[str] = mapped_column(String(32))


class SessionTeacher(Base):
    """Somebody who teaches a session: she keeps its list, and is not on it."""

    __tablename__ = "session_teachers"
    __table_args__ = (UniqueConstraint("group_session_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_session_id: Mapped[int] = mapped_column(ForeignKey("group_sessions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)


class SignUp(Base):
    """A worker wants to come: she has a place, or waits for one. Left, never deleted."""

    __tablename__ = "sign_ups"
    __table_args__ = (
        Index(
            "uq_sign_ups_open",
            "group_session_id",
            "person_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        one_of("language", LANGUAGES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_session_id: Mapped[int] = mapped_column(ForeignKey("group_sessions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    #: The language in which she would like to be taught: the list on which she waits.
    language: Mapped[str] = mapped_column(String(2))
    #: Whether she cannot follow without somebody who interprets into that language.
    needs_interpreter: Mapped[bool]
    signed_up_at: Mapped[datetime]
    #: Herself, or her supervisor.
    signed_up_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    #: When she got her place; None while she waits.
    placed_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    left_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
