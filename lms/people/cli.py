"""Commands of people."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from lms.clock import now
from lms.config import Config
from lms.db import write
from lms.errors import RuleBroken
from lms.people import rules, service
from lms.people.messages import sentence
from lms.people.models import LANGUAGES
from lms.people.service import Invited

group = AppGroup("people", help="Persons and accounts.")


@group.command("create-administrator")
@click.argument("email")
@click.option("--name", default="Administrator", show_default=True, help="The name; she can correct it.")
@click.option("--language", default="en", show_default=True, type=click.Choice(LANGUAGES), help="Her language.")
def create_administrator(email: str, name: str, language: str) -> None:
    """Invite a first administrator and print the invitation link, which works once, for seven days."""

    def invite(session: Session) -> Invited:
        at = now()
        invited = service.invite(session, None, name=name, language=language, email=email, at=at)
        service.grant_role(session, None, invited.person_public_id, "administrator", at=at)
        return invited

    try:
        invited = write(invite)
    except RuleBroken as error:
        click.echo(sentence(error), err=True)
        raise SystemExit(1) from None
    config: Config = current_app.config["LMS"]
    click.echo(f"{config.base_url}/invitation/{rules.link_token(config.secret_key, invited.link_public_id)}")
