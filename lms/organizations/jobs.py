"""The jobs of organizations: going on with lists of staff that were begun, and forgetting old ones."""

from __future__ import annotations

from datetime import datetime

from lms.config import Config
from lms.db import reading, write
from lms.organizations import queries, service
from lms.parts import SLICE, in_turn, write_for


def run(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Go on with every list that was begun and is not done; return how many rows are left, "" where there is none.

    A list that cannot be gone on with keeps none of the others; its fault is raised when they have had their turn.
    """
    waiting = queries.list_applying(reading())
    return ", ".join(in_turn("list", waiting, lambda each: f"{each}: {apply_for(each, SLICE, at=at)} rows left"))


def apply_for(public_id: str, seconds: float, *, at: datetime) -> int:
    """Apply parts of a list for so many seconds, one part at least, and return how many rows are left.

    Each part is a transaction of its own: whoever is stopped in between leaves a list that anybody can go on with.
    """
    return write_for(seconds, lambda session: service.apply_part(session, public_id, at=at))


def forget(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Forget the rows of old lists; return how many."""
    gone = write(lambda session: service.forget_lists(session, at=at))
    return f"forgot {gone}" if gone else ""
