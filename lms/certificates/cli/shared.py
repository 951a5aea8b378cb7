"""What both groups of commands use."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import current_app

from lms.config import Config

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def config_of() -> Config:
    """Return the settings of this application."""
    found: Config = current_app.config["LMS"]
    return found


def fail(message: str) -> None:
    """Say what is wrong on standard error and exit with status 1."""
    click.echo(message, err=True)
    sys.exit(1)
