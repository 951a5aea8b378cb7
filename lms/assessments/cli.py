"""The command `lms quizzes`: question banks in and out, as Moodle GIFT and Moodle XML."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from flask.cli import AppGroup

from lms.assessments.items.asked import Skipped
from lms.assessments.rules.exchange.files import FORMATS
from lms.assessments.service.exchanging import (
    Imported,
    Module,
    Wanted,
    credited,
    export_file,
    import_file,
)
from lms.clock import local_date, now
from lms.config import ROOT
from lms.content.shapes import Shape
from lms.errors import BadInput, NotFound

_Command = Callable[..., Any]
_T = TypeVar("_T")


def _shared(command: _Command) -> _Command:
    """Add the options that both ways need."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print the result as JSON."),
        click.option(
            "--content",
            "directory",
            envvar="LMS_CONTENT_DIR",
            default=ROOT / "content",
            type=click.Path(file_okay=False, path_type=Path),
            help="The folder of content files.",
        ),
        click.option("--module", "key", required=True, metavar="KEY", help="The module whose quiz it is."),
        click.option("--format", "form", required=True, type=click.Choice([*FORMATS]), help="The format of FILE."),
    ):
        command = option(command)
    return command


def make_group(shapes: Sequence[Shape]) -> AppGroup:
    """Return the commands; `shapes` are the kinds of content files, which the roof alone knows all."""
    group = AppGroup("quizzes", help="Bring questions in from Moodle, and hand them out.")

    @group.command("import", with_appcontext=False)
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @_shared
    @click.option("--competency", default="", metavar="KEY", help="What new questions count for that do not say so.")
    @click.option("--feedback", default="", metavar="TEXT", help="The feedback of new questions that have none.")
    @click.option("--dry-run", is_flag=True, help="Print what would happen; write nothing.")
    def import_command(
        file: Path,
        form: str,
        key: str,
        directory: Path,
        competency: str,
        feedback: str,
        *,
        as_json: bool,
        dry_run: bool,
    ) -> None:
        """Bring the questions of FILE into the quiz.yml of a module.

        A question with an id that is there replaces it where it differs; others are added at the end. The file as it
        was exported changes nothing. What quizzes here do not have is named as skipped. Needs no database.
        """
        module = Module(directory, key, shapes)
        if competency and competency not in _found(key, lambda: credited(module)):
            raise click.UsageError(f"the module {key} gives no credit for {competency}")
        wanted = Wanted(file, form, competency, feedback, local_date(now()))
        done = _found(key, lambda: import_file(module, wanted, dry_run=dry_run))
        _print_import(done, as_json=as_json, dry_run=dry_run)

    @group.command("export", with_appcontext=False)
    @click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
    @_shared
    def export_command(file: Path, form: str, key: str, directory: Path, *, as_json: bool) -> None:
        """Write the questions of a module to FILE, in English.

        What Moodle cannot ask stands there in notes, which come back when the file is imported here. Needs no database.
        """
        done = _found(key, lambda: export_file(Module(directory, key, shapes), form))
        file.write_text(done.text, encoding="utf-8", newline="\n")
        if as_json:
            _print_json({"counts": dict(done.counts), "skipped": _told(done.skipped), "problems": []})
            return
        click.echo(f"{_counted(done.counts)} written to {file}.")
        for each in done.skipped:
            click.echo(f"not for Moodle: {each}")

    return group


def _found(key: str, action: Callable[[], _T]) -> _T:
    """Return what `action` returns; say as wrong usage that there is no such module, or that it has no quiz."""
    try:
        return action()
    except NotFound as error:
        raise click.UsageError(f"there is no module {key}, or it has no quiz") from error


def _print_import(done: Imported, *, as_json: bool, dry_run: bool) -> None:
    """Print what happened; raise `BadInput` when nothing did, for its problems."""
    plan = done.plan
    for each in done.warnings:
        click.echo(f"{each.path}:{each.line}:{each.column}: warning: {each.message}", err=True)
    if as_json:
        _print_json(
            {
                "dry_run": dry_run,
                "counts": dict(plan.counts),
                "created": plan.created,
                "changed": plan.changed,
                "unchanged": plan.unchanged,
                "skipped": _told(plan.skipped),
                "problems": [
                    {"path": each.path, "line": each.line, "column": each.column, "message": each.message}
                    for each in done.problems
                ],
            }
        )
    if done.problems:
        raise BadInput(done.problems)
    if not as_json:
        _print_lines(done, dry_run=dry_run)


def _print_lines(done: Imported, *, dry_run: bool) -> None:
    plan = done.plan
    would = "would be " if dry_run else ""
    for word, names in (("created", plan.created), ("changed", plan.changed)):
        for name in names:
            click.echo(f"{word}: {name} ({plan.items[name]['type']})")
    for each in plan.skipped:
        click.echo(f"skipped{' in part' if each.is_part else ''}: {each}")
    for catalog in done.translations:
        click.echo(str(catalog))
    click.echo(
        f"{_counted(plan.counts)}: {len(plan.created)} {would}created, {len(plan.changed)} {would}changed, "
        f"{len(plan.unchanged)} unchanged; {sum(not each.is_part for each in plan.skipped)} skipped."
    )


def _counted(counts: Mapping[str, int]) -> str:
    listed = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
    return f"{sum(counts.values())} questions ({listed})" if listed else "0 questions"


def _told(skipped: Sequence[Skipped]) -> list[dict[str, Any]]:
    return [{"line": each.line, "name": each.name, "message": each.message, "part": each.is_part} for each in skipped]


def _print_json(data: Mapping[str, Any]) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))
