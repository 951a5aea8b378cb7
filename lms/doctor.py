"""`lms doctor`: whether the database is whole, and everything derived agrees with what it follows from.

Each feature recomputes what it derives and says what was missing; the files of certificates and readings and the audit
trail are read again. The nightly jobs `recompute` and `check` do the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import text
from sqlalchemy.orm import Session

from lms.assessments import service as assessments
from lms.audit.queries import check_chain
from lms.certificates import service as certificates
from lms.certificates.jobs import check_issued, mend_names
from lms.clock import now
from lms.competencies import service as competencies
from lms.config import Config
from lms.content.library import Library, current
from lms.courses import service as courses
from lms.db import chunks, is_postgresql, reading, write
from lms.differences import Difference
from lms.errors import NotFound
from lms.fieldwork import service as fieldwork
from lms.files import DamagedFileError, get
from lms.listening.queries import NamedFile, list_named
from lms.people.queries import list_ids
from lms.surveys import service as surveys
from lms.tracks import service as tracks


class Recompute(Protocol):
    """What a feature offers: mend everything derived, and return the differences, also those that it cannot mend."""

    def __call__(self, session: Session, library: Library, *, at: datetime) -> list[Difference]:
        """Mend and return the differences."""


@dataclass(frozen=True)
class Found:
    """What does not agree, one line each: what the program can mend (and, when asked, did), and what remains."""

    mendable: tuple[str, ...]
    remaining: tuple[str, ...]


class RecomputePeople(Protocol):
    """The same for some people."""

    def __call__(
        self, session: Session, library: Library, *, at: datetime, person_ids: Collection[int] | None
    ) -> list[Difference]:
        """Mend and return the differences."""


#: In the order in which facts travel, so that what the first mends is there for the next. Each of these runs for some
#: people in one transaction, each person whole: nobody waits long, neither for a row nor for SQLite's gate.
BY_PEOPLE: tuple[tuple[str, RecomputePeople], ...] = (
    ("assessments", assessments.recompute),
    ("courses", courses.recompute),
    ("competencies", competencies.recompute),
    ("fieldwork", fieldwork.recompute_hours),
    ("tracks", tracks.recompute),
)
PEOPLE_AT_ONCE = 200


class _OnlyLooking(Exception):
    """Carries the differences out of a transaction that must change nothing."""

    def __init__(self, differences: list[Difference]) -> None:
        super().__init__()
        self.differences = differences


def recompute(*, at: datetime, fix: bool) -> Found:
    """Return every difference; with `fix` they are mended, else nothing changes."""
    run = write if fix else _look
    found: list[Difference] = []
    for people in chunks(list_ids(reading()), PEOPLE_AT_ONCE):
        features = tuple((name, partial(mend, person_ids=people)) for name, mend in BY_PEOPLE)
        found += run(partial(_told, features=features, at=at))
    found += run(partial(_told, features=as_one(current_app.config["LMS"]), at=at))
    return _apart([*found, *_named("certificates", mend_names(at=at, fix=fix))])


def as_one(config: Config) -> tuple[tuple[str, Recompute], ...]:
    """Return what runs after them, for everybody at once."""
    return (
        ("surveys", partial(surveys.recompute, secret_key=config.secret_key)),
        ("certificates", certificates.recompute),
    )


def _look(work: Callable[[Session], list[Difference]]) -> list[Difference]:
    """Return what `work` returns, and undo what it did."""

    def look(session: Session) -> None:
        raise _OnlyLooking(work(session))

    try:
        write(look)
    except _OnlyLooking as found:
        return found.differences
    raise AssertionError("unreachable")  # pragma: no cover


def check_stored(config: Config, *, at: datetime, fix: bool) -> Found:
    """Return what is wrong with the files of certificates and readings, the audit trail and the database's own file.

    With `fix`, a file is made again where that gives the same bytes. Nothing here is one long transaction.
    """
    differences = check_issued(config, at=at, fix=fix)
    faults = [*check_readings(config.data_dir, reading()), *check_chain(reading()), *check_file(reading())]
    reading().rollback()
    return _apart([*_named("certificates", differences), *(Difference(each, mendable=False) for each in faults)])


def _told(session: Session, *, features: Iterable[tuple[str, Recompute]], at: datetime) -> list[Difference]:
    """Return the differences of these features, each with the feature's name before it."""
    library = current(session)
    return [each for name, mend in features for each in _named(name, mend(session, library, at=at))]


def _named(name: str, differences: Iterable[Difference]) -> list[Difference]:
    return [Difference(f"{name}: {each}", each.mendable) for each in differences]


def _apart(differences: Sequence[Difference]) -> Found:
    """Return what can be mended and what remains apart."""
    return Found(
        tuple(each.text for each in differences if each.mendable),
        tuple(each.text for each in differences if not each.mendable),
    )


def check_readings(data_dir: Path, session: Session) -> list[str]:
    """Return which files of readings the database names and the store has not, or has with other bytes, a line each."""
    found = []
    for each in list_named(session):
        try:
            get(data_dir, each.sha256)
        except NotFound:
            found.append(f"readings: a file is missing: {_heard_where(each)}")
        except DamagedFileError:
            found.append(f"readings: a file was altered: {_heard_where(each)}")
    return found


def _heard_where(file: NamedFile) -> str:
    """Return the name of a file, with one place where it is heard."""
    return f"{file.sha256}, of module {file.key}, {file.address} ({file.locale})"


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
    """Check the database and its files, recompute everything derived; exit 1 while a difference is left."""
    config: Config = current_app.config["LMS"]
    parts = (recompute(at=now(), fix=fix), check_stored(config, at=now(), fix=fix))
    mendable = [line for part in parts for line in part.mendable]
    remaining = [line for part in parts for line in part.remaining]
    for line in mendable + remaining:
        click.echo(line)
    click.echo(_summary(len(mendable), len(remaining), fix=fix))
    if remaining or (mendable and not fix):
        sys.exit(1)


def _summary(mendable: int, remaining: int, *, fix: bool) -> str:
    """Return the last line: how many differences were or can be mended, and how many are for a person."""
    counts = [(mendable, "mended" if fix else "can be mended with --fix"), (remaining, "for a person to look at")]
    return "; ".join(f"{number} {what}" for number, what in counts if number) + "." if mendable or remaining else OK


OK = "Everything agrees."
