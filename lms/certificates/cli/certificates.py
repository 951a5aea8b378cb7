"""Commands of certificates: finishing, revoking, checking offline, and samples."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.certificates import jobs, queries, service
from lms.certificates.cli.shared import FILE, FOLDER, config_of, fail
from lms.certificates.jobs import publishing, samples
from lms.certificates.jobs.checking import CheckFailedError, TranscriptVerdict, check_any, read_trust
from lms.certificates.jobs.keyring import KeyUnusableError
from lms.certificates.jobs.keyring.making import provider_of
from lms.certificates.rules.decisions import REVOKE_REASONS
from lms.certificates.rules.serials import read_serial, show_serial
from lms.clock import local_date, now
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.people.queries import find_identity, find_session_id, list_candidates
from lms.people.rules import normal_identifier

group = AppGroup("certificates", help="Finish, revoke and check certificates.")


@group.command("issue")
@click.option("--limit", default=10_000, show_default=True, help="Release at most so many, and draw as many pages.")
@click.option("--no-pages", is_flag=True, help="Release only; pages are drawn behind, or when somebody asks for one.")
def issue(limit: int, *, no_pages: bool) -> None:
    """Sign, check and release the certificates that are reserved, then draw their pages; exit 1 when some are left.

    It may be stopped anywhere and run again: it goes on where it was.
    """
    waiting = min(limit, _left()[0])
    with click.progressbar(length=waiting, label="Releasing", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        released = jobs.finish_issues(current_app, at=now(), limit=limit, pages=False, told=_advance(bar))
    if not no_pages:
        pages = min(limit, _left()[1])
        with click.progressbar(length=pages, label="Drawing", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            jobs.draw_pages(current_app, at=now(), limit=limit, told=_advance(bar))
    left, pageless = _left()
    click.echo(f"{released} released, {left} left; {pageless} pages to draw.")
    if left or (pageless and not no_pages):
        sys.exit(1)


def _left() -> tuple[int, int]:
    """Return how many certificates and pages are left, as the database has it now."""
    found = queries.count_waiting(reading()), queries.count_waiting_pages(reading())
    reading().rollback()
    return found


def _advance(bar: Any) -> Callable[[int], None]:
    """Return what moves a bar to a count."""
    return lambda done: bar.update(done - bar.pos)


@group.command("check")
def check() -> None:
    """Read every released certificate again and list those whose files are missing, altered or do not verify."""
    problems = jobs.check_issued(config_of(), at=now())
    for problem in problems:
        click.echo(problem.text)
    if problems:
        sys.exit(1)
    click.echo("Every released certificate is whole.")


@group.command("reissue")
@click.argument("serials", nargs=-1)
@click.option("--old", is_flag=True, help="Every one of the first format, which nobody else reads.")
@click.option("--dry-run", is_flag=True, help="Only say how many certificates would be issued again.")
def reissue(serials: tuple[str, ...], *, old: bool, dry_run: bool) -> None:
    """Reserve a new edition of certificates that states the same, in the format and under the keys of today.

    `issue`, or the scheduler, makes it. It may be stopped anywhere and run again.
    """
    if old == bool(serials):
        raise click.UsageError("Give serials, or --old.")
    plain = [read_serial(each) for each in serials]
    if None in plain:
        fail(f"This number is mistyped: {serials[plain.index(None)]}")
    found = queries.list_to_reissue(reading(), None if old else [each for each in plain if each])
    reading().rollback()
    if dry_run:
        click.echo(f"{len(found)} certificates would be issued again.")
        return
    done = 0
    for start in range(0, len(found), jobs.BATCH):
        some = found[start : start + jobs.BATCH]
        done += write(lambda session, some=some: service.reissue(session, some, at=now()))  # type: ignore[misc]
    click.echo(f"{done} certificates are reserved again; `lms certificates issue` makes them.")


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
        fail("This number is mistyped." if plain is None else "No certificate has this number.")
        return
    what = "revoked for good" if second else "marked for a second person to revoke"
    try:
        change = _revocation(known, reason, note.strip(), people=(first, second))
        _try_out(change) if dry_run else write(change)
    except (NotFound, RuleBroken) as error:
        fail(f"Refused: {error or 'this person may not do it'}")
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
@click.argument("file", type=FILE)
@click.option("--trust", "folder", type=FOLDER, required=True, help="A folder that `trust-bundle` wrote.")
def verify(file: Path, folder: Path) -> None:
    """Check a certificate's file (JSON, token or PDF) or a transcript offline, with nothing but the folder."""
    try:
        verdict = check_any(file.read_bytes(), read_trust(folder), at=now())
    except CheckFailedError as error:
        fail(f"{file}: {error}")
        return
    if isinstance(verdict, TranscriptVerdict):
        _say_invented(is_invented=verdict.is_demonstration)
        click.echo(f"A transcript of {verdict.name}: the seal is good (key {verdict.key_id}).")
        click.echo(f"Made at {verdict.made_at:%Y-%m-%dT%H:%M:%SZ} by {verdict.issuer_name}, {verdict.issuer_url}")
        if not verdict.is_name_checked:
            click.echo("The name is as she writes it herself; nobody has checked it.")
        click.echo("It says how the record stood then, and nothing of what came later.")
        return
    checked = verdict.checked
    _say_invented(is_invented=checked.is_demonstration)
    click.echo(f"{checked.serial} edition {checked.edition}: the signature is good (key {checked.key_id}).")
    click.echo(f"{checked.name}: {checked.title}, awarded on {checked.awarded_at[:10]} by {checked.issuer_name}")
    click.echo(f"SHA-256 of the record: {checked.payload_sha256}")
    if verdict.state == "withdrawn":
        fail(f"{file}: it was revoked, or replaced by a newer edition; it does not count any more.")
    elif verdict.state == "expired":
        fail(f"{file}: it expired at {checked.valid_until}.")
    until = f"Valid until {checked.valid_until or 'no end'}."
    unknown = f"Whether it was revoked or suspended is not known: {verdict.unlisted}"
    listed = f"Not revoked or replaced as of {verdict.listed_on}; a suspension is only known online: "
    click.echo(f"{until} {unknown if verdict.state == 'unlisted' else listed + checked.document['id']}")


