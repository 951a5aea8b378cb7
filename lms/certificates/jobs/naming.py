"""Reserving the certificates whose name does not wait any more: one transaction each, right when run twice."""

from __future__ import annotations

from datetime import datetime

from lms.certificates import queries, service
from lms.clock import local_date
from lms.config import Config
from lms.db import reading, write


def run(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Reserve what is ready, inside an application context; return how many were, and how many cannot be."""
    ids = queries.list_ready(reading(), local_date(at))
    reading().rollback()
    problems = [write(lambda s, each=each: service.reserve_overdue(s, each, at=at)) for each in ids]  # type: ignore[misc]
    held = sorted({each for each in problems if each})
    parts = [f"{problems.count('')} settled"] if "" in problems else []
    return ", ".join([*parts, *([f"{len(problems) - problems.count('')} cannot be made: {held[0]}"] if held else [])])
