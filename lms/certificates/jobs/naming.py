"""Reserving the certificates whose name does not wait any more: one transaction each, right when run twice."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from lms.certificates import queries, service
from lms.clock import local_date
from lms.config import Config
from lms.db import reading, write
from lms.differences import Difference
from lms.errors import NotFound


def run(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Reserve what is ready, inside an application context; return how many were, and how many cannot be."""
    problems = [reserve_one(each, at=at) for each in _ready(at)]
    held = sorted({each for each in problems if each})
    parts = [f"{problems.count('')} settled"] if "" in problems else []
    return ", ".join([*parts, *([f"{sum(map(bool, problems))} cannot be made: {held[0]}"] if held else [])])


def mend_names(*, at: datetime, fix: bool) -> list[Difference]:
    """Return the certificates that should have been reserved by now; with `fix` they are, where nothing forbids it."""
    found = []
    for each in _ready(at):
        said = f"application {each} is certified, its name is settled, and no certificate was reserved"
        problem = reserve_one(each, at=at) if fix else ""
        found.append(Difference(f"{said}: {problem}", mendable=False) if problem else Difference(said))
    return found


def _ready(at: datetime) -> list[int]:
    ids = queries.list_ready(reading(), local_date(at))
    reading().rollback()
    return ids


def reserve_one(application_id: int, *, at: datetime) -> str | None:
    """Reserve one in a transaction of its own; return what forbids it, "" for nothing.

    None when her record was joined to another a moment ago: there it goes on.
    """
    with suppress(NotFound):
        return write(lambda session: service.reserve_overdue(session, application_id, at=at))
    return None
