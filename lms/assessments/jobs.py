"""What quizzes do by themselves: attempts whose time is up are graded; at night answers are looked at together."""

from __future__ import annotations

from datetime import datetime

from lms.assessments import queries, service
from lms.assessments.queries.analysis import Gathered
from lms.assessments.queries.gains import Came
from lms.assessments.rules import overdue_before
from lms.assessments.rules.analysis import analyse
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


def run(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- as every job
    """Analyse every quiz that somebody has handed in; return one line for the log."""
    keys = queries.analysis.answered_quizzes(reading())
    differing = sum(analyse_quiz(key, at=at) for key in keys)
    _keep_gains(at=at)
    return f"{len(keys)} quizzes, {differing} wordings differ from English" if keys else ""


def analyse_quiz(module_key: str, *, at: datetime) -> int:
    """Write one quiz's figures anew; return how many wordings differ from English.

    Reading goes in parts, each in a transaction of its own: answers that were handed in change by corrections alone.
    """
    gathered = Gathered()
    last: int | None = 0
    while last is not None:
        last = queries.analysis.gather(reading(), module_key, gathered, after=last)
        reading().rollback()
    analysis = analyse(gathered.in_order)
    return write(lambda session: service.keep_analysis(session, module_key, analysis, gathered, at=at))


def _keep_gains(*, at: datetime) -> None:
    """Write anew what groups gained since the test before each module. Read in parts, as the answers are."""
    came: list[Came] = []
    part, last = queries.list_learners(reading())
    while last is not None:
        came += part
        reading().rollback()
        part, last = queries.list_learners(reading(), after=last)
    write(lambda session: service.keep_gains(session, came, at=at))
