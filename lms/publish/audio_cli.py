"""Commands of readings: `lms content words` and `lms content take-audio`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app

from lms.config import Config
from lms.db import reading
from lms.errors import NotFound
from lms.i18n import TAGS
from lms.listening.queries import list_all_accepted, withdrawn_files
from lms.publish.audio import find_takes, words_at, write_takes
from lms.publish.cli import content, in_directory


@content.command("words", with_appcontext=False)
@in_directory
@click.option("--module", "key", required=True, metavar="KEY")
@click.option("--at", "address", required=True, metavar="ADDRESS", help="lessons/KEY.md, or quiz.yml:ID.")
@click.option("--locale", required=True, type=click.Choice(TAGS))
@click.option("--sha256", "as_hash", is_flag=True, help="Print the hash that `readings.yml` keeps, and no words.")
def words_command(directory: Path, key: str, address: str, locale: str, *, as_hash: bool) -> None:
    """Print the words of a lesson or question, sentence by sentence, to be read aloud. Needs no database."""
    try:
        texts, sha256 = words_at(directory, key, address, locale)
    except NotFound as error:
        raise click.UsageError(str(error)) from error
    click.echo(sha256 if as_hash else "\n\n".join(texts))


@content.command("take-audio")
@in_directory
@click.option("--dry-run", is_flag=True, help="Print what would be written; write nothing.")
def take_audio_command(directory: Path, *, dry_run: bool) -> None:
    """Write accepted recordings of the present words into the content folder, to be published with it.

    Recordings that stand there and were withdrawn are removed.
    """
    config: Config = current_app.config["LMS"]
    takes = find_takes(directory, list_all_accepted(reading()), withdrawn_files(reading()))
    for each in takes:
        click.echo(str(each))
    if not dry_run:
        write_takes(takes, config.data_dir)
    removed = sum(each.reading is None for each in takes)
    would = "would be " if dry_run else ""
    click.echo(f"{len(takes) - removed} recordings {would}taken.")
    if removed:
        click.echo(f"{removed} withdrawn recordings {would}removed.")
