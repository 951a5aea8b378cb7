"""Commands of the signing keys: making, rotating, retiring, and what to do when somebody else may have one."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import AppGroup

from lms.certificates import jobs, queries, service
from lms.certificates.cli.shared import config_of, fail
from lms.certificates.jobs.keyring.chain import is_issued_by
from lms.certificates.jobs.keyring.making import make_key, make_missing, provider_of
from lms.certificates.jobs.transcripts import issuer_of
from lms.certificates.queries import PublicKey
from lms.certificates.rules.kinds import ALGORITHMS, SIGNING_PURPOSES
from lms.certificates.service import NewKey
from lms.clock import now
from lms.content.library import current
from lms.db import reading, write

keys_group = AppGroup("keys", help="Signing keys: their private halves are encrypted files in LMS_KEYS_DIR.")
_PURPOSES = click.Choice(tuple(ALGORITHMS))


@keys_group.command("list")
def list_keys() -> None:
    """List every key: its id, what it signs, since when, until when, and whether this machine can sign with it."""
    provider = provider_of(config_of())
    for key in queries.list_keys(reading()):
        ended = key.compromised_at or key.retired_at
        state = "compromised" if key.compromised_at else "retired" if key.retired_at else "in force"
        until = f" until {ended:%Y-%m-%d}" if ended else ""
        here = "" if provider.holds(key.key_id) else ", private half not here"
        since = f"{state} since {key.activated_at:%Y-%m-%d}{until}"
        click.echo(f"{key.key_id}  {key.purpose:<5}  {key.algorithm:<7}  {since}{here}")


@keys_group.command("create")
def create_keys() -> None:
    """Make the keys that certificates need and this site has not: badge, jwt, page, code, and the root of pages."""
    queries.list_keys(reading())  # without tables this fails before a file is made that no row will name
    made = make_missing(config_of(), SIGNING_PURPOSES, at=now(), issuer=_issuer())
    _say_made(made)
    where = config_of().keys_dir
    click.echo(
        f"The private halves are in {where}; keep a copy, and the passphrase, in two safe places."
        if made
        else "There is a key of each kind; `lms keys rotate` makes new ones."
    )


@keys_group.command("rotate")
@click.option("--purpose", "purposes", type=_PURPOSES, multiple=True, help="Only these; all but the root without it.")
def rotate_keys(purposes: tuple[str, ...]) -> None:
    """Make new keys and retire those before them; what is reserved under them is still finished."""
    for purpose in purposes or SIGNING_PURPOSES:
        old = [key for key in queries.list_keys(reading()) if key.purpose == purpose and key.is_in_force]
        _replace(purpose)
        for key in old:
            write(lambda session, key=key: service.retire_key(session, key.key_id, at=now()))  # type: ignore[misc]
            click.echo(f"{key.key_id} ({purpose}) is retired.")


@keys_group.command("retire")
@click.argument("key_id")
def retire_key(key_id: str) -> None:
    """Give no new certificate this key. What it signed stays good, and is verified with it for ever."""
    _known(key_id)
    write(lambda session: service.retire_key(session, key_id, at=now()))
    click.echo(f"{key_id} is retired.")


@keys_group.command("compromise")
@click.argument("key_id")
@click.option("--dry-run", is_flag=True, help="Only say how many certificates would be issued again.")
@click.option("--no-issue", is_flag=True, help="Leave issuing again to the scheduler.")
def compromise_key(key_id: str, *, dry_run: bool, no_issue: bool) -> None:
    """Somebody else may have this key: nothing that it signed counts any more, and all of it is issued again.

    The key leaves the published documents, a new one takes its place, and every certificate that was signed with it
    becomes a new edition. It may be stopped anywhere: this command again goes on, and makes only what is missing.
    """
    found = _known(key_id)
    affected = [found, *(_below(found) if found.purpose == "root" else ())]
    count = queries.count_signed_with(reading(), [key.key_id for key in affected])
    if dry_run:
        click.echo(f"{count} certificates would be issued again.")
        return
    for key in affected:
        write(lambda session, key=key: service.compromise_key(session, key.key_id, at=now()))  # type: ignore[misc]
        click.echo(f"{key.key_id} ({key.purpose}) is compromised.")
    _say_made(make_missing(config_of(), dict.fromkeys(key.purpose for key in affected), at=now(), issuer=_issuer()))
    if not no_issue:
        limit = _left()
        with click.progressbar(length=limit, label="Issuing", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            jobs.finish_issues(current_app, at=now(), limit=limit, told=lambda done: bar.update(max(0, done - bar.pos)))
    click.echo(f"{_left()} certificates are left to issue again.")
    click.echo("Now give every department a new folder of trust: `lms certificates trust-bundle DIR`.")


def _left() -> int:
    """Return how many certificates still have to be reserved anew, or to be released."""
    found = queries.count_to_rekey(reading()) + queries.count_waiting(reading())
    reading().rollback()
    return found


def _known(key_id: str) -> PublicKey:
    """Return a key of the database; end the command when there is none of that id."""
    for key in queries.list_keys(reading()):
        if key.key_id == key_id:
            return key
    fail(f"There is no key {key_id}.")
    raise AssertionError("unreachable")  # pragma: no cover


def _below(root: PublicKey) -> list[PublicKey]:
    """Return the page keys that a root vouches for, also those that are marked: a command that was killed goes on."""
    return [
        key
        for key in queries.list_keys(reading())
        if key.purpose == "page"
        and key.certificate is not None
        and root.certificate is not None
        and is_issued_by(key.certificate, root.certificate)
    ]


def _replace(purpose: str) -> None:
    """Make a key for one purpose, and say so."""
    _say_made(make_key(config_of(), purpose, at=now(), issuer=_issuer()))


def _say_made(made: list[NewKey]) -> None:
    """Name the keys that were made."""
    for key in made:
        click.echo(f"{key.key_id} ({key.purpose}) is in force.")


def _issuer() -> str:
    """Return who issues certificates; "" before anything is published."""
    return issuer_of(current(reading()), "")
