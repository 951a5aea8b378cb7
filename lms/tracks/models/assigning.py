"""Tables of assigning: what organizations ask of whom, by hand, by standing rules and from files."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.ids import new_public_id
from lms.triggers import append_only

DUE_KINDS = ("none", "date", "asked", "employed")
#: A renewal that a standing rule asks for is due when what she completed is.
BATCH_DUE_KINDS = (*DUE_KINDS, "renewal")


class Dated:
    """How a due date is found: a fixed local date, or so many days after an event of each person's own."""

    due_kind: Mapped[str] = mapped_column(String(8), default="none")
    #: The fixed local date of kind "date"; None for every other kind.
    due_on: Mapped[date | None]
    #: Days after she was asked, or after her employment began.
    due_days: Mapped[int | None]
    #: A date that leaves too little time is moved to the first comfortable one.
    due_eased: Mapped[bool] = mapped_column(default=False)


class OrganizationLevel(Base):
    """Whether an organization uses a level of the ladder; one of which nothing is written is used. In place."""

    __tablename__ = "organization_levels"
    __table_args__ = (UniqueConstraint("organization_id", "level"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    #: The id of a level of a framework.
    level: Mapped[str] = mapped_column(String(80))
    is_used: Mapped[bool]
    set_at: Mapped[datetime]


class AssignmentRule(Dated, Base):
    """A statement of who should be on a track, compared with who is every day, until it is ended.

    What it said before somebody changed it stands in `RuleChange`.
    """

    __tablename__ = "assignment_rules"
    __table_args__ = (UniqueConstraint("made_by", "client_id"), one_of("due_kind", DUE_KINDS))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    track_key: Mapped[str] = mapped_column(String(80))
    #: Whom it means: `organizations.rules.criteria_json`.
    criteria: Mapped[dict[str, Any]]
    #: Whether it asks, once in each cycle, for the renewal of what they completed.
    asks_renewals: Mapped[bool] = mapped_column(default=False)
    #: One more with each change.
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    #: The key of the form, so that a double tap makes one rule.
    client_id: Mapped[str] = mapped_column(String(32))
    #: When it was last compared with who works there.
    reconciled_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class RuleChange(Dated, Base):
    """What a standing rule said in one of its versions, until somebody changed it. Only ever added."""

    __tablename__ = "assignment_rule_changes"
    __table_args__ = (
        UniqueConstraint("rule_id", "version"),
        UniqueConstraint("changed_by", "client_id"),
        one_of("due_kind", DUE_KINDS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("assignment_rules.id"))
    #: The version that ended with this change.
    version: Mapped[int]
    criteria: Mapped[dict[str, Any]]
    asks_renewals: Mapped[bool]
    changed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    changed_at: Mapped[datetime]
    #: The key of the form, so that a double tap changes once.
    client_id: Mapped[str] = mapped_column(String(32))


append_only(RuleChange)


class RuleMember(Base):
    """A spell in which a rule means a person. It asks her once in each, so that what a person undid stays undone."""

    __tablename__ = "assignment_rule_members"
    __table_args__ = (
        Index(
            "uq_assignment_rule_members_open",
            "rule_id",
            "person_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("assignment_rules.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    since: Mapped[datetime]
    #: When she was first found not to be meant any more.
    until: Mapped[datetime | None]


class RuleRenewal(Base):
    """A rule asked somebody for a further cycle: once in each spell, whoever compares it how often."""

    __tablename__ = "assignment_rule_renewals"
    __table_args__ = (UniqueConstraint("member_id", "cycle"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("assignment_rule_members.id"))
    cycle: Mapped[int]
    asked_at: Mapped[datetime]


class AssignmentBatch(Dated, Base):
    """One act of assigning, to one person or many, that can be undone as one."""

    __tablename__ = "assignment_batches"
    __table_args__ = (UniqueConstraint("made_by", "client_id"), one_of("due_kind", BATCH_DUE_KINDS))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    track_key: Mapped[str] = mapped_column(String(80))
    #: The rule that asked; None for a person's own act.
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("assignment_rules.id"), index=True)
    #: The version of the rule that asked.
    rule_version: Mapped[int | None]
    #: None for the command.
    made_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    #: The key of the form, so that a double tap assigns once.
    client_id: Mapped[str] = mapped_column(String(32))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class Assignment(Base):
    """An organization asks a worker to do a track. Undone, never deleted."""

    __tablename__ = "assignments"
    __table_args__ = (
        Index(
            "uq_assignments_open",
            "person_id",
            "organization_id",
            "track_key",
            "cycle",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index("ix_assignments_organization_id_track_key", "organization_id", "track_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("assignment_batches.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    track_key: Mapped[str] = mapped_column(String(80))
    #: The cycle of the track that is asked for; a renewal is asked for anew.
    cycle: Mapped[int] = mapped_column(default=1)
    #: The local date by which the track should be done, as the batch's rule gave it then; None for no date.
    due_on: Mapped[date | None]
    #: This batch opened the enrolment, so undoing it may withdraw it while nothing was done.
    opened_enrolment: Mapped[bool] = mapped_column(default=False)
    assigned_at: Mapped[datetime]
    #: The local date of it: decides in which spell of employment it falls.
    assigned_on: Mapped[date]
    undone_at: Mapped[datetime | None]


class AssignmentUpload(Dated, Base):
    """A file of people to be asked, read and judged row by row, that waits for the reader's yes. Kept for a day."""

    __tablename__ = "assignment_uploads"
    __table_args__ = (UniqueConstraint("made_by", "client_id"), one_of("due_kind", DUE_KINDS))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    track_key: Mapped[str] = mapped_column(String(80))
    #: None for the command.
    made_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    client_id: Mapped[str] = mapped_column(String(32))
    #: When the last of its rows was judged; None while a part of them waits ("unread").
    read_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]


class UploadRow(Base):
    """One row of such a file: what stood in it, and whom it means or why it cannot be done."""

    __tablename__ = "assignment_upload_rows"
    __table_args__ = (UniqueConstraint("upload_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("assignment_uploads.id"))
    #: As a spreadsheet shows it; the headers are row 1.
    number: Mapped[int]
    #: What stood in its cells, by column, for the file of refused rows.
    cells: Mapped[dict[str, Any]]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    #: The first day of her spell there.
    began_on: Mapped[date | None]
    #: Why it is refused (`messages`), "unread" while it waits to be judged; None for a row that can be done.
    fault: Mapped[str | None] = mapped_column(String(30))
