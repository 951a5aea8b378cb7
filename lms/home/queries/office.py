"""What an administrator sees at a glance: letters, jobs and the current publication."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, column, func, select, table
from sqlalchemy.orm import Session

from lms.db import UtcDateTime
from lms.home.queries.facts import TABLES

#: Under this name the roof tells when a job runs next, in words: it is asked with the job's name and the noted instant.
JOBS = "lms.home.jobs"

#: The scheduler stands above this feature, so its table is named here.
_TASKS = table(
    "recurring_tasks",
    column("name", String),
    column("next_run_at", UtcDateTime()),
    column("last_run_at", UtcDateTime()),
    column("last_result", String),
)


@dataclass(frozen=True)
class JobRow:
    """A scheduled job: when it runs next, and how it went last ("ok", or what went wrong).

    Of one that runs every few seconds only those runs are noted in which there was something to do.
    """

    name: str
    next_run_at: datetime
    last_run_at: datetime | None
    last_result: str | None


@dataclass(frozen=True)
class OfficeCounts:
    """How many people and organizations there are, and how many certificates wait to be signed and released."""

    people: int
    organizations: int
    unsigned: int


def count_office(session: Session) -> OfficeCounts:
    """Return the numbers of the whole site. One query."""
    tasks = TABLES["issue_tasks"]
    counts = (
        select(func.count()).select_from(TABLES["people"]),
        select(func.count()).select_from(TABLES["organizations"]),
        select(func.count()).select_from(tasks).where(tasks.c.done_at.is_(None)),
    )
    return OfficeCounts(*session.execute(select(*(count.scalar_subquery() for count in counts))).one())


def count_letters(session: Session) -> dict[str, int]:
    """Return how many letters are in each state; states without any are left out. One query."""
    letters = TABLES["letters"]
    rows = session.execute(select(letters.c.state, func.count()).group_by(letters.c.state))
    return {row[0]: row[1] for row in rows}


def list_jobs(session: Session) -> list[JobRow]:
    """Return every job that the scheduler has seen, by name. One query."""
    columns = (_TASKS.c.name, _TASKS.c.next_run_at, _TASKS.c.last_run_at, _TASKS.c.last_result)
    return [JobRow(*row) for row in session.execute(select(*columns).order_by(_TASKS.c.name))]


def find_published_at(session: Session, number: int) -> datetime | None:
    """Return when the publication of this number was made; None when there is none. One query."""
    publications = TABLES["publications"]
    statement = select(publications.c.published_at).where(publications.c.number == number)
    return session.execute(statement).scalar_one_or_none()
