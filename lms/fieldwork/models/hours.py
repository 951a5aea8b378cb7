"""Tables of the hours ledger: what was entered never changes, what became of it is added."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.fieldwork.rules import ENTRY_STATES, EVENT_KINDS, OWN_KINDS, SOURCES
from lms.ids import new_public_id
from lms.triggers import append_only


class HoursEntry(Base):
    """Hours of practice of one person on one local date, as they were entered. A correction is a new entry."""

    __tablename__ = "hours_entries"
    __table_args__ = (
        UniqueConstraint("person_id", "client_id"),
        one_of("kind", OWN_KINDS),
        one_of("state", ENTRY_STATES),
        one_of("source", SOURCES),
        CheckConstraint("minutes BETWEEN 15 AND 960 AND minutes % 5 = 0", name="minutes_plausible"),
        CheckConstraint("begins IS NULL OR ends > begins", name="ends_after_it_begins"),
        CheckConstraint("ends IS NULL OR (begins >= 0 AND ends < 1440)", name="within_a_day"),
        Index("ix_hours_entries_person_id_done_on", "person_id", "done_on"),
        Index("ix_hours_entries_organization_id_state", "organization_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: Where she worked, and who countersigns.
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    done_on: Mapped[date]
    site: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(16), default="practicum")
    #: At most three, as "framework/competency".
    competencies: Mapped[list[Any]]
    minutes: Mapped[int] = mapped_column(default=15)
    #: Minutes after midnight, where she gave times.
    begins: Mapped[int | None]
    ends: Mapped[int | None]
    #: Without client data; "" for none.
    note: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[str] = mapped_column(String(5))
    #: The date on the paper log, for entries from one.
    sheet_on: Mapped[date | None]
    #: She answers for this organization's staff herself, so that certifiers and administrators may countersign too.
    is_of_supervisor: Mapped[bool] = mapped_column(default=False)
    #: The entry that this one corrects.
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("hours_entries.id"), unique=True)
    entered_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    entered_at: Mapped[datetime]
    #: Made by the device that sends it, however late: accepted once.
    client_id: Mapped[str] = mapped_column(String(32))
    #: What its newest event made of it, and when.
    state: Mapped[str] = mapped_column(String(13))
    state_at: Mapped[datetime]


class HoursHost(Base):
    """Where a practicum was done, when that is not the organization for which its hours were entered."""

    __tablename__ = "hours_hosts"
    __table_args__ = (
        CheckConstraint("organization_id IS NULL OR name = ''", name="one_or_the_other"),
        CheckConstraint("organization_id IS NOT NULL OR NOT is_asked", name="asked_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("hours_entries.id"), unique=True)
    #: One of the organizations that are known here; None for another.
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    #: The name of another, as she wrote it.
    name: Mapped[str] = mapped_column(String(120), default="")
    #: Whether she asks whoever answers for its staff to countersign: they see this entry and her name, nothing else.
    is_asked: Mapped[bool] = mapped_column(default=False)


class HoursAct(Base):
    """One act of countersigning, of one entry or many, that can be undone as one for a short time."""

    __tablename__ = "hours_acts"
    __table_args__ = (UniqueConstraint("made_by", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    client_id: Mapped[str] = mapped_column(String(32))
    undone_at: Mapped[datetime | None]


class HoursEvent(Base):
    """What became of an entry, and who did it. Only ever added."""

    __tablename__ = "hours_events"
    __table_args__ = (one_of("kind", EVENT_KINDS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("hours_entries.id"), index=True)
    kind: Mapped[str] = mapped_column(String(13))
    at: Mapped[datetime]
    by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    #: Why it was returned, or what she answers; "" for none.
    words: Mapped[str] = mapped_column(String(500), default="")
    #: The act of countersigning that it belongs to.
    act_id: Mapped[int | None] = mapped_column(ForeignKey("hours_acts.id"), index=True)


append_only(HoursEntry, changing=("state", "state_at", "person_id"))  # two records of one person may be merged
append_only(HoursHost)
append_only(HoursEvent)
