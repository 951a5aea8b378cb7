"""The jobs of organizations: going on with lists of staff that were begun, and forgetting old ones."""

from __future__ import annotations

import logging
import time
from datetime import datetime

from lms.config import Config
from lms.db import reading, write
from lms.organizations import queries, service

log = logging.getLogger(__name__)
#: Seconds of one tick for one list; the next tick is moments away.
SLICE = 8.0


def run(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Go on with every list that was begun and is not done; return how many rows are left, "" where there is none.

    A list that cannot be gone on with keeps none of the others; its fault is raised when they have had their turn.
    """
    told, faults = [], []
    for each in queries.list_applying(reading()):
        try:
            told.append(f"{each}: {apply_for(each, SLICE, at=at)} rows left")
        except Exception as fault:
            log.exception("the list %s was not gone on with", each)
            faults.append(fault)
    if faults:
        raise faults[0]
    return ", ".join(told)


def apply_for(public_id: str, seconds: float, *, at: datetime) -> int:
    """Apply parts of a list for so many seconds, one part at least, and return how many rows are left.

    Each part is a transaction of its own: whoever is stopped in between leaves a list that anybody can go on with.
    """
    until = time.monotonic() + seconds
    while left := write(lambda session: service.apply_part(session, public_id, at=at)):
        if time.monotonic() > until:
            break
    return left


def forget(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Forget the rows of old lists; return how many."""
    gone = write(lambda session: service.forget_lists(session, at=at))
    return f"forgot {gone}" if gone else ""
