"""The command `lms`: gathers the features' commands. Exit status 0 done, 1 bad input, 2 wrong usage."""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import FlaskGroup

from lms.config import BadSettings, Config
from lms.errors import BadInput

GROUPS: tuple[click.Command, ...] = ()


def register_commands(app: Flask) -> None:
    """Add every feature's commands to `app`."""
    for group in GROUPS:
        app.cli.add_command(group)


def main() -> None:
    """Run `lms`. The application is built only for commands that need it."""
    from lms.app import create_app  # noqa: PLC0415

    cli = FlaskGroup(create_app=lambda: create_app(Config.from_env()), add_version_option=False)
    try:
        cli.main(standalone_mode=True)
    except BadInput as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(1)
    except BadSettings as error:
        click.echo(str(error), err=True)
        sys.exit(2)
