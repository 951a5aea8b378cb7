"""The certificate as a record: award, frozen editions, artifacts, append-only status events."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.certificates.rules.kinds import ARTIFACT_KINDS, EDITION_REASONS, STAGES, STATUS_KINDS
from lms.db import Base, one_of
from lms.ids import new_public_id
from lms.triggers import append_only


class Award(Base):
    """One certificate of one person for one track and cycle, whatever its editions. Its serial never changes."""

    __tablename__ = "awards"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    #: "person id:track key:cycle": certifying twice, or at the same moment, is one award.
    award_key: Mapped[str] = mapped_column(String(120), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    track_key: Mapped[str] = mapped_column(String(80), index=True)
    cycle: Mapped[int] = mapped_column(default=1)
    #: 13 symbols without hyphens: 12 random ones (60 bits) and a check symbol.
    serial: Mapped[str] = mapped_column(String(13), unique=True)
    awarded_at: Mapped[datetime]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    renews_award_id: Mapped[int | None] = mapped_column(ForeignKey("awards.id"))


class Edition(Base):
    """One frozen wording of an award: what every file of it is made from. A trigger refuses change and deletion."""

    __tablename__ = "editions"
    __table_args__ = (
        UniqueConstraint("award_id", "number"),
        one_of("reason", EDITION_REASONS),
        CheckConstraint("number >= 1", name="number_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"))
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(16))
    #: RFC 8785 canonical JSON of the payload.
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    payload_sha256: Mapped[str] = mapped_column(String(64))
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("editions.id"))
    created_at: Mapped[datetime]
    #: Last local day of validity, from the payload; None for no expiry. Here so that lists can filter.
    valid_until: Mapped[date | None]
    #: The certificate's design, and its words in the worker's language, that the page is drawn with.
    design_revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    words_revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))


class Artifact(Base):
    """A rendering of an edition, kept as a content-addressed file. A trigger refuses change and deletion."""

    __tablename__ = "artifacts"
    __table_args__ = (UniqueConstraint("edition_id", "kind"), one_of("kind", ARTIFACT_KINDS))

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    kind: Mapped[str] = mapped_column(String(12))
    #: Name of the file in `lms/files.py`.
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]


class StatusEvent(Base):
    """What became of a certificate. Append-only; the newest event of the newest edition decides."""

    __tablename__ = "status_events"
    __table_args__ = (one_of("kind", STATUS_KINDS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"), index=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    reason_code: Mapped[str | None] = mapped_column(String(40))
    actor_account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


class IssueTask(Base):
    """What still has to be made of an edition. One worker holds it at a time.

    The stage "credential" signs the files for programs and releases the edition; every other stage is the kind of page
    that it draws and seals.
    """

    __tablename__ = "issue_tasks"
    __table_args__ = (
        one_of("stage", STAGES),
        Index(
            "ix_issue_tasks_waiting",
            "run_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(String(12), primary_key=True)
    run_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    locked_by: Mapped[str | None] = mapped_column(String(80))
    locked_until: Mapped[datetime | None]
    #: Made, or given up because the award was revoked or re-made under another key.
    done_at: Mapped[datetime | None]
    #: The last error's class and sentence, for the administrator.
    problem: Mapped[str | None] = mapped_column(String(500))


for _kept in (Edition, Artifact, StatusEvent):
    append_only(_kept)
