"""Letters: mail and SMS as rows, written with their cause and posted by a job."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.ids import new_public_id

CHANNELS = ("email", "sms")
STATES = ("pending", "sending", "sent", "failed", "dropped")


class Letter(Base):
    """One message to one reader. Rendered when sent, in the reader's language; links are made then too."""

    __tablename__ = "letters"
    __table_args__ = (
        one_of("channel", CHANNELS),
        one_of("state", STATES),
        Index("ix_letters_state_run_at", "state", "run_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Becomes the Message-ID, so that a repeat can be recognized.
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    #: What it is about and which step of it: the same letter is never written twice.
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    #: None for a code to an address that no person has.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    #: Where a link or a code was asked for. None, with the address, for a letter to a person, until it is sent:
    #: her best contact is found then, so that a number she has given up gets nothing.
    channel: Mapped[str | None] = mapped_column(String(5))
    address: Mapped[str | None] = mapped_column(String(254))
    #: For a reader who is no person here; a person's own language is found when it is sent.
    language: Mapped[str] = mapped_column(String(2), default="en")
    #: Ids and plain values that the template needs; never a token or a code.
    values: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    run_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="pending")
    #: How many tries failed.
    tries: Mapped[int] = mapped_column(default=0)
    #: Who sends it now, and until when nobody else may.
    locked_by: Mapped[str | None] = mapped_column(String(80))
    locked_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    #: Why the last try failed, or why it was dropped.
    problem: Mapped[str | None] = mapped_column(String(500))
