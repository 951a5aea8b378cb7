"""Reads of the scheduler: who leads, and how each job went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.scheduler.models import Lease, RecurringTask


@dataclass(frozen=True)
class TaskRow:
    """When a job runs next, and how it went last."""

    next_run_at: datetime
    last_run_at: datetime | None
    last_result: str | None


@dataclass(frozen=True)
class LeaseRow:
    """Who leads, and until when unless renewed."""

    holder: str
    until: datetime


def find_lease(session: Session, name: str) -> LeaseRow | None:
    """Return who holds a lease or held it last; None when nobody ever did."""
    row = session.execute(select(Lease.holder, Lease.until).where(Lease.name == name)).one_or_none()
    return LeaseRow(*row) if row else None


def find_task(session: Session, name: str) -> TaskRow | None:
    """Return a job's row; None when it was never seen."""
    return list_tasks(session, name).get(name)


def list_tasks(session: Session, *names: str) -> dict[str, TaskRow]:
    """Return the rows of the jobs `names`, by name; without names those of all."""
    query = select(RecurringTask.name, RecurringTask.next_run_at, RecurringTask.last_run_at, RecurringTask.last_result)
    rows = session.execute(query.where(RecurringTask.name.in_(names)) if names else query).all()
    return {row[0]: TaskRow(*row[1:]) for row in rows}
