"""Changes of the scheduler: who leads, which job is taken, and how it went."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.db import insert_once, upsert
from lms.scheduler.models import Lease, RecurringTask
from lms.scheduler.rules import Schedule, latest_plausible, next_run, next_try

LEADER = "jobs"
#: The lease that nobody holds: its instant tells when the database last took a write.
HEARTBEAT = "heartbeat"
LEASE = timedelta(seconds=60)
#: A job whose process dies is taken again after this long.
TAKEN = timedelta(hours=1)
LONGEST_RESULT = 500


def take_lease(session: Session, holder: str, *, at: datetime, name: str = LEADER) -> bool:
    """Take or renew the lease for `holder` and return whether it is hers; not while another holds it.

    A lease that ends impossibly late was written before a clock was set back: it counts as ended.
    """
    taken = session.execute(
        update(Lease)
        .where(Lease.name == name, or_(Lease.holder == holder, Lease.until < at, Lease.until > at + 2 * LEASE))
        .values(holder=holder, until=at + LEASE)
        .returning(Lease.name)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    row = {"name": name, "holder": holder, "until": at + LEASE}
    return taken is not None or bool(insert_once(session, Lease, [row], "name"))


def give_lease_back(session: Session, holder: str, *, at: datetime, name: str = LEADER) -> None:
    """End the lease of `holder` now, so that another need not wait for it to run out."""
    session.execute(
        update(Lease).where(Lease.name == name, Lease.holder == holder).values(until=at - timedelta(seconds=1))
    )


def beat(session: Session, *, at: datetime) -> None:
    """Write that the database took a write at the instant `at`, for who asks whether it does."""
    row = {"name": HEARTBEAT, "holder": "", "until": at}
    upsert(session, Lease, row, key=["name"], change=["until"])


def take_task(session: Session, name: str, schedule: Schedule, *, at: datetime, zone: str) -> bool:
    """Return whether the job is due and now ours. A job seen for the first time waits for its hour.

    Whoever takes it moves its next run, so that of many only one does; `finish_task` then sets the true one. One whose
    next run lies impossibly far ahead waits for its hour too: it was written before a clock was set back.
    """
    following = next_run(schedule, at, zone)
    if insert_once(session, RecurringTask, [{"name": name, "next_run_at": following}], "name"):
        return False
    session.execute(
        update(RecurringTask)
        .where(RecurringTask.name == name, RecurringTask.next_run_at > latest_plausible(schedule, at, zone))
        .values(next_run_at=following)
        .execution_options(synchronize_session=False)
    )
    taken = session.execute(
        update(RecurringTask)
        .where(RecurringTask.name == name, RecurringTask.next_run_at <= at)
        .values(next_run_at=at + TAKEN, last_run_at=at)
        .returning(RecurringTask.name)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return taken is not None


def ask_now(session: Session, actor: Actor, name: str, *, at: datetime) -> None:
    """Let whoever leads run a job at its next tick, whether it is due or not: twice does no harm."""
    upsert(session, RecurringTask, {"name": name, "next_run_at": at}, key=["name"], change=["next_run_at"])
    record(session, actor.account_id, "job-asked", "job", name, at=at)


def finish_task(
    session: Session,
    name: str,
    schedule: Schedule,
    result: str,
    *,
    failures: int = 0,
    is_idle: bool = False,
    at: datetime,
    zone: str,
) -> None:
    """Note how a job went that began at `at`, and when it runs next: sooner after `failures` in a row.

    One that `is_idle`, of a job that runs at every tick, found nothing to do: the time of the last that did stays.
    """
    row = {
        "name": name,
        "next_run_at": next_try(schedule, at, zone, failures),
        "last_run_at": None if is_idle else at,
        "last_result": result[:LONGEST_RESULT],
    }
    change = ["next_run_at", "last_result", *([] if is_idle else ["last_run_at"])]
    upsert(session, RecurringTask, row, key=["name"], change=change)
