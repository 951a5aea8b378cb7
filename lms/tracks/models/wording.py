"""Tables of approved wording: for which tracks it is asked, and how somebody learns whose language has not got it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.triggers import append_only

#: A trainer reads it with her; a group session; she reads English beneath her own language.
ROUTES = ("oral", "session", "both")


class WordingDemand(Base):
    """Approved wording is asked for on a track, or is no longer. Only ever added; the newest row of a track counts."""

    __tablename__ = "wording_demands"
    __table_args__ = (UniqueConstraint("set_by", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    track_key: Mapped[str] = mapped_column(String(80), index=True)
    is_asked: Mapped[bool]
    set_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    set_at: Mapped[datetime]
    #: The key of the form, so that a double tap sets once.
    client_id: Mapped[str] = mapped_column(String(32))


append_only(WordingDemand)


class WordingRoute(Base):
    """How a person learns a track whose words in her language were not approved when she was asked, or began."""

    __tablename__ = "wording_routes"
    __table_args__ = (UniqueConstraint("assignment_id"), one_of("route", ROUTES))

    id: Mapped[int] = mapped_column(primary_key=True)
    #: None where she began by herself.
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignments.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    track_key: Mapped[str] = mapped_column(String(80))
    #: Her language then.
    language: Mapped[str] = mapped_column(String(5))
    route: Mapped[str] = mapped_column(String(8))
    #: None for the command.
    chosen_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    chosen_at: Mapped[datetime]
