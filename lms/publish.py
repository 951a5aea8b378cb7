"""The roof over content: tells the pipeline what each feature's files look like, and holds `lms content`."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from lms.assessments.specs import QuizSpec
from lms.audit import service as audit
from lms.certificates.specs import CertificateSpec
from lms.clock import now
from lms.competencies.specs import FrameworkSpec
from lms.config import ROOT
from lms.content import service
from lms.content.checks import Checked, check_folder
from lms.content.extraction import extract, write_extracted
from lms.content.folder import Folder, read_folder
from lms.content.library import SOURCE_LOCALE
from lms.content.service import Published
from lms.content.shapes import Shape
from lms.content.status import COUNTED, TrackStatus, list_status
from lms.courses.specs import LessonFile, ModuleFile, module_faults
from lms.db import reading, write
from lms.errors import BadInput, Problem
from lms.fieldwork.specs import ChecklistSpec
from lms.surveys.specs import SurveySpec
from lms.tracks.specs import TrackSpec

SHAPES = (
    Shape("framework", "frameworks", {"{key}.yml": FrameworkSpec}, offers=("competency", "level")),
    Shape(
        "module",
        "modules",
        {"module.yml": ModuleFile, "lessons/*.md": LessonFile, "quiz.yml": QuizSpec},
        optional=frozenset({"quiz.yml"}),
        faults=module_faults,
    ),
    Shape("survey", "surveys", {"{key}.yml": SurveySpec}),
    Shape("track", "tracks", {"{key}.yml": TrackSpec}),
    Shape("certificate", "certificates", {"{key}.yml": CertificateSpec}),
    Shape("checklist", "checklists", {"{key}.yml": ChecklistSpec}, is_optional=True),
)


#: What people are in the middle of: it is retired only when somebody says so.
TAUGHT = {"track", "module"}


def _shown(directory: Path) -> str:
    """Return how problems call a folder."""
    return os.path.relpath(directory) if directory.resolve().is_relative_to(Path.cwd()) else str(directory)


def check_directory(directory: Path) -> tuple[Folder, Checked]:
    """Return what stands in `directory` and what is wrong with it. Needs no database."""
    folder = read_folder(directory, SHAPES, _shown(directory))
    return folder, check_folder(folder)


def _refuse_loss(directory: Path, answer: Published, retire: Collection[str] | None) -> None:
    """Raise `BadInput` when publishing would retire a track or a module that `retire` does not name."""
    if retire is None:
        return
    gone = (each for each in sorted(answer.changes) if each.what == "retired" and each.locale == SOURCE_LOCALE)
    places = {shape.kind: f"{_shown(directory)}/{shape.folder}" for shape in SHAPES if shape.kind in TAUGHT}
    problems = [
        Problem(f"{places[it.kind]}/{it.key}", 1, 1, f"this {it.kind} is gone; put it back, or say --retire {it.key}")
        for it in gone
        if it.kind in TAUGHT and it.key not in retire
    ]
    if problems:
        raise BadInput(problems)


def publish_directory(
    directory: Path,
    *,
    at: datetime,
    actor_account_id: int | None = None,
    dry_run: bool = False,
    retire: Collection[str] | None = None,
) -> Published:
    """Publish `directory` in one transaction and return what changed; with `dry_run` nothing is written.

    `retire` names the tracks and modules that may disappear, None any. Raises `BadInput` with every problem, and
    then nothing is written either.
    """
    folder, checked = check_directory(directory)
    if checked.problems:
        raise BadInput(checked.problems)
    drafts = tuple(service.drafts_of(folder))
    if dry_run:
        answer = service.compare(reading(), drafts)
        _refuse_loss(directory, answer, retire)
        return answer

    def publish(session: Session) -> Published:
        answer = service.publish(session, drafts, actor_account_id, at=at)
        _refuse_loss(directory, answer, retire)
        if answer.is_new:
            subject = str(answer.number)
            audit.record(session, actor_account_id, "content.published", "publication", subject, at=at)
        return answer

    return write(publish)


content = AppGroup("content", help="Check, publish and translate what is taught.")
_directory = click.argument(
    "directory",
    envvar="LMS_CONTENT_DIR",
    default=ROOT / "content",
    type=click.Path(file_okay=False, path_type=Path),
)


def _checked(directory: Path) -> Folder:
    """Return the folder, with warnings printed; raise `BadInput` when it has problems."""
    folder, checked = check_directory(directory)
    for each in checked.warnings:
        click.echo(f"{each.path}:{each.line}:{each.column}: warning: {each.message}", err=True)
    if checked.problems:
        raise BadInput(checked.problems)
    return folder


@content.command("check", with_appcontext=False)
@_directory
def check_command(directory: Path) -> None:
    """Check every content file and print each problem as path:line:column. Needs no database."""
    folder = _checked(directory)
    click.echo(f"{len(folder.objects)} objects, no problems.")


@content.command("publish")
@_directory
@click.option("--retire", multiple=True, metavar="KEY", help="A track or module that may disappear; else refused.")
@click.option("--dry-run", is_flag=True, help="Print what would change; write nothing.")
def publish_command(directory: Path, retire: tuple[str, ...], *, dry_run: bool) -> None:
    """Make DIRECTORY the current content, as a new numbered version."""
    answer = publish_directory(directory, at=now(), dry_run=dry_run, retire=retire)
    for change in answer.changes:
        click.echo(str(change))
    if not answer.is_new:
        click.echo(f"Nothing has changed. Version {answer.number} stays current.")
    else:
        click.echo(f"Version {answer.number} {'would be' if dry_run else 'is'} current: {len(answer.changes)} changes.")


@content.command("status", with_appcontext=False)
@_directory
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def status_command(directory: Path, *, as_json: bool) -> None:
    """Print how many words of each track are translated, by language and state of review. Needs no database."""
    rows = list_status(_checked(directory))
    if as_json:
        listed = [{"track": row.track, "language": row.locale, "total": row.total, **row.words} for row in rows]
        click.echo(json.dumps(listed, indent=2))
    else:
        _print_status(rows)


def _print_status(rows: list[TrackStatus]) -> None:
    width = max([len("track"), *(len(row.track) for row in rows)])
    click.echo(f"{'track':{width}}  language  words  {'  '.join(f'{state:>9}' for state in COUNTED)}")
    for row in rows:
        counts = "  ".join(f"{row.words[state]:>9}" for state in COUNTED)
        click.echo(f"{row.track:{width}}  {row.locale:8}  {row.total:>5}  {counts}")


@content.command("extract", with_appcontext=False)
@_directory
@click.option("--dry-run", is_flag=True, help="Print what would change; write nothing.")
def extract_command(directory: Path, *, dry_run: bool) -> None:
    """Bring every PO file up to date with its English, keeping all translations. Needs no database."""
    folder, _ = check_directory(directory)
    if folder.problems:
        raise BadInput(folder.problems)
    found = extract(folder)
    for each in found:
        click.echo(str(each))
    if not dry_run:
        write_extracted(found)
    click.echo(f"{len(found)} files {'would change' if dry_run else 'changed'}.")
