"""The audit trail: who did what to what, when. Rows are added in the transaction of their cause, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base
from lms.triggers import append_only


class AuditEvent(Base):
    """One thing done. Personal data appears by id alone, so that erasing a person leaves the chain whole."""

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_events_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    #: None for the program itself (a job, a command).
    actor_account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    #: A verb in the past tense with its feature, such as "tracks.assigned".
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    #: Facts needed to understand the event; ids and codes, no names, no answers.
    details: Mapped[dict[str, Any]]
    #: SHA-256 over the previous row's hash and this row; filled by a job, in the order of ids.
    chain_hash: Mapped[str | None] = mapped_column(String(64))


append_only(AuditEvent, fill_once=("chain_hash",))
