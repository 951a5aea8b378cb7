"""What was joined, by whom, and every row that it changed, so that it can be undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.ids import new_public_id
from lms.triggers import append_only

EFFECTS = ("changed", "made", "removed")


class PersonMerge(Base):
    """Two records that were found to be one person's. Undone, never deleted."""

    __tablename__ = "person_merges"
    __table_args__ = (
        UniqueConstraint("merged_by", "client_id"),
        Index(
            "uq_person_merges_standing",
            "merged_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    #: Whose record goes on.
    kept_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    #: Whose rows went over to it.
    merged_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    merged_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    merged_at: Mapped[datetime]
    #: The key of the form, so that a double tap joins once.
    client_id: Mapped[str] = mapped_column(String(32))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class PersonMergeRow(Base):
    """One row of some table that joining changed, made or took out, as it was and as it became."""

    __tablename__ = "person_merge_rows"
    __table_args__ = (UniqueConstraint("merge_id", "table_name", "row_id"), one_of("effect", EFFECTS))

    id: Mapped[int] = mapped_column(primary_key=True)
    merge_id: Mapped[int] = mapped_column(ForeignKey("person_merges.id"))
    table_name: Mapped[str] = mapped_column(String(63))
    row_id: Mapped[int]
    effect: Mapped[str] = mapped_column(String(7))
    #: Of a changed row the changed values, of one taken out the whole row; empty for one that was made.
    was: Mapped[dict[str, Any]]
    #: What the changed values became.
    became: Mapped[dict[str, Any]]
    #: SHA-256 of the whole row afterwards, shortened; empty for one taken out.
    seal: Mapped[str] = mapped_column(String(32), default="")
    #: How many rows of other tables named it afterwards.
    leaned_on: Mapped[int] = mapped_column(default=0)


append_only(PersonMerge, fill_once=("undone_at", "undone_by"))
append_only(PersonMergeRow)
