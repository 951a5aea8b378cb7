"""Tables of accommodations: what makes quizzes fair for one person. Of why, only a class is kept, never a diagnosis."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.assessments.rules.accommodating import MOST_PERCENT, OWN_PERCENT, REASONS, WISHES
from lms.db import Base, one_of
from lms.triggers import append_only


class Accommodation(Base):
    """One version of what a person has; the latest counts, and all earlier ones are kept."""

    __tablename__ = "accommodations"
    __table_args__ = (
        UniqueConstraint("person_id", "version"),
        UniqueConstraint("person_id", "client_id"),
        CheckConstraint(f"own_percent BETWEEN 100 AND {OWN_PERCENT}", name="own_percent_plausible"),
        CheckConstraint(f"time_percent BETWEEN 100 AND {MOST_PERCENT}", name="time_percent_plausible"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="valid_in_order"),
        one_of("reason_class", REASONS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: Counts from 1 for each person.
    version: Mapped[int]
    #: Her own choice: both languages stand on every page of a quiz.
    bilingual: Mapped[bool]
    #: Her own choice: she would rather listen than read.
    audio: Mapped[bool]
    #: Her own choice: percent of the time that others have.
    own_percent: Mapped[int] = mapped_column(default=100)
    #: Given by staff, while valid: percent of the time that others have.
    time_percent: Mapped[int] = mapped_column(default=100)
    #: Given by staff, while valid: she may ask for more time as often as she needs.
    often: Mapped[bool]
    #: Given by staff, while valid: an assessor reads the questions aloud and enters the answers.
    oral: Mapped[bool]
    #: Local dates between which what staff gave counts; without the second it has no end.
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    #: Why staff gave it, as a class.
    reason_class: Mapped[str | None] = mapped_column(String(10))
    #: The account of who wrote this version; her own when she chose herself.
    granted_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    granted_at: Mapped[datetime]
    client_id: Mapped[str] = mapped_column(String(32))


append_only(Accommodation, changing=("person_id",))


class AccommodationWish(Base):
    """What a person asks staff for, until somebody has settled it."""

    __tablename__ = "accommodation_wishes"
    __table_args__ = (
        Index(
            "uq_accommodation_wishes_open",
            "person_id",
            "kind",
            unique=True,
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        one_of("kind", WISHES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    #: What is asked for: "time" beyond what she may choose herself, or "oral".
    kind: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
