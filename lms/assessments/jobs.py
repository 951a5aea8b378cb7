"""What quizzes do by themselves: attempts whose time is up are graded."""

from __future__ import annotations

from datetime import datetime

from lms.assessments import queries, service
from lms.assessments.rules import overdue_before
from lms.config import Config
from lms.db import chunks, reading, write

#: Attempts looked for in one run, and persons whose attempts one transaction closes: far below two seconds.
MOST_AT_ONCE, CHUNK = 1000, 20


def sweep(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- as every job
    """Grade what was saved of attempts whose time is up; return how many, "" for none."""
    reading().rollback()
    person_ids = queries.list_overdue(reading(), overdue_before(at), limit=MOST_AT_ONCE)
    closed = 0
    for some in chunks(person_ids, CHUNK):
        closed += write(lambda session, some=some: service.close_overdue(session, some, at=at))  # type: ignore[misc]
    return f"{closed} closed by time" if closed else ""
