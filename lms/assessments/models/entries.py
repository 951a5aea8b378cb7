"""Sheets of paper, and results that somebody else entered for a worker."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.assessments.rules.entries import ENTERED, OUTCOMES
from lms.db import Base, one_of
from lms.ids import new_public_id
from lms.triggers import append_only

_WAITS = text("settled_at IS NULL")


class PaperForm(Base):
    """One numbered sheet: which questions of which version it asks, in which order and language. It holds no key."""

    __tablename__ = "paper_forms"
    __table_args__ = (UniqueConstraint("made_by", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    #: What is printed on it and typed when its answers are entered.
    number: Mapped[str] = mapped_column(String(8), unique=True)
    module_key: Mapped[str] = mapped_column(String(80))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    locale_revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    language: Mapped[str] = mapped_column(String(5))
    #: As `attempts.form`.
    form: Mapped[list[Any]]
    #: For whom alone it is; None for a sheet that a class uses.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_on: Mapped[date]
    made_at: Mapped[datetime]
    #: The key of the form, so that a double tap makes one sheet.
    client_id: Mapped[str] = mapped_column(String(32))


class ResultEntry(Base):
    """Answers from paper or by word of mouth, as somebody entered them for a worker.

    A trainer's or certifier's becomes an attempt at once. A supervisor's for her own staff has a picture of the sheet,
    and waits until a second person has compared the two.
    """

    __tablename__ = "result_entries"
    __table_args__ = (
        UniqueConstraint("entered_by", "client_id"),
        one_of("source", ENTERED),
        CheckConstraint(" OR ".join(f"outcome = '{each}'" for each in OUTCOMES), name="outcome_known"),
        Index(
            "uq_result_entries_waiting",
            "person_id",
            "module_key",
            "round",
            unique=True,
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
        CheckConstraint("organization_id IS NULL OR sheet_sha256 IS NOT NULL", name="supervisor_shows_sheet"),
        CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name="settled_with_outcome"),
        CheckConstraint("outcome <> 'direct' OR organization_id IS NULL", name="second_person"),
        CheckConstraint("settled_by <> entered_by", name="another_settles"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    paper_form_id: Mapped[int] = mapped_column(ForeignKey("paper_forms.id"), index=True)
    module_key: Mapped[str] = mapped_column(String(80))
    round: Mapped[int]
    source: Mapped[str] = mapped_column(String(6))
    #: {question: answer}, in the one stored shape of each type.
    chosen: Mapped[dict[str, Any]]
    #: The local date of the test.
    taken_on: Mapped[date]
    entered_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    entered_at: Mapped[datetime]
    #: The organization for whose staff a supervisor entered it; None for a trainer or certifier.
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    client_id: Mapped[str] = mapped_column(String(32))
    #: The picture of the sheet: its content lies outside the database, named by its hash.
    sheet_sha256: Mapped[str | None] = mapped_column(String(64))
    sheet_type: Mapped[str | None] = mapped_column(String(30))
    #: The attempt that it became.
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"), unique=True)
    #: "direct" at once by a trainer or certifier; else what the second person said. None while it waits for her.
    outcome: Mapped[str | None] = mapped_column(String(10))
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    settled_at: Mapped[datetime | None]
    #: Why it was rejected.
    reason: Mapped[str] = mapped_column(String(1000), default="")


append_only(PaperForm, changing=("person_id",))
