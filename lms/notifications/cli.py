"""Commands of letters: note that an address bounced, for those whose provider tells it by mail."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from lms.clock import now
from lms.db import reading, write
from lms.notifications import queries, service
from lms.people.rules import normal_email

group = AppGroup("letters", help="Letters: what came back.")


@group.command("bounced")
@click.argument("address")
@click.option("--reason", default="bounced", show_default=True, help="What the server said.")
def bounced(address: str, reason: str) -> None:
    """Note that ADDRESS refuses letters: none goes there until its owner has proven it anew."""
    email = normal_email(address)
    if email is None:
        raise click.BadParameter("This is not an e-mail address.", param_hint="ADDRESS")
    if not queries.knows_address(reading(), email):
        click.echo("Nothing was ever sent to this address.", err=True)
        sys.exit(1)
    noted = write(lambda session: service.note_bounce(session, "email", email, reason, at=now()))
    click.echo("noted" if noted else "known already")
