"""Tables of the scheduler: who leads, and what is due when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class Lease(Base):
    """A named right to act that one process holds until an instant."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime]


class RecurringTask(Base):
    """When a job runs next, and how it went last."""

    __tablename__ = "recurring_tasks"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    next_run_at: Mapped[datetime]
    last_run_at: Mapped[datetime | None]
    #: "ok", or the error's class and sentence.
    last_result: Mapped[str | None] = mapped_column(String(500))
