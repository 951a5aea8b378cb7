"""What is told of earlier training, the files that prove it, with whom it is shared, and imports of many."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.ids import new_public_id
from lms.training.rules import HOURS_KINDS, KINDS, SHARE_OUTCOMES, STATES
from lms.training.rules.tables import IMPORT_STATES, OUTCOMES_OF_ROWS

_IS_OPEN = text("settled_at IS NULL")


class TrainingImport(Base):
    """One table of earlier records: read by a command, or brought on a page, looked at, and recorded part by part."""

    __tablename__ = "training_imports"
    __table_args__ = (one_of("state", IMPORT_STATES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    #: The key of the form that brought it, so that a double tap brings it once; None for the command.
    client_id: Mapped[str | None] = mapped_column(String(32), unique=True)
    #: The name of the file, as it was called where it came from.
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="done")
    #: None for the command.
    brought_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    brought_at: Mapped[datetime]
    #: When the last of its rows was recorded; None while it is only looked at.
    applied_at: Mapped[datetime | None]
    #: The two under whose decision rows that were recognized before count at once; None where all rows wait.
    first_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    second_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    created: Mapped[int] = mapped_column(default=0)
    recognized: Mapped[int] = mapped_column(default=0)


class TrainingImportRow(Base):
    """One row of a table that was brought on a page, and what becomes or became of it. Forgotten after a while."""

    __tablename__ = "training_import_rows"
    __table_args__ = (
        UniqueConstraint("import_id", "number"),
        one_of("what", OUTCOMES_OF_ROWS),
        Index("ix_training_import_rows_import_id_what", "import_id", "what"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("training_imports.id"))
    #: As a spreadsheet shows it: headers are row 1.
    number: Mapped[int]
    #: The cells as they came, by column: they are read anew when the row is recorded.
    cells: Mapped[dict[str, Any]]
    what: Mapped[str] = mapped_column(String(10))
    #: The faults, as codes with what stands in their sentences.
    said: Mapped[list[Any]]
    #: Whom it names, where it names exactly one.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    applied_at: Mapped[datetime | None]


class EarlierTraining(Base):
    """One course, certificate or piece of work from elsewhere, as it is told.

    It counts towards tracks once two reviewers agree, and towards yearly hours once a supervising provider accepts it.
    """

    __tablename__ = "earlier_trainings"
    __table_args__ = (
        UniqueConstraint("person_id", "client_id"),
        UniqueConstraint("person_id", "import_key"),
        one_of("kind", KINDS),
        one_of("hours_kind", HOURS_KINDS),
        one_of("state", STATES),
        CheckConstraint("minutes IS NULL OR minutes BETWEEN 1 AND 1200000", name="minutes_plausible"),
        CheckConstraint("from_on IS NULL OR from_on <= learned_on", name="ends_after_start"),
        Index("ix_earlier_trainings_state_sent_at", "state", "sent_at"),
        Index("ix_earlier_trainings_entered_by_recorded_at", "entered_by", "recorded_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    issuer: Mapped[str] = mapped_column(String(200))
    #: Folded issuer and title: what the same training of other people has in common.
    alike_key: Mapped[str] = mapped_column(String(400), index=True)
    #: Its first day, where it took longer than one.
    from_on: Mapped[date | None]
    #: The last day of learning or work: never the day on which it was told or recognized.
    learned_on: Mapped[date]
    minutes: Mapped[int | None]
    #: The module, and the kind of hours, that it may stand for; what it counts as is in `recognitions`.
    module_key: Mapped[str | None] = mapped_column(String(80))
    hours_kind: Mapped[str | None] = mapped_column(String(20))
    competencies: Mapped[list[Any]] = mapped_column(default=list)
    language: Mapped[str] = mapped_column(String(10), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")
    #: The number of a certificate or of a row elsewhere.
    reference: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(12), default="draft")
    #: Counts up whenever she sends, answers or appeals: only what reviewers said since then counts.
    round: Mapped[int] = mapped_column(default=0)
    #: When it was last sent to the reviewers.
    sent_at: Mapped[datetime | None]
    #: Who told it: she herself, or somebody for her; None for the command.
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    #: The organization for which somebody told it: it sees what it recorded.
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    recorded_on: Mapped[date]
    recorded_at: Mapped[datetime]
    #: The key of the form, so that a double tap tells it once.
    client_id: Mapped[str | None] = mapped_column(String(32))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("training_imports.id"), index=True)
    #: What makes a row of a table the same row in another file: a hash of its reference, or of its words.
    import_key: Mapped[str | None] = mapped_column(String(64))


class TrainingFile(Base):
    """A photo or PDF that proves it. The content lies outside the database, named by its hash."""

    __tablename__ = "training_files"
    __table_args__ = (
        UniqueConstraint("training_id", "sha256"),
        Index("ix_training_files_added_by_added_at", "added_by", "added_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    training_id: Mapped[int] = mapped_column(ForeignKey("earlier_trainings.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(30))
    #: In bytes, as kept.
    size: Mapped[int]
    #: As it was called on the device; shown, never used as a path.
    name: Mapped[str] = mapped_column(String(100), default="")
    added_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    added_at: Mapped[datetime]
    #: When it was taken away again; it is shown to nobody since then.
    removed_at: Mapped[datetime | None]


class TrainingShare(Base):
    """She asks a supervising provider to accept it for her yearly hours. What is accepted counts in no track.

    The supervising provider keeps the proof and alone decides (DHCS, FAQ for Medi-Cal CHW services).
    """

    __tablename__ = "training_shares"
    __table_args__ = (
        Index(
            "uq_training_shares_open",
            "training_id",
            "organization_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        one_of("outcome", SHARE_OUTCOMES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    training_id: Mapped[int] = mapped_column(ForeignKey("earlier_trainings.id"), index=True)
    #: The supervising provider.
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_on: Mapped[date | None]
    #: None while it waits; "withdrawn" by herself.
    outcome: Mapped[str | None] = mapped_column(String(10))
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    #: The minutes that count for the year of `learned_on`; None unless accepted.
    minutes: Mapped[int | None]
    reason_code: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(1000), default="")
