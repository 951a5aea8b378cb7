"""Changes of the scheduler: who leads, which job is taken, and how it went."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, or_, update
from sqlalchemy.orm import Session

from lms.db import insert_once, upsert
from lms.scheduler.models import Lease, RecurringTask
from lms.scheduler.rules import Schedule, next_run

LEADER = "jobs"
LEASE = timedelta(seconds=60)
#: A job whose process dies is taken again after this long.
TAKEN = timedelta(hours=1)
LONGEST_RESULT = 500


def take_lease(session: Session, holder: str, *, at: datetime, name: str = LEADER) -> int | None:
    """Take or renew the lease for `holder` and return its epoch; None while another holds it.

    A lease that ends impossibly late was written before a clock was set back: it counts as ended.
    """
    same = Lease.holder == holder
    taken = session.execute(
        update(Lease)
        .where(Lease.name == name, or_(same, Lease.until < at, Lease.until > at + 2 * LEASE))
        .values(holder=holder, until=at + LEASE, epoch=case((same, Lease.epoch), else_=Lease.epoch + 1))
        .returning(Lease.epoch)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if taken is not None:
        return taken
    row = {"name": name, "holder": holder, "until": at + LEASE, "epoch": 1}
    return 1 if insert_once(session, Lease, [row], "name") else None


def give_lease_back(session: Session, holder: str, *, at: datetime, name: str = LEADER) -> None:
    """End the lease of `holder` now, so that another need not wait for it to run out."""
    session.execute(
        update(Lease).where(Lease.name == name, Lease.holder == holder).values(until=at - timedelta(seconds=1))
    )


def take_task(session: Session, name: str, schedule: Schedule, *, at: datetime, zone: str) -> bool:
    """Return whether the job is due and now ours. A job seen for the first time waits for its hour.

    Whoever takes it moves its next run, so that of many only one does; `finish_task` then sets the true one.
    """
    first = {"name": name, "next_run_at": next_run(schedule, at, zone)}
    if insert_once(session, RecurringTask, [first], "name"):
        return False
    taken = session.execute(
        update(RecurringTask)
        .where(RecurringTask.name == name, RecurringTask.next_run_at <= at)
        .values(next_run_at=at + TAKEN, last_run_at=at)
        .returning(RecurringTask.name)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return taken is not None


def finish_task(session: Session, name: str, schedule: Schedule, result: str, *, at: datetime, zone: str) -> None:
    """Note how a job went that began at `at`, and when it runs next."""
    row = {
        "name": name,
        "next_run_at": next_run(schedule, at, zone),
        "last_run_at": at,
        "last_result": result[:LONGEST_RESULT],
    }
    upsert(session, RecurringTask, row, key=["name"], change=["next_run_at", "last_run_at", "last_result"])
