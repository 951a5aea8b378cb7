"""The commands `lms content export-po` and `lms content import-po`: a track to its translators, and back."""

from __future__ import annotations

from pathlib import Path

import click

from lms.clock import local_date, now
from lms.config import ROOT
from lms.content.checks import glossary_of
from lms.content.extraction import write_extracted
from lms.content.folder import LOCALES
from lms.content.glossary import GlossarySpec
from lms.content.receiving import Received, receive
from lms.content.sending import pack
from lms.errors import BadInput, NotFound
from lms.publish.cli.group import checked, content, warn
from lms.publish.service import check_directory
from lms.reports.rules import Sheet, as_csv

#: The guide is English.
_LANGUAGES = {"es": "Spanish", "to": "Tongan", "sm": "Samoan"}
_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_content = click.option(
    "--content",
    "directory",
    envvar="LMS_CONTENT_DIR",
    default=ROOT / "content",
    type=click.Path(file_okay=False, path_type=Path),
    help="The content folder.",
)


@content.command("export-po", with_appcontext=False)
@_file
@click.option("--track", "key", required=True, metavar="KEY", help="The track whose words go out.")
@click.option("--locale", required=True, type=click.Choice(LOCALES), help="Into which language.")
@_content
def export_command(file: Path, key: str, locale: str, directory: Path) -> None:
    """Write the archive FILE (.zip) for the translators of a track: all its PO files, a guide and the glossary.

    Needs no database.
    """
    folder = checked(directory)
    glossary = glossary_of(folder)
    try:
        packed = pack(folder, key, locale, _LANGUAGES[locale], _terms(glossary, locale) if glossary else None)
    except NotFound as error:
        raise click.UsageError(f"there is no track {key!r}") from error
    file.write_bytes(packed.body)
    click.echo(f"{file}: {packed.files} files, {packed.sentences} sentences.")


def _terms(glossary: GlossarySpec, locale: str) -> str:
    """Return the glossary of one language as a table."""
    found = [(term, words) for term in glossary.terms if (words := term.words(locale))]
    rows = [
        (", ".join(term.english), ", ".join(words.use), ", ".join(words.avoid), term.status, term.note)
        for term, words in found
    ]
    columns = ("English", "use", "avoid", "status", "note")
    return as_csv(Sheet("glossary", columns, rows)).decode()


@content.command("import-po", with_appcontext=False)
@_file
@click.option("--translated-by", "who", default="", metavar="NAME", help="Who translated; else as each file says.")
@click.option("--dry-run", is_flag=True, help="Print what would change; write nothing.")
@_content
def import_command(file: Path, who: str, directory: Path, *, dry_run: bool) -> None:
    """Take the archive FILE (.zip) back from translators: what they changed, sentence by sentence.

    What has changed here meanwhile stays; their words are then kept in a comment beside. Needs no database.
    """
    if not file.is_file():
        raise click.UsageError(f"there is no file {file}")
    folder, _ = check_directory(directory)
    if folder.problems:
        raise BadInput(folder.problems)
    received = receive(file, folder, who.strip(), local_date(now()))
    _print(received)
    if not dry_run:
        write_extracted(received.files)
    verb = "would change" if dry_run else "changed"
    taken = sum(received.taken.values())
    click.echo(f"{received.track} in {received.locale}: {taken} sentences taken, {len(received.files)} files {verb}.")


def _print(received: Received) -> None:
    warn(sorted({*received.kept, *received.warnings}))
    for each in received.files:
        click.echo(f"{each.path}: {received.taken[each.path]} sentences taken")
