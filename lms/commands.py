"""The command `lms`: gathers every feature's commands. Exit status 0 done, 1 bad input, 2 wrong usage."""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import FlaskGroup
from waitress import serve as waitress_serve

from lms import doctor
from lms.app import create_app
from lms.certificates import cli as certificates_cli
from lms.config import BadSettings, Config
from lms.demo.cli import group as demo
from lms.errors import BadInput
from lms.organizations import cli as organizations_cli
from lms.people import cli as people_cli
from lms.publish import content
from lms.reports import cli as reports_cli
from lms.scheduler import cli as scheduler_cli

THREADS = 8


#: Commands that prepare an installation, and so may run before it has a signing key.
PREPARING = {"db", "keys"}


def _create_app() -> Flask:
    context = click.get_current_context(silent=True)
    command = context.find_root().invoked_subcommand if context else None
    return create_app(Config.from_env(need_keys=command not in PREPARING))


cli = FlaskGroup(
    name="lms",
    create_app=_create_app,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    help="Training and certification of community health workers, promotores and representatives.",
)

for group in (
    content,
    demo,
    certificates_cli.group,
    certificates_cli.keys_group,
    organizations_cli.group,
    people_cli.group,
    reports_cli.group,
    scheduler_cli.group,
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
    """Run `lms` and turn bad input and bad settings into lines on standard error."""
    try:
        cli.main()
    except BadInput as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(1)
    except BadSettings as error:
        click.echo(str(error), err=True)
        sys.exit(2)
