"""Tables of competencies: evidence that counts towards each, and the day each was attained."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of

SOURCES = ("module",)


class Evidence(Base):
    """Minutes credited towards a competency by one source in one round."""

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("person_id", "competency", "source_kind", "source_key", "round"),
        one_of("source_kind", SOURCES),
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
        Index("ix_evidence_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: "framework/competency", such as "chw-core/communication".
    competency: Mapped[str] = mapped_column(String(160))
    source_kind: Mapped[str] = mapped_column(String(12))
    source_key: Mapped[str] = mapped_column(String(80))
    round: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[int]
    earned_on: Mapped[date]


class Attainment(Base):
    """The day a person's evidence first reached what the framework asks."""

    __tablename__ = "attainments"
    __table_args__ = (UniqueConstraint("person_id", "competency"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    competency: Mapped[str] = mapped_column(String(160), index=True)
    attained_at: Mapped[datetime]
    attained_on: Mapped[date]
    #: The framework's revision under which it was judged.
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
