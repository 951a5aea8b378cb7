"""Tables of what publishing a new version did: how it was labelled, and what became of each person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.triggers import append_only


class ContentChange(Base):
    """A track or a module was published in a new version: how that was labelled, and what was chosen for whom."""

    __tablename__ = "content_changes"
    __table_args__ = (
        UniqueConstraint("publication_id", "kind", "key"),
        Index("ix_content_changes_kind_key", "kind", "key"),
        one_of("kind", ("track", "module")),
        one_of("label", ("editorial", "equivalent", "retraining")),
        one_of("not_started", ("move", "stay")),
        one_of("under_way", ("move", "stay")),
        one_of("finished", ("stay", "renew")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id"))
    kind: Mapped[str] = mapped_column(String(6))
    key: Mapped[str] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(String(10))
    not_started: Mapped[str] = mapped_column(String(5))
    under_way: Mapped[str] = mapped_column(String(5))
    finished: Mapped[str] = mapped_column(String(5))
    #: Within so many days finished people do it again; 0 where they do not.
    days: Mapped[int]
    #: What is asked for differently: [{"part": ..., "what": ..., "name": id}].
    differences: Mapped[list[Any]]
    #: How many gain, lose and so on (`rules.versions.TOLD`).
    counts: Mapped[dict[str, Any]]
    #: The mark of the plan that was applied.
    mark: Mapped[str] = mapped_column(String(12))
    #: None for the command.
    made_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]


class ChangeEffect(Base):
    """What a publication did to one person, exactly as its plan said (`rules.versions.Effect`)."""

    __tablename__ = "change_effects"
    __table_args__ = (
        UniqueConstraint(
            "person_id", "publication_id", "track_key", "module_key", "cycle", name="uq_change_effects_each"
        ),
        Index("ix_change_effects_publication_id", "publication_id"),
        one_of("deed", ("moves", "bound", "renews", "repeats", "due", "completes")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: Of which track, or of which module; the other one is "".
    track_key: Mapped[str] = mapped_column(String(80))
    module_key: Mapped[str] = mapped_column(String(80))
    #: The cycle of the track or the round of the module.
    cycle: Mapped[int]
    deed: Mapped[str] = mapped_column(String(10))
    done_before: Mapped[int]
    total_before: Mapped[int]
    done_after: Mapped[int]
    total_after: Mapped[int]
    #: Whether the track was met by it, and whether that opened an application.
    completes: Mapped[bool]
    applies: Mapped[bool]
    #: The local date by which she is asked to do it again, or on which it is due again.
    due_on: Mapped[date | None]
    made_at: Mapped[datetime]


append_only(ContentChange)
