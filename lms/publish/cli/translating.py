"""The commands `lms content status` and `lms content extract`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from lms.clock import local_date, now
from lms.content.extraction import extract, write_extracted
from lms.content.folder import LOCALES, Folder
from lms.content.library import SOURCE_LOCALE
from lms.content.status import COUNTED, TrackStatus, list_open, list_status
from lms.errors import BadInput
from lms.publish.cli.group import checked, content, in_directory
from lms.publish.service import check_directory

#: As much of a sentence as fits beside its place.
_SHOWN = 70


@content.command("status", with_appcontext=False)
@in_directory
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option(
    "--sentences", metavar="TRACK/LOCALE", help="List every sentence that nobody has reviewed, first things first."
)
def status_command(directory: Path, sentences: str | None, *, as_json: bool) -> None:
    """Print how much of each track is translated, in words and per cent, by language and state of review.

    Needs no database.
    """
    folder = checked(directory)
    if sentences:
        _print_sentences(folder, sentences)
        return
    rows = list_status(folder, local_date(now()))
    if as_json:
        click.echo(json.dumps([_told(row) for row in rows], indent=2))
    else:
        _print_status(rows)


def _told(row: TrackStatus) -> dict[str, object]:
    """Return a row for programs."""
    return {
        "track": row.track,
        "language": row.locale,
        "total": row.total,
        **row.words,
        "translated": row.translated,
        "share": {state: row.share(state) for state in COUNTED},
        "stale_days": row.stale_days,
        "lessons": row.lessons,
        "spoken": row.spoken,
    }


def _print_status(rows: list[TrackStatus]) -> None:
    width = max([len("track"), *(len(row.track) for row in rows)])
    states = "  ".join(f"{state:>12}" for state in COUNTED)
    click.echo(f"{'track':{width}}  language  words  translated  {states}  days stale   audio")
    for row in rows:
        is_source = row.locale == SOURCE_LOCALE
        counts = "  ".join(f"{'-' if is_source else _count(row, state):>12}" for state in COUNTED)
        days = "-" if row.stale_days is None else str(row.stale_days)
        shown = f"{row.locale:8}  {row.total:>5}  {row.translated:>9.1f}%  {counts}  {days:>10}"
        click.echo(f"{row.track:{width}}  {shown}  {f'{row.spoken}/{row.lessons}':>6}")


def _count(row: TrackStatus, state: str) -> str:
    """Return words and share, such as "120 (0.6%)"; nothing of a share for none."""
    share = int(row.share(state))
    return f"{row.words[state]} ({share or '<1'}%)" if row.words[state] else "0"


def _print_sentences(folder: Folder, wanted: str) -> None:
    """Print each open sentence of a track in a language at its place, and how many there are."""
    key, _, locale = wanted.rpartition("/")
    if ("track", key) not in folder.objects or locale not in LOCALES:
        raise click.UsageError(f"give a track and one of {', '.join(LOCALES)}, such as core/es; not {wanted!r}")
    found = list_open(folder, key, locale)
    for each in found:
        why = f", {each.why}" if each.why else ""
        english = each.english if len(each.english) <= _SHOWN else f"{each.english[:_SHOWN]}..."
        click.echo(f"{each.path}:{each.line}:1: {each.state}{why}: {each.context}: {english}")
    click.echo(f"{len(found)} sentences of {key} in {locale} have not been reviewed.")


@content.command("extract", with_appcontext=False)
@in_directory
@click.option("--dry-run", is_flag=True, help="Print what would change; write nothing.")
def extract_command(directory: Path, *, dry_run: bool) -> None:
    """Bring every PO file up to date with its English, keeping all translations. Needs no database."""
    folder, _ = check_directory(directory)
    if folder.problems:
        raise BadInput(folder.problems)
    found = extract(folder, local_date(now()))
    for each in found:
        click.echo(str(each))
    if not dry_run:
        write_extracted(found)
    click.echo(f"{len(found)} files {'would change' if dry_run else 'changed'}.")
