"""Recording tables of earlier records in parts, each a transaction of its own: by the command, a page and a job."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from lms.clock import now
from lms.config import Config
from lms.db import chunks, reading, write
from lms.errors import BadInput
from lms.training import queries, service
from lms.training.service import Brought, Deciders, Imported

log = logging.getLogger(__name__)
#: Rows of one transaction: others wait for less than a second.
PART = 1000
#: Seconds of one tick for one table; the next tick is moments away.
SLICE = 8.0


def run(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Go on with every table that was begun and is not done; return how many rows are left, "" where there is none.

    A table that cannot be gone on with keeps none of the others; its fault is raised when they have had their turn.
    """
    told, faults = [], []
    for each in queries.list_applying(reading()):
        try:
            told.append(f"{each}: {apply_for(each, SLICE, at=at)} rows left")
        except Exception as fault:
            log.exception("the table %s was not gone on with", each)
            faults.append(fault)
    if faults:
        raise faults[0]
    return ", ".join(told)


def apply_for(public_id: str, seconds: float, *, at: datetime) -> int:
    """Record parts of a table for so many seconds, one part at least, and return how many rows are left.

    Each part is a transaction of its own: whoever is stopped in between leaves a table that anybody can go on with.
    """
    until = time.monotonic() + seconds
    while left := write(lambda session: service.apply_part(session, public_id, at=at)):
        if time.monotonic() > until:
            break
    return left


def bring_in(
    brought: Brought,
    *,
    deciders: Deciders | None = None,
    valid_only: bool = False,
    tell: Callable[[int], object] = int,
) -> Imported:
    """Write a table and return what was done; raise `BadInput` with every fault, unless `valid_only` leaves them out.

    Nothing is written before all rows were looked at. What breaks in the middle is finished by the same table once
    more: rows that are there change nothing. `tell` hears how many rows of each part are done.
    """
    done = service.preview_import(reading(), brought, deciders)
    if done.problems and not valid_only:
        raise BadInput(done.problems)
    done = replace(done, created=0, recognized=0, unchanged=0, import_id=None)
    for part in chunks(brought.wanted, PART):
        one = write(
            lambda session, part=part, batch=done.import_id: service.import_rows(  # type: ignore[misc]
                session,
                Brought(brought.name, part),
                deciders=deciders,
                valid_only=True,
                import_id=batch,
                at=now(),
            )
        )
        done = _sum(done, one)
        tell(len(part))
    return done


def _sum(done: Imported, one: Imported) -> Imported:
    """Return what was done with one part more."""
    return replace(
        done,
        created=done.created + one.created,
        recognized=done.recognized + one.recognized,
        unchanged=done.unchanged + one.unchanged,
        problems=tuple(sorted({*done.problems, *one.problems})),
        import_id=one.import_id or done.import_id,
    )
