"""The command `lms`: gathers every feature's commands. Exit status 0 done, 1 bad input, 2 wrong usage."""

from __future__ import annotations

import sys
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, ScriptInfo
from flask_migrate.cli import db as migrations
from sqlalchemy.exc import DBAPIError
from waitress import serve as waitress_serve

from lms import doctor
from lms.app import create_app
from lms.assessments import cli as assessments_cli
from lms.audit import cli as audit_cli
from lms.certificates import cli as certificates_cli
from lms.config import BadSettings, Config
from lms.demo.cli import group as demo
from lms.errors import BadInput
from lms.notifications import cli as notifications_cli
from lms.organizations import cli as organizations_cli
from lms.people import cli as people_cli
from lms.publish import SHAPES, content
from lms.reports import cli as reports_cli
from lms.scheduler import cli as scheduler_cli
from lms.tracks import cli as tracks_cli
from lms.training import cli as training_cli
from lms.translating import cli as translating_cli

THREADS = 8


#: Commands that prepare an installation, and so may run before it has a signing key.
PREPARING = {"db", "keys"}
#: What PostgreSQL calls a table or a column that is not there.
_UNDEFINED = {"42P01", "42703"}


def _create_app() -> Flask:
    context = click.get_current_context(silent=True)
    command = context.find_root().invoked_subcommand if context else None
    return create_app(Config.from_env(need_keys=command not in PREPARING))


class Program(AppGroup):
    """A group that makes the application when a command needs it: helping, and checking content, need none."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Return the context, with how to make the application."""
        extra.setdefault("obj", ScriptInfo(create_app=_create_app, set_debug_flag=False))
        return super().make_context(info_name, args, parent=parent, **extra)


cli = Program(
    name="lms", help="Training and certification of community health workers, promotores and representatives."
)

people_cli.group.add_command(organizations_cli.import_people)
content.add_command(translating_cli.make_take(SHAPES))

for group in (
    migrations,
    content,
    demo,
    assessments_cli.make_group(SHAPES),
    audit_cli.group,
    certificates_cli.group,
    certificates_cli.keys_group,
    notifications_cli.group,
    organizations_cli.group,
    people_cli.group,
    reports_cli.group,
    scheduler_cli.group,
    training_cli.group,
    tracks_cli.group,
    doctor.command,
):
    cli.add_command(group)


@cli.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, envvar="PORT")
@click.option("--threads", default=THREADS, show_default=True)
def serve(host: str, port: int, threads: int) -> None:
    """Serve the site from this one process; behind a proxy, or for a small installation."""
    waitress_serve(_create_app(), host=host, port=port, threads=threads, ident=None)


def main() -> None:
    """Run `lms` and turn bad input, bad settings and missing tables into lines on standard error."""
    try:
        cli.main()
    except BadInput as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(1)
    except BadSettings as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except DBAPIError as error:
        if not _lacks_tables(error):
            raise
        click.echo("The database has no tables yet, or those of an older release: run `lms db upgrade`.", err=True)
        sys.exit(2)


def _lacks_tables(error: DBAPIError) -> bool:
    """Return whether a statement failed because a table or a column is not there."""
    said = str(error.orig)
    missing = "no such table" in said or "no such column" in said or "has no column named" in said
    return missing or getattr(error.orig, "sqlstate", None) in _UNDEFINED
