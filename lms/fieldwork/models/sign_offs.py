"""Tables of sign-offs: an observation by a checklist, its draft, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.fieldwork.rules import OBSERVATION_EVENTS
from lms.ids import new_public_id
from lms.triggers import append_only


class Observation(Base):
    """Somebody watched a worker and signed what she saw. Final: a wrong one is withdrawn, and another one made."""

    __tablename__ = "observations"
    __table_args__ = (
        UniqueConstraint("observed_by", "client_id"),
        Index("ix_observations_person_id_checklist_key", "person_id", "checklist_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: For which of her organizations a supervisor observed; None for a certifier or a trainer.
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    checklist_key: Mapped[str] = mapped_column(String(80))
    #: The checklist as it was.
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    observed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    observed_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(120))
    #: In which language the visit was held: a tag, or "other".
    language: Mapped[str] = mapped_column(String(5))
    with_interpreter: Mapped[bool]
    #: The level of each item: {item id: level id}.
    levels: Mapped[dict[str, Any]]
    comment: Mapped[str] = mapped_column(String(1000), default="")
    passed: Mapped[bool]
    #: The last day on which it counts; None for no end.
    valid_until: Mapped[date | None]
    #: The observer neither supervised nor was supervised by her on that day, and had not taught her.
    is_independent: Mapped[bool]
    signed_at: Mapped[datetime]
    client_id: Mapped[str] = mapped_column(String(32))


class ObservationDraft(Base):
    """What an observer has noted and not signed yet; gone once she signs."""

    __tablename__ = "observation_drafts"
    __table_args__ = (UniqueConstraint("observed_by", "person_id", "checklist_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    observed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    checklist_key: Mapped[str] = mapped_column(String(80))
    #: Field values as the form sends them.
    noted: Mapped[dict[str, Any]]
    #: Counts how often it was saved: a form that was opened before the last time is stale.
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]


class ObservationEvent(Base):
    """What became of a signed observation, each at most once: the worker answered, or it was withdrawn."""

    __tablename__ = "observation_events"
    __table_args__ = (UniqueConstraint("observation_id", "kind"), one_of("kind", OBSERVATION_EVENTS))

    id: Mapped[int] = mapped_column(primary_key=True)
    observation_id: Mapped[int] = mapped_column(ForeignKey("observations.id"))
    kind: Mapped[str] = mapped_column(String(9))
    at: Mapped[datetime]
    by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    #: Her answer, or why it was withdrawn.
    words: Mapped[str] = mapped_column(String(1000))


append_only(Observation, changing=("person_id",))  # two records of one person may be merged
append_only(ObservationEvent)
