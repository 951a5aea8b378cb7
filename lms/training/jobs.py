"""Bringing a table of earlier records: looked at as a whole, then written in parts, each a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lms.clock import now
from lms.db import chunks, reading, write
from lms.errors import BadInput
from lms.training import service
from lms.training.service import Brought, Deciders, Imported

#: Rows of one transaction: others wait for less than a second.
PART = 1000


def bring_in(
    brought: Brought,
    *,
    deciders: Deciders | None = None,
    valid_only: bool = False,
    actor_account_id: int | None = None,
    import_id: int | None = None,
    tell: Callable[[int], object] = int,
) -> Imported:
    """Write a table and return what was done; raise `BadInput` with every fault, unless `valid_only` leaves them out.

    Nothing is written before all rows were looked at. What breaks in the middle is finished by the same table once
    more: rows that are there change nothing. `tell` hears how many rows of each part are done.
    """
    done = service.preview_import(reading(), brought, deciders)
    if done.problems and not valid_only:
        raise BadInput(done.problems)
    done = replace(done, created=0, recognized=0, unchanged=0, import_id=import_id)
    for part in chunks(brought.wanted, PART):
        one = write(
            lambda session, part=part, batch=done.import_id: service.import_rows(  # type: ignore[misc]
                session,
                Brought(brought.name, part),
                deciders=deciders,
                valid_only=True,
                actor_account_id=actor_account_id,
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
