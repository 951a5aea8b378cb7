"""What the certifier decides, and what the worker answers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.ids import new_public_id
from lms.triggers import append_only

APPLICATION_STATES = ("waiting", "asked", "refused", "appealed", "certified")
OUTCOMES = ("certify", "ask", "refuse")


class Application(Base):
    """A completed track that waits for, or has had, a certifier's decision. Opened by the completion itself."""

    __tablename__ = "applications"
    __table_args__ = (UniqueConstraint("person_id", "track_key", "cycle"), one_of("state", APPLICATION_STATES))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    track_key: Mapped[str] = mapped_column(String(80))
    cycle: Mapped[int] = mapped_column(default=1)
    #: Where it stands; the history is in `decisions` and `replies`.
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    opened_at: Mapped[datetime]
    #: The last local date on which the certificate waits for her to confirm her name.
    name_until: Mapped[date]
    #: The name that the certifier saw, where the certificate waits for her: other letters go back to the certifier.
    certified_name: Mapped[str | None] = mapped_column(String(200))


class Decision(Base):
    """One decision, never changed. An appeal is decided by another person than the one who refused."""

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("application_id", "client_id"), one_of("outcome", OUTCOMES))

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(10))
    #: A code with a translated sentence; None when certified.
    reason_code: Mapped[str | None] = mapped_column(String(40))
    #: The certifier's own words, shown to the worker as written.
    note: Mapped[str] = mapped_column(String(1000), default="")
    decided_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime]
    on_appeal: Mapped[bool] = mapped_column(default=False)
    #: The key of the form, so that a double tap decides once; a batch has one for all its rows.
    client_id: Mapped[str] = mapped_column(String(32))


class Reply(Base):
    """What the worker answered to a question or a refusal, never changed; an appeal asks for another person."""

    __tablename__ = "replies"
    __table_args__ = (UniqueConstraint("application_id", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    text: Mapped[str] = mapped_column(String(2000))
    is_appeal: Mapped[bool] = mapped_column(default=False)
    written_at: Mapped[datetime]
    #: The key of the form.
    client_id: Mapped[str] = mapped_column(String(32))


append_only(Decision)
append_only(Reply)
