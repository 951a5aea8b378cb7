"""The group `lms content`, and what its commands share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import AppGroup

from lms.config import ROOT
from lms.content.folder import Folder
from lms.errors import BadInput, Problem
from lms.publish.service import check_directory

content = AppGroup("content", help="Check, publish and translate what is taught.")
in_directory = click.argument(
    "directory",
    envvar="LMS_CONTENT_DIR",
    default=ROOT / "content",
    type=click.Path(file_okay=False, path_type=Path),
)


def checked(directory: Path) -> Folder:
    """Return the folder, with warnings printed; raise `BadInput` when it has problems."""
    folder, found = check_directory(directory)
    warn(found.warnings)
    if found.problems:
        raise BadInput(found.problems)
    return folder


def warn(warnings: Iterable[Problem]) -> None:
    """Print what deserves a look, each at its place."""
    for each in warnings:
        click.echo(f"{each.path}:{each.line}:{each.column}: warning: {each.message}", err=True)
