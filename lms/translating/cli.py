"""The command `lms content take`: what translators wrote at the desk goes into the PO files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from flask.cli import with_appcontext

from lms.clock import local_date, now
from lms.config import ROOT
from lms.content.folder import LOCALES, read_folder
from lms.content.shapes import Shape
from lms.db import reading
from lms.errors import BadInput
from lms.translating.service.taking import Taking, look_what_to_take, write_taken

#: What is said of a proposal that stays at the desk.
_STAYS = {
    "conflict": "conflict: the file has other words than those it was made upon; both stay",
    "waits": "waits: the words here are approved, and give way only to approved ones",
    "older": "of older English: it waits at the desk",
    "draft": "still being written",
    "gone": "its sentence is gone",
}
#: What is settled and needs no word.
_DONE = ("same", "undone")


def make_take(shapes: Sequence[Shape]) -> click.Command:
    """Return the command; `shapes` say what a content folder holds."""

    @click.command("take")
    @click.argument(
        "directory",
        envvar="LMS_CONTENT_DIR",
        default=ROOT / "content",
        type=click.Path(file_okay=False, path_type=Path),
    )
    @click.option("--locale", multiple=True, type=click.Choice(LOCALES), help="Only this language; may be repeated.")
    @click.option("--dry-run", is_flag=True, help="Print what would be taken; write nothing.")
    @with_appcontext
    def take_command(directory: Path, locale: tuple[str, ...], *, dry_run: bool) -> None:
        """Take what translators wrote at the desk into the PO files of DIRECTORY, with who reviewed and approved it."""
        folder = read_folder(directory, shapes)
        if folder.problems:
            raise BadInput(folder.problems)
        taking = look_what_to_take(reading(), folder, locale or LOCALES, local_date(now()))
        if not dry_run:
            write_taken(taking)
        _print(taking, dry_run=dry_run)

    return take_command


def _print(taking: Taking, *, dry_run: bool) -> None:
    for each in sorted(taking.outcomes, key=lambda one: (one.path, one.line, one.address)):
        if each.what not in _DONE:
            said = f"conflict: {each.why}" if each.why else _STAYS.get(each.what, f"taken: {each.state}")
            click.echo(f"{each.path}:{each.line}: {each.address}: {said}")
    verb = "would be" if dry_run else "were"
    click.echo(
        f"{taking.count('taken')} sentences {verb} taken into {len(taking.files)} files; "
        f"{taking.count('conflict')} conflicts."
    )
