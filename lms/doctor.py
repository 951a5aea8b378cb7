"""`lms doctor`: whether the database is whole, and everything derived agrees with what it follows from.

Each feature recomputes what it derives and says what was missing; the nightly job `recompute` does the same.
"""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial
from typing import Protocol

import click
from flask.cli import with_appcontext
from sqlalchemy import text
from sqlalchemy.orm import Session

from lms.assessments import service as assessments
from lms.certificates import service as certificates
from lms.clock import now
from lms.competencies import service as competencies
from lms.content.library import Library, current
from lms.courses import service as courses
from lms.db import is_postgresql, reading, write
from lms.surveys import service as surveys
from lms.tracks import service as tracks


class Recompute(Protocol):
    """What a feature offers: mend everything derived, and return one line for each difference."""

    def __call__(self, session: Session, library: Library, *, at: datetime) -> list[str]:
        """Mend and return the differences."""


#: In the order in which facts travel, so that what the first mends is there for the next.
FEATURES: tuple[tuple[str, Recompute], ...] = (
    ("assessments", assessments.recompute),
    ("surveys", surveys.recompute),
    ("courses", courses.recompute),
    ("competencies", competencies.recompute),
    ("tracks", tracks.recompute),
    ("certificates", certificates.recompute),
)


class _OnlyLooking(Exception):
    """Carries the differences out of a transaction that must change nothing."""

    def __init__(self, differences: list[str]) -> None:
        super().__init__()
        self.differences = differences


def recompute(*, at: datetime, fix: bool) -> list[str]:
    """Return every difference, one line each; with `fix` they are mended, feature by feature, else nothing changes."""
    if fix:
        return [line for name, mend in FEATURES for line in write(partial(_lines, name=name, mend=mend, at=at))]

    def look(session: Session) -> None:
        raise _OnlyLooking([line for name, mend in FEATURES for line in _lines(session, name=name, mend=mend, at=at)])

    try:
        write(look)
    except _OnlyLooking as found:
        return found.differences
    raise AssertionError("unreachable")  # pragma: no cover


def _lines(session: Session, *, name: str, mend: Recompute, at: datetime) -> list[str]:
    """Return one feature's differences, each with the feature's name before it."""
    return [f"{name}: {difference}" for difference in mend(session, current(session), at=at)]


def check_file(session: Session) -> list[str]:
    """Return what SQLite finds wrong with its own file, one line each; PostgreSQL has nothing to ask."""
    if is_postgresql(session):
        return []
    found = [str(row[0]) for row in session.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
    dangling = session.execute(text("PRAGMA foreign_key_check")).all()
    found += [f"row {row[1]} of {row[0]} names a missing row of {row[2]}" for row in dangling]
    return [f"database: {line}" for line in found]


@click.command("doctor")
@click.option("--fix", is_flag=True, help="Mend the differences instead of only listing them.")
@with_appcontext
def command(*, fix: bool) -> None:
    """Check the database, recompute everything derived, list every difference; exit 1 when any is left."""
    faults = check_file(reading())
    differences = recompute(at=now(), fix=fix)
    for line in faults + differences:
        click.echo(line)
    left = faults if fix else faults + differences
    if left:
        sys.exit(1)
    click.echo(f"{len(differences)} mended." if differences else "Everything agrees.")
