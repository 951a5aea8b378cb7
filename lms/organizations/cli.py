"""Commands of organizations: bringing many at once."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from lms.clock import now
from lms.db import reading, write
from lms.organizations import rules, service
from lms.organizations.models import GEOGRAPHIES, KINDS, POPULATIONS
from lms.organizations.service import Imported

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
