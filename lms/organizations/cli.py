"""Commands of organizations: bringing many of them at once, or many people who work there."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext

from lms.clock import now
from lms.db import reading, write
from lms.errors import BadInput, RowProblem
from lms.i18n import TAGS
from lms.ids import new_client_id
from lms.organizations import messages, queries, rules, service
from lms.organizations.models import GEOGRAPHIES, KINDS, POPULATIONS
from lms.organizations.queries import ListedRow
from lms.organizations.rules import Defaults, Fault, Sheet
from lms.organizations.service import Imported, JudgedRow

group = AppGroup("organizations", help="Departments and community-based organizations.")
KNOWN = {"kind": KINDS, "geographies": GEOGRAPHIES, "populations": POPULATIONS}


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only print what would happen.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def import_file(file: Path, *, dry_run: bool, as_json: bool) -> None:
    """Create and change organizations, their areas and contracts, from a CSV or Excel FILE.

    Columns, in any order: key, name, kind (department or cbo), areas (1 to 8, such as "4; 6"), boundary_year (2022
    unless given), geographies, populations, department (key of the one that pays), program, contract_start,
    contract_end. A blank cell leaves what is there; a filled one replaces it. Further contracts of an
    organization stand in further rows with its key.
    """
    table = rules.read_table(file.read_bytes(), rules.COLUMNS, rules.REQUIRED)
    wanted = rules.read_rows(table, KNOWN)
    if dry_run:
        done = service.preview_import(reading(), wanted)
    else:
        done = write(lambda session: service.import_organizations(session, wanted, at=now()))
    click.echo(_as_json(done, dry_run=dry_run) if as_json else _as_text(done, dry_run=dry_run))


def _as_text(done: Imported, *, dry_run: bool) -> str:
    verbs = ("would be created", "would be changed") if dry_run else ("created", "changed")
    total = f"{len(done.created)} {verbs[0]}, {len(done.changed)} {verbs[1]}, {done.unchanged} unchanged"
    return "\n".join([*done.lines, total])


def _as_json(done: Imported, *, dry_run: bool) -> str:
    return json.dumps(
        {
            "dry_run": dry_run,
            "created": list(done.created),
            "changed": list(done.changed),
            "unchanged": done.unchanged,
            "changes": list(done.lines),
        },
        ensure_ascii=False,
        indent=2,
    )


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organization", default="", help="Key of the organization of rows that name none.")
@click.option("--language", default="en", show_default=True, type=click.Choice(TAGS), help="Where none is given.")
@click.option("--dry-run", is_flag=True, help="Only print what would happen.")
@click.option("--valid-rows-only", is_flag=True, help="Do what can be done, and leave out the refused rows.")
@click.option("--invitations/--no-invitations", default=True, show_default=True, help="Invite those who are new.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@with_appcontext
def import_people(file: Path, *, organization: str, language: str, dry_run: bool, as_json: bool, **how: bool) -> None:
    """Bring workers and their employments from a CSV or Excel FILE (.xlsx).

    Columns, in any order and in any of the four languages: name, email, phone, language, organization (key or name),
    title, started_on (today unless given), hours_per_week. Other columns are left out. Somebody with the same name
    and a same contact is the same person: she keeps her record, name and contacts, and begins or changes her
    employment. A row whose person is not certain is refused: settle it on the page Administration, People. The same
    file twice changes nothing. Unless every row can be done nothing is, but for --valid-rows-only.
    """
    sheet = rules.read_sheet(file.read_bytes(), rules.STAFF_COLUMNS, rules.STAFF_REQUIRED, rules.column_names())
    defaults = Defaults(_organization_id(organization), language)
    judged = service.judge_list(reading(), None, sheet, defaults, at=now())
    faults = [problem for each in judged for problem in _problems(each.row.number, *_refusals(each))]
    if faults and not how["valid_rows_only"]:
        if as_json:
            click.echo(_list_json(map(_told_of, judged), dry_run=dry_run, sheet=sheet))
        raise BadInput(faults)
    told = list(map(_told_of, judged)) if dry_run or not judged else _bring(file, sheet, judged, how["invitations"])
    click.echo(_list_json(told, dry_run=dry_run, sheet=sheet) if as_json else _list_text(told, dry_run=dry_run))


def _organization_id(key: str) -> int | None:
    """Return the id of the organization of that key, None for an empty one; raise `click.BadParameter`."""
    found = queries.ids_of_keys(reading()).get(key.casefold()) if key else None
    if key and found is None:
        raise click.BadParameter(f"there is no organization with the key {key!r}")
    return found


def _refusals(each: JudgedRow) -> tuple[Fault, ...]:
    verdict = each.verdict
    return (Fault(verdict.question),) if verdict.what == "ask" else verdict.faults


def _problems(row: int, *faults: Fault) -> Iterable[RowProblem]:
    return [RowProblem(row, messages.reason(fault)) for fault in faults]


def _told_of(each: JudgedRow) -> dict[str, Any]:
    """Return what is told of a row: its number, name, outcome, and why it is refused."""
    return _told(each.row.number, each.row.cells, each.verdict.what, _refusals(each))


def _told(row: int, cells: dict[str, str], what: str, faults: Iterable[Fault]) -> dict[str, Any]:
    reasons = [messages.reason(fault) for fault in faults]
    return {"row": row, "name": cells.get("name", ""), "what": what, "reasons": reasons}


def _bring(file: Path, sheet: Sheet, judged: list[JudgedRow], invites: bool) -> list[dict[str, Any]]:
    """Keep the list, apply it part by part, and return what became of its rows. Progress goes to standard error."""
    key, left_out = new_client_id(), sheet.left_out
    public_id = write(
        lambda s: service.keep_list(s, None, judged, client_id=key, file_name=file.name, left_out=left_out, at=now())
    )
    write(lambda s: service.begin_list(s, None, public_id, only_valid=True, invites=invites, at=now()))
    found = queries.get_import(reading(), public_id)
    left = queries.count_rows(reading(), found.id)["waiting"]
    with click.progressbar(length=left, label="Rows", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        while left:
            after = write(lambda session: service.apply_part(session, public_id, at=now()))
            bar.update(left - after)
            left = after
    return [_told_after(row) for row in queries.list_rows(reading(), found.id)]


def _told_after(row: ListedRow) -> dict[str, Any]:
    question = [Fault(row.said["question"])] if row.what == "ask" else []
    return _told(row.number, row.cells, row.what, [*question, *map(rules.fault_of, row.said["faults"])])


_GROUPS = {"create": "created", "start": "started", "change": "changed", "ask": "refused", "refuse": "refused"}


def _list_text(told: Iterable[dict[str, Any]], *, dry_run: bool) -> str:
    rows = list(told)
    lines = [f"row {each['row']}: {reason}" for each in rows for reason in each["reasons"]]
    groups = [_GROUPS.get(each["what"], "unchanged") for each in rows]
    counts = ", ".join(f"{groups.count(name)} {name}" for name in (*dict.fromkeys(_GROUPS.values()), "unchanged"))
    return "\n".join([*lines, f"would be: {counts}" if dry_run else counts])


def _list_json(told: Iterable[dict[str, Any]], *, dry_run: bool, sheet: Sheet) -> str:
    found: dict[str, Any] = {name: [] for name in ("created", "started", "changed", "unchanged", "refused")}
    for each in told:
        kept = ("row", "name", "reasons") if each["reasons"] else ("row", "name")
        found[_GROUPS.get(each["what"], "unchanged")].append({key: each[key] for key in kept})
    facts = {"dry_run": dry_run, "left_out_columns": list(sheet.left_out), **found}
    return json.dumps(facts, ensure_ascii=False, indent=2)
