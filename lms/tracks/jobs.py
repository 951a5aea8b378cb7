"""What tracks does by itself: comparing standing rules with who works there, reading long files, forgetting them."""

from __future__ import annotations

import logging
import time
from datetime import datetime

from lms.config import Config
from lms.db import reading, write
from lms.tracks import queries, service

log = logging.getLogger(__name__)

#: Seconds of one tick for one file; the next tick is moments away.
SLICE = 8.0


def reconcile(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Compare every standing rule with who works there, each in a transaction of its own; return what changed.

    A rule that cannot be compared keeps none of the others; its fault is raised when they have had their turn.
    """
    asked, taken, faults = 0, 0, []
    for public_id in queries.list_standing(reading()):
        try:
            plan = write(lambda session, rule=public_id: service.reconcile_rule(session, rule, at=at)).plan  # type: ignore[misc]
        except Exception as fault:
            log.exception("the rule %s was not compared", public_id)
            faults.append(fault)
            continue
        asked, taken = asked + len(plan.asks), taken + len(plan.back)
    if faults:
        raise faults[0]
    return f"{asked} asked, {taken} taken back" if asked or taken else ""


def read_files(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Go on with every file of which rows wait to be judged; return how many are left, "" where there is none."""
    waiting = queries.list_reading(reading())
    return ", ".join(f"{each}: {read_for(each, SLICE, at=at)} rows left" for each in waiting)


def read_for(public_id: str, seconds: float, *, at: datetime) -> int:
    """Judge parts of a file for so many seconds, one part at least, and return how many rows are left.

    Each part is a transaction of its own: whoever is stopped in between leaves a file that anybody can go on with.
    """
    until = time.monotonic() + seconds
    while left := write(lambda session: service.read_part(session, public_id, at=at)):
        if time.monotonic() > until:
            break
    return left


def forget_uploads(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Delete files of people that came more than a day ago."""
    gone = write(lambda session: service.forget_uploads(session, at=at))
    return f"{gone} forgotten" if gone else ""
