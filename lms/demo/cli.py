"""`lms demo load` and `lms demo serve`."""

from __future__ import annotations

import time

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import upgrade
from sqlalchemy import inspect
from waitress import serve as waitress_serve

from lms.app import create_app
from lms.config import Config
from lms.db import db
from lms.demo.accounts import ACCOUNTS, PASSPHRASE
from lms.demo.load import holding, load
from lms.scheduler.loop import start_thread

THREADS = 8
#: Why the demonstration is not loaded, and what to do, by what the database holds.
REFUSED = {
    "people": "This database holds people already, and nothing was changed: name an empty one in LMS_DATABASE_URL.",
    "content": "This database holds published content already, and the demonstration publishes its own; nothing was "
    "changed: name an empty database in LMS_DATABASE_URL, or throw away what `make demo` began by `make demo-reset`.",
}
group = AppGroup("demo", help="The demonstration: invented people and organizations.")


@group.command("load")
def load_command() -> None:
    """Load the demonstration into an empty database. Refused in production."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 -- Flask's own way
    refuse_production(app.config["LMS"])
    if (held := holding(db.engines["write"])) is not None:
        raise click.ClickException(REFUSED[held])
    prepare(app)
    workers = load(app, click.echo)
    click.echo(f"{workers} invented workers are loaded.")


@group.command("serve", with_appcontext=False)
@click.option("--port", default=5000, show_default=True, envvar="PORT")
@click.option("--host", default="127.0.0.1", show_default=True)
def serve_command(port: int, host: str) -> None:
    """Create and load what is missing, start the jobs, and serve."""
    config = Config.from_env()
    refuse_production(config)
    app = create_app(config)
    begun = time.monotonic()
    with app.app_context():
        held = holding(db.engines["write"])
        if held == "content":
            raise click.ClickException(REFUSED[held])
        prepare(app)
        if held is None:
            load(app, click.echo)
            click.echo(f"Loaded in {time.monotonic() - begun:.0f} s.")
        db.session.remove()
    loop = start_thread(app)
    _print_accounts(config)
    try:
        waitress_serve(app, host=host, port=port, threads=THREADS, ident=None)
    finally:
        loop.stop()


def prepare(app: Flask) -> None:
    """Bring the database's tables up to date."""
    with app.app_context():
        fresh = not inspect(db.engines["write"]).has_table("alembic_version")
        upgrade()
        if fresh:
            click.echo("the database is made")


def refuse_production(config: Config) -> None:
    """Stop when this is a real installation: invented people do not belong there."""
    if config.env == "production":
        raise click.ClickException("The demonstration is not loaded where LMS_ENV is production.")


def _print_accounts(config: Config) -> None:
    """Print where to look and how to sign in."""
    click.echo(f"\nOpen {config.base_url}\n\nAccounts, all with the passphrase  {PASSPHRASE}\n")
    for account in ACCOUNTS:
        click.echo(f"  {account.email:<32} {account.role:<14} {account.name}")
    click.echo("\nAll people and organizations are invented. Stop with Ctrl+C.")
