"""The command that brings earlier records of training, so that veterans start with their history."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from flask.cli import AppGroup

from lms.clock import local_date, now
from lms.content.library import current
from lms.db import reading
from lms.errors import BadInput
from lms.organizations.rules import write_table
from lms.people.queries import list_people
from lms.people.rules import normal_identifier
from lms.training import queries, service
from lms.training.jobs import bring_in
from lms.training.rules import importing as rules
from lms.training.rules import tables
from lms.training.service import Brought, Decider, Deciders, Imported

group = AppGroup("training", help="Training and work from elsewhere.")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only print what would happen.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--valid-rows-only", is_flag=True, help="Leave out faulty rows instead of refusing the whole file.")
@click.option("--refused", type=click.Path(dir_okay=False, path_type=Path), help="Write the refused rows here, as CSV.")
@click.option("--recognize", is_flag=True, help="Let rows with recognized_by count at once, decided by two certifiers.")
@click.option("--by", help="E-mail address of the first certifier.")
@click.option("--second", help="E-mail address of the second certifier.")
def import_file(
    file: Path,
    *,
    dry_run: bool,
    as_json: bool,
    valid_rows_only: bool,
    refused: Path | None,
    recognize: bool,
    by: str,
    second: str,
) -> None:
    """Record earlier training of many people from a CSV or Excel FILE; they wait for reviewers.

    Columns, in any order: person (public id), email or phone; title, issuer; learned_on (or from and until); hours,
    kind, module, competencies, language, reference, recognized_by, note. A module that is not known becomes evidence
    that waits for review. The same file twice changes nothing: rows are the same by their reference, or by their words.
    The file of refused rows has their cells and, last, why; mend them there, and bring that file.
    """
    deciders = _deciders(by, second) if recognize else None
    brought = read(file.name, file.read_bytes())
    done = service.preview_import(reading(), brought, deciders)
    if refused is not None and done.problems:
        refused.write_bytes(b"".join(write_table(_refused(file.read_bytes(), done))))
    is_refused = done.problems and not valid_rows_only
    if not dry_run and not is_refused:
        with click.progressbar(length=len(brought.wanted), file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            done = bring_in(brought, deciders=deciders, valid_only=valid_rows_only, tell=bar.update)
    if as_json or dry_run or not is_refused:
        click.echo(_as_json(done, dry_run=dry_run) if as_json else _as_text(done, dry_run=dry_run))
    if is_refused:
        raise BadInput(done.problems)
    for problem in done.problems:
        click.echo(str(problem), err=True)


def read(name: str, data: bytes) -> Brought:
    """Return a table as its rows ask; raise `BadInput` when it is no table with these columns."""
    known = queries.known_of(current(reading()))
    return Brought(name, *rules.read_rows(tables.read_records(data), known, local_date(now())))


def _refused(data: bytes, done: Imported) -> list[Sequence[str]]:
    """Return the rows of a table that are refused, each with its reasons."""
    reasons: dict[int, list[str]] = {}
    for each in done.problems:
        reasons.setdefault(each.row, []).append(each.message)
    return tables.refused_table(tables.read_records(data), reasons)


def _deciders(first: str | None, second: str | None) -> Deciders:
    """Return the two certifiers; refuse the command unless they are two."""
    if not first or not second:
        raise click.UsageError("--recognize needs --by and --second, two certifiers.")
    found = (_decider(first), _decider(second))
    if found[0].person_id == found[1].person_id:
        raise click.UsageError("--by and --second must be two people.")
    return found


def _decider(email: str) -> Decider:
    rows = list_people(reading(), email, 1) if normal_identifier(email) else []
    certifiers = [row for row in rows if "certifier" in row.roles and row.state == "active"]
    if len(certifiers) != 1:
        raise click.UsageError(f"{email} is not the e-mail address of a certifier.")
    return Decider(certifiers[0].account_id, certifiers[0].person_id)


def _as_text(done: Imported, *, dry_run: bool) -> str:
    would = "would be " if dry_run else ""
    total = (
        f"{done.created} {would}recorded ({done.recognized} of them recognized), {done.unchanged} unchanged, "
        f"{len({problem.row for problem in done.problems})} refused"
    )
    return "\n".join([*done.lines, total])


def _as_json(done: Imported, *, dry_run: bool) -> str:
    return json.dumps(
        {
            "dry_run": dry_run,
            "created": done.created,
            "recognized": done.recognized,
            "unchanged": done.unchanged,
            "changes": list(done.lines),
            "refused": [{"row": problem.row, "message": problem.message} for problem in done.problems],
        },
        ensure_ascii=False,
        indent=2,
    )
