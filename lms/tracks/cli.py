"""Commands of tracks: assigning to many people at once."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from lms.clock import local_date, now
from lms.content.library import current
from lms.db import chunks, reading, write
from lms.errors import BadInput, NotFound, RowProblem, RuleBroken
from lms.organizations.queries import ids_of_words
from lms.organizations.rules import read_grid
from lms.people.rules import search_key
from lms.people.service import lock
from lms.tracks import messages, rules, service
from lms.tracks.rules import Due, FileRow, Meant
from lms.tracks.service import Asked, FileDone
from lms.tracks.specs import TrackSpec

group = AppGroup("tracks", help="Career pathways: assign one to many people.")
CHUNK = 1000


@group.command("assign")
@click.option("--track", "track_key", required=True, help="The key of the track.")
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="The last local date; none without it.")
@click.option("--organization", help="The key or name of the one that asks all of them.")
@click.option("--dry-run", is_flag=True, help="Only print what would happen.")
@click.option("--valid-rows-only", is_flag=True, help="Ask those whom the file names well, and pass over the rest.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def assign(
    track_key: str,
    file: Path,
    due: datetime | None,
    organization: str | None,
    *,
    dry_run: bool,
    valid_rows_only: bool,
    as_json: bool,
) -> None:
    """Ask the people of a CSV or Excel FILE to do a track, each for the organization where she works.

    Columns, in any order: email, phone or person (her id), and organization (key or name), which may be missing where
    she works at one place. Whoever was asked before is left as she is, so that the same file twice changes nothing.
    All of it is done in one transaction, or nothing.
    """
    began, at, wish = time.monotonic(), now(), rules.as_due(due.date() if due else None)
    _check_options(track_key, wish, local_date(at))
    places = _places(organization)
    meant = _judge(places, track_key, _read(file), at, quiet=as_json)
    good = [each for each in meant if each.fault is None]
    faults = [each for each in meant if each.fault is not None]
    if faults and not valid_rows_only:
        raise BadInput(_problem(each) for each in faults)
    wanted = [Asked(each.person_id or 0, each.organization_id or 0) for each in good]
    done = _plan(track_key, wanted)
    read = time.monotonic()
    if not dry_run and wanted:
        done = _apply(places, track_key, wish, wanted, at)
    spent = {"reading": round(read - began, 2), "writing": round(time.monotonic() - read, 2)}
    for each in faults:
        click.echo(str(_problem(each)), err=True)
    click.echo(_as_json(done, faults, spent, dry_run=dry_run) if as_json else _as_text(done, faults, dry_run=dry_run))


def _check_options(track_key: str, due: Due, today: date) -> None:
    """End with status 2 when there is no such track, or the date cannot be."""
    try:
        current(reading()).spec(TrackSpec, "track", track_key)
    except NotFound:
        raise click.BadParameter(f"there is no track {track_key!r}", param_hint="--track") from None
    if (fault := rules.due_fault(due, today)) is not None:
        raise click.BadParameter(messages.fault_sentence(fault), param_hint="--due")


def _places(organization: str | None) -> list[int] | None:
    """Return the organization that asks; None where each row's own does."""
    if organization is None:
        return None
    found = ids_of_words(reading(), None).get(search_key(organization))
    if found is None:
        raise click.BadParameter(f"there is no organization {organization!r}", param_hint="--organization")
    return [found]


def _read(file: Path) -> list[FileRow]:
    rows = rules.read_people(read_grid(file.read_bytes()))
    if rows is None:
        raise BadInput([RowProblem(1, f"no column says who is meant; use {', '.join(rules.COLUMNS)}")])
    if not rows:
        raise BadInput([RowProblem(1, "the file names nobody")])
    return rows


def _judge(
    places: Collection[int] | None, track_key: str, rows: Sequence[FileRow], at: datetime, *, quiet: bool
) -> list[Meant]:
    """Return whom the rows mean, with a bar on a terminal and counts elsewhere (none with `quiet`)."""
    judge = service.judging(reading(), places, track_key, at=at)
    found: list[Meant] = []
    shows_bar = sys.stderr.isatty() and not quiet
    with click.progressbar(length=len(rows), label="Reading", file=sys.stderr, hidden=not shows_bar) as bar:
        for chunk in chunks(rows, CHUNK):
            found += judge(chunk)
            bar.update(len(chunk))
            if not shows_bar and not quiet:
                click.echo(f"{len(found)} of {len(rows)} rows read", err=True)
    return rules.without_repeats(found)


def _plan(track_key: str, wanted: Sequence[Asked]) -> FileDone:
    sorting = service.sort_rows(reading(), track_key, wanted, local_date(now()))
    return FileDone((), len(sorting.new), len(sorting.already), len(sorting.finished))


def _apply(places: Collection[int] | None, track_key: str, due: Due, wanted: Sequence[Asked], at: datetime) -> FileDone:
    def fn(session: Any) -> FileDone:
        lock(session, [each.person_id for each in wanted])
        return service.ask_rows(session, places, track_key, due, wanted, made_by=None, at=at)

    try:
        return write(fn)
    except RuleBroken as error:  # somebody left between reading and writing
        raise BadInput([RowProblem(1, messages.sentence(error))]) from error


def _problem(meant: Meant) -> RowProblem:
    return RowProblem(meant.row.number, messages.row_sentence(meant.fault or ""))


def _as_text(done: FileDone, faults: Sequence[Meant], *, dry_run: bool) -> str:
    verb = "would be asked" if dry_run else "asked"
    said = f"{done.assigned} {verb}, {done.already} asked before, {done.finished} finished"
    return f"{said}, {len(faults)} rows passed over" if faults else said


def _as_json(done: FileDone, faults: Sequence[Meant], spent: dict[str, float], *, dry_run: bool) -> str:
    refused = [{"row": each.row.number, "code": each.fault, "reason": _problem(each).message} for each in faults]
    counts = {"assigned": done.assigned, "already": done.already, "finished": done.finished}
    found = {"dry_run": dry_run, **counts, "batches": list(done.batches), "refused": refused, "seconds": spent}
    return json.dumps(found, ensure_ascii=False, indent=2)