def _say_invented(*, is_invented: bool) -> None:
    """Say first that a file is only for show, where it is."""
    if is_invented:
        click.echo("FOR DEMONSTRATION ONLY: the person is invented, and this certifies nothing.")


@group.command("trust-bundle")
@click.argument("folder", type=FOLDER)
def write_trust(folder: Path) -> None:
    """Write all that a verifier needs into a folder: keys, roots, status lists; as files to serve or to carry."""
    config = config_of()
    try:
        paths = publishing.write_bundle(
            reading(), provider_of(config), folder, name=urlsplit(config.base_url).hostname or "", at=now()
        )
    except (RuleBroken, KeyUnusableError) as error:
        fail(f"The folder cannot be written: {error}. Is there a key of each kind? `lms keys list`")
        return
    click.echo(f"{len(paths)} files in {folder}. Its status lists count for 30 days.")


@group.command("samples")
@click.argument("folder", type=FOLDER)
@click.option("--count", default=8, show_default=True, type=click.IntRange(1, 1000))
def write_samples(folder: Path, count: int) -> None:
    """Write the PDF and JSON of sample certificates of invented people, and the key that signs them."""
    config = config_of()
    if config.env == "production":
        fail("Samples are not made where real certificates are.")
    try:
        paths = samples.write_samples(reading(), config, folder, count=count, at=now().replace(microsecond=0))
    except RuleBroken:
        fail("No published track leads to a certificate; run `lms content publish` first.")
        return
    click.echo(f"{len(paths)} files in {folder}")
