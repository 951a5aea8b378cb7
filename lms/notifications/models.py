"""Letters: mail and SMS as rows, written with their cause and posted by a job; how each reader wants them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.ids import new_public_id
from lms.triggers import append_only

CHANNELS = ("email", "sms")
#: How a person wants to be reminded.
WISHES = ("email", "sms", "none")
#: What was said about text messages to a number.
CONSENTS = ("given", "withdrawn")
#: Where it was said.
CONSENT_WAYS = ("page", "text")
#: What a text message to us can ask for.
WANTED = ("stop", "start", "help")
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


class Reminder(Base):
    """One step of the reminders of one obligation of one person: written once, whatever becomes of its letter."""

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("person_id", "kind", "subject", "falls_on", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: One of `queries.obligations.KINDS`.
    kind: Mapped[str] = mapped_column(String(20))
    #: What it is about, in the kind's own spelling, such as "core:1" (a track and its cycle).
    subject: Mapped[str] = mapped_column(String(100))
    #: The local date that the steps count from. Another date is another obligation, and reminds anew.
    falls_on: Mapped[date]
    #: Days from that date; before it they are negative.
    step: Mapped[int]
    planned_at: Mapped[datetime]
    #: The letter that brings it, perhaps together with others of the same day.
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"), index=True)


class LetterChoice(Base):
    """How a person wants to be written to. No row: by her best contact, at the usual hours."""

    __tablename__ = "letter_choices"
    __table_args__ = (
        one_of("channel", WISHES),
        CheckConstraint("quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23", name="hours_of_a_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    #: None: whatever reaches her best. "none" stops reminders, never letters about her account or her certificate.
    channel: Mapped[str | None] = mapped_column(String(5))
    #: Local hours between which no text message comes by itself. The same hour twice: no quiet hours.
    quiet_from: Mapped[int]
    quiet_until: Mapped[int]
    #: A supervisor's weekly letter about her team.
    wants_digest: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]


class SmsConsent(Base):
    """Somebody agreed to text messages to a number, or asked for no more. The newest row counts."""

    __tablename__ = "sms_consents"
    __table_args__ = (
        one_of("kind", CONSENTS),
        one_of("way", CONSENT_WAYS),
        Index("ix_sms_consents_number", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: None for a number that wrote to us and that nobody here has.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    #: Normalized: +, country code and digits.
    number: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))
    way: Mapped[str] = mapped_column(String(10))
    #: The version of the sentence that was agreed to, or the word that was sent.
    wording: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    at: Mapped[datetime]


append_only(SmsConsent, changing=("person_id",))  # two records of one person may be merged


class InboundText(Base):
    """A text message that asked for no more texts, for texts again or for help, as the gateway brought it: each once.

    What else people write is not kept.
    """

    __tablename__ = "inbound_texts"
    __table_args__ = (one_of("wanted", WANTED), UniqueConstraint("number", "message_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Normalized: +, country code and digits.
    number: Mapped[str] = mapped_column(String(20))
    #: The gateway's own, or made of its time; one that has neither cannot be known again.
    message_id: Mapped[str] = mapped_column(String(100))
    wanted: Mapped[str] = mapped_column(String(5))
    #: By the gateway's clock, where it tells; never after `heard_at`.
    sent_at: Mapped[datetime]
    heard_at: Mapped[datetime]


append_only(InboundText)


class Bounce(Base):
    """An address or number that refused a letter for good. Over when she proves it anew, or says that it is right."""

    __tablename__ = "bounces"
    __table_args__ = (
        one_of("channel", CHANNELS),
        Index(
            "uq_bounces_open",
            "address",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    channel: Mapped[str] = mapped_column(String(5))
    address: Mapped[str] = mapped_column(String(254))
    #: What the server or the carrier said.
    problem: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
