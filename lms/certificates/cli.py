"""Commands of certificates: finishing, revoking, checking offline, samples; and the signing keys."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import click
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.certificates import jobs, queries, service
from lms.certificates.jobs import checking, keyring, samples
from lms.certificates.jobs.checking import CheckFailedError
from lms.certificates.rules.decisions import REVOKE_REASONS
from lms.certificates.rules.serials import read_serial, show_serial
from lms.clock import local_date, now
from lms.config import Config
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.people.queries import find_identity, find_session_id, list_candidates
from lms.people.rules import normal_identifier

group = AppGroup("certificates", help="Finish, revoke and check certificates.")
keys_group = AppGroup("keys", help="Signing keys: their private halves are files in LMS_KEYS_DIR.")
_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _config() -> Config:
    found: Config = current_app.config["LMS"]
    return found


def _fail(message: str) -> None:
    """Say what is wrong on standard error and exit with status 1."""
    click.echo(message, err=True)
    sys.exit(1)


@group.command("issue")
@click.option("--limit", default=10_000, show_default=True, help="Release at most so many.")
def issue(limit: int) -> None:
    """Sign, draw, check and release the certificates that are reserved; exit 1 when some are left."""
    released = jobs.finish_issues(current_app, at=now(), limit=limit)
    left = queries.count_waiting(reading())
    click.echo(f"{released} released, {left} left.")
    if left:
        sys.exit(1)


@group.command("check")
def check() -> None:
    """Read every released certificate again and list those whose files are missing, altered or do not verify."""
    problems = jobs.check_issued(_config(), at=now())
    for problem in problems:
        click.echo(problem.text)
    if problems:
        sys.exit(1)
    click.echo("Every released certificate is whole.")


@group.command("revoke")
@click.argument("serial")
@click.option("--reason", type=click.Choice(REVOKE_REASONS), required=True)
@click.option("--note", default="", help="Needed with the reason `other`.")
@click.option("--by", "first", required=True, metavar="E-MAIL", help="The certifier who asks.")
@click.option("--confirmed-by", "second", metavar="E-MAIL", help="The second person, who has agreed.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
def revoke(serial: str, reason: str, note: str, first: str, second: str | None, *, dry_run: bool) -> None:
    """Ask to revoke a certificate and, with the agreement of a second person, revoke it for good."""
    plain = read_serial(serial)
    known = queries.find_known(reading(), plain) if plain else None
    if known is None:
        _fail("This number is mistyped." if plain is None else "No certificate has this number.")
        return
    what = "revoked for good" if second else "marked for a second person to revoke"
    try:
        change = _revocation(known, reason, note.strip(), people=(first, second))
        _try_out(change) if dry_run else write(change)
    except (NotFound, RuleBroken) as error:
        _fail(f"Refused: {error or 'this person may not do it'}")
    click.echo(f"{show_serial(known.serial)} {'would be' if dry_run else 'is'} {what}.")


def _revocation(
    known: queries.Known, reason: str, note: str, *, people: tuple[str, str | None]
) -> Callable[[Session], None]:
    """Return what writes the request, or takes the same one that waits, and confirms it where a second is named."""
    asker = _actor(people[0])
    confirmer = _actor(people[1]) if people[1] else None

    def change(session: Session) -> None:
        waiting = queries.find_open_revocation(session, known.award_id)
        if waiting and (waiting.reason_code, waiting.note, waiting.requested_by) != (reason, note, asker.account_id):
            raise RuleBroken("another_request_waits")
        request_id = (
            waiting.public_id
            if waiting
            else service.request_revocation(session, asker, known.public_id, reason, note, at=now())
        )
        if confirmer is not None:
            service.settle_revocation(session, confirmer, request_id, confirm=True, at=now())

    return change


class _TriedOut(Exception):
    """Ends a transaction that must change nothing."""


def _try_out(change: Callable[[Session], None]) -> None:
    """Do `change` and take it back; raise what it raises."""

    def do(session: Session) -> None:
        change(session)
        raise _TriedOut

    with suppress(_TriedOut):
        write(do)


def _actor(identifier: str) -> Actor:
    """Return the actor whom an e-mail address names; raise `NotFound`."""
    normal = normal_identifier(identifier)
    candidates = list_candidates(reading(), normal) if normal else []
    session_id = find_session_id(reading(), candidates[0].account_id) if len(candidates) == 1 else None
    identity = find_identity(reading(), session_id) if session_id else None
    if identity is None:
        raise NotFound(f"no account for {identifier}")
    return Actor(
        account_id=identity.account_id,
        person_id=identity.person_id,
        public_id=identity.person_public_id,
        name=identity.name,
        language=identity.language,
        today=local_date(now()),
        roles=identity.roles,
    )


@group.command("verify", with_appcontext=False)
@click.argument("file", type=_FILE)
@click.option("--trust", "folder", type=_FOLDER, required=True, help="Folder with the public keys, `*.pub.pem`.")
@click.option("--pdf", "page", type=_FILE, help="Also check that this PDF belongs to it.")
@click.option("--base-url", default="", help="The address that the PDF's code should lead to.")
def verify(file: Path, folder: Path, page: Path | None, base_url: str) -> None:
    """Check a JSON certificate offline with public keys that you trust. Says nothing of later revocation."""
    try:
        checked = checking.check_json(file.read_bytes(), read_trust(folder))
        if page:
            checking.check_pdf(page.read_bytes(), checked, base_url=base_url.rstrip("/"))
    except CheckFailedError as error:
        _fail(f"{file}: {error}")
        return
    payload = checked.payload
    click.echo(f"{payload['serial']} edition {payload['edition']}: the signature is good (key {checked.key_id}).")
    click.echo(f"{payload['name']}: {payload['track']['title']['en']}, awarded on {payload['awarded_on']}")
    click.echo(f"Valid until {payload['valid_until'] or 'no end'}. Look up its state at the issuer's check page.")


def read_trust(folder: Path) -> dict[str, bytes]:
    """Return the public keys in a folder by id; the file `<id>.pub.pem` holds one. Raises `CheckFailedError`."""
    found = {}
    for path in sorted(folder.glob("*.pub.pem")):
        try:
            key = serialization.load_pem_public_key(path.read_bytes())
        except ValueError as error:
            raise CheckFailedError(f"{path.name} holds no public key") from error
        if isinstance(key, Ed25519PublicKey):
            found[path.name.removesuffix(".pub.pem")] = key.public_bytes(
                serialization.Encoding.Raw, serialization.PublicFormat.Raw
            )
    return found


@group.command("samples")
@click.argument("folder", type=_FOLDER)
@click.option("--count", default=8, show_default=True, type=click.IntRange(1, 1000))
def write_samples(folder: Path, count: int) -> None:
    """Write the PDF and JSON of sample certificates of invented people, and the key that signs them."""
    config = _config()
    if config.env == "production":
        _fail("Samples are not made where real certificates are.")
    try:
        paths = samples.write_samples(reading(), config, folder, count=count, today=local_date(now()))
    except RuleBroken:
        _fail("No published track leads to a certificate; run `lms content publish` first.")
        return
    click.echo(f"{len(paths)} files in {folder}")


@keys_group.command("list")
def list_keys() -> None:
    """List every key: its id, since when, until when, and whether this machine can sign with it."""
    for key in queries.list_keys(reading()):
        ended = key.compromised_at or key.retired_at
        state = "compromised" if key.compromised_at else "retired" if key.retired_at else "in force"
        until = f" until {ended:%Y-%m-%d}" if ended else ""
        here = "" if keyring.holds_key(_config().keys_dir, key.key_id) else ", private half not here"
        click.echo(f"{key.key_id}  {key.algorithm}  {state} since {key.activated_at:%Y-%m-%d}{until}{here}")


@keys_group.command("create")
def create_key() -> None:
    """Make a key and put it in force; older ones stay in force beside it until they are retired."""
    queries.list_keys(reading())  # without tables this fails before a file is made that no row will name
    pair = keyring.create_key(_config().keys_dir)
    write(lambda session: service.add_key(session, pair.key_id, pair.public_key, at=now()))
    click.echo(f"{pair.key_id} is in force. Its private half is in {_config().keys_dir}; keep a copy in a safe place.")


@keys_group.command("rotate")
@click.pass_context
def rotate_key(context: click.Context) -> None:
    """Make a new key and retire all others; certificates that are reserved under them are still finished."""
    old = [key.key_id for key in queries.list_keys(reading()) if not key.retired_at and not key.compromised_at]
    context.invoke(create_key)
    for key_id in old:
        write(lambda session, key_id=key_id: service.retire_key(session, key_id, at=now()))  # type: ignore[misc]
        click.echo(f"{key_id} is retired.")


@keys_group.command("retire")
@click.argument("key_id")
@click.option("--compromised", is_flag=True, help="Somebody else may have it: nothing more is signed with it.")
def retire_key(key_id: str, *, compromised: bool) -> None:
    """Give no new certificate this key. What it signed stays good, unless it is compromised."""
    mark = service.compromise_key if compromised else service.retire_key
    try:
        write(lambda session: mark(session, key_id, at=now()))
    except NotFound:
        _fail(f"There is no key {key_id}.")
    click.echo(f"{key_id} is {'compromised' if compromised else 'retired'}.")


@keys_group.command("export")
@click.argument("folder", type=_FOLDER)
def export_keys(folder: Path) -> None:
    """Write the public half of every key into a folder, for `lms certificates verify --trust`."""
    folder.mkdir(parents=True, exist_ok=True)
    for key in queries.list_keys(reading()):
        public = Ed25519PublicKey.from_public_bytes(key.public_key)
        pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        (folder / f"{key.key_id}.pub.pem").write_bytes(pem)
        click.echo(f"{key.key_id}.pub.pem")
