"""Recording tables of earlier records in parts, each a transaction of its own: by the command, a page and a job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from lms.clock import now
from lms.config import Config
from lms.db import chunks, reading, write
from lms.errors import BadInput
from lms.parts import SLICE, in_turn, write_for
from lms.training import queries, service
from lms.training.service import Brought, Deciders, Imported

#: Rows of one transaction: others wait for less than a second.
PART = 1000


def run(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Go on with every table that was begun and is not done; return how many rows are left, "" where there is none.

    A table that cannot be gone on with keeps none of the others; its fault is raised when they have had their turn.
    """
    waiting = queries.list_applying(reading())
    return ", ".join(in_turn("table", waiting, lambda each: f"{each}: {apply_for(each, SLICE, at=at)} rows left"))


def apply_for(public_id: str, seconds: float, *, at: datetime) -> int:
    """Record parts of a table for so many seconds, one part at least, and return how many rows are left.

    Each part is a transaction of its own: whoever is stopped in between leaves a table that anybody can go on with.
    """
    return write_for(seconds, lambda session: service.apply_part(session, public_id, at=at))


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
