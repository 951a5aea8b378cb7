"""What tracks does by itself: comparing standing rules with who works there, reading long files, forgetting them."""

from __future__ import annotations

from datetime import datetime

from lms.config import Config
from lms.db import reading, write
from lms.parts import SLICE, in_turn, write_for
from lms.tracks import queries, service


def reconcile(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Compare every standing rule with who works there, each in a transaction of its own; return what changed.

    A rule that cannot be compared keeps none of the others; its fault is raised when they have had their turn.
    """

    def compare(public_id: str) -> service.Reconciled:
        return write(lambda session: service.reconcile_rule(session, public_id, at=at))

    plans = [each.plan for each in in_turn("rule", queries.list_standing(reading()), compare)]
    asked, taken = sum(len(each.asks) for each in plans), sum(len(each.back) for each in plans)
    return f"{asked} asked, {taken} taken back" if asked or taken else ""


def read_files(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Go on with every file of which rows wait to be judged; return how many are left, "" where there is none."""
    waiting = queries.list_reading(reading())
    return ", ".join(f"{each}: {read_for(each, SLICE, at=at)} rows left" for each in waiting)


def read_for(public_id: str, seconds: float, *, at: datetime) -> int:
    """Judge parts of a file for so many seconds, one part at least, and return how many rows are left.

    Each part is a transaction of its own: whoever is stopped in between leaves a file that anybody can go on with.
    """
    return write_for(seconds, lambda session: service.read_part(session, public_id, at=at))


def forget_uploads(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Delete files of people that came more than a day ago."""
    gone = write(lambda session: service.forget_uploads(session, at=at))
    return f"{gone} forgotten" if gone else ""
