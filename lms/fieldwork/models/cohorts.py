"""Tables of cohorts: people who go through several sessions together."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base
from lms.ids import new_public_id


class Cohort(Base):
    """A group with a name and a row of sessions. Ended, never deleted."""

    __tablename__ = "cohorts"
    __table_args__ = (UniqueConstraint("made_by", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(120))
    module_key: Mapped[str | None] = mapped_column(String(80))
    track_key: Mapped[str | None] = mapped_column(String(80))
    #: The organization that runs it; None for the whole consortium.
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    client_id: Mapped[str] = mapped_column(String(32))
    ended_at: Mapped[datetime | None]


class CohortOrganization(Base):
    """An organization whose staff may join a cohort. A cohort without any is open to everybody."""

    __tablename__ = "cohort_organizations"
    __table_args__ = (UniqueConstraint("cohort_id", "organization_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)


class CohortMember(Base):
    """A worker belongs to a cohort, since she first signed up for or came to one of its sessions."""

    __tablename__ = "cohort_members"
    __table_args__ = (
        Index(
            "uq_cohort_members_open",
            "cohort_id",
            "person_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
