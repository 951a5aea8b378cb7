"""Commands of reports: which there are, one of them as a file, and the release of figures to viewers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from lms.clock import local_date, now
from lms.config import Config
from lms.content.library import current
from lms.db import reading
from lms.i18n import TAGS, force_locale
from lms.reports import jobs, messages, queries, rules
from lms.reports.policy import EVERYTHING

group = AppGroup("reports", help="Reports: list them, write one to a file, release figures to viewers.")
_DAY = click.DateTime(["%Y-%m-%d"])


@group.command("list")
def list_reports() -> None:
    """List the reports: the name to export by, and what each answers."""
    for name in rules.NAMES:
        click.echo(f"{name:14} {messages.report_question(name)}")


@group.command("export")
@click.argument("name", type=click.Choice(rules.NAMES))
@click.option("--format", "kind", required=True, type=click.Choice([*messages.FORMATS, "pdf"]))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option(
    "--period", default="this-year", show_default=True, help="this-year, last-quarter, 2026, 2026-q3, custom."
)
@click.option("--since", type=_DAY, help="The first day, with --period custom.")
@click.option("--until", type=_DAY, help="The last day, with --period custom.")
@click.option("--track", default="", help="The key of one track; all of them without it.")
@click.option("--group", "rows", default="organization", show_default=True, type=click.Choice(rules.GROUPS))
@click.option("--language", default="en", show_default=True, type=click.Choice(TAGS), help="Language of the words.")
def export(
    name: str,
    kind: str,
    out: Path,
    period: str,
    since: datetime | None,
    until: datetime | None,
    track: str,
    rows: str,
    language: str,
) -> None:
    """Write the report NAME to a file, with exact numbers: mind who gets it."""
    if kind == "pdf":
        raise click.UsageError("Reports cannot be written as PDF yet. Use csv, xlsx or json.")
    today = local_date(now())
    span = rules.find_period(period, today, since.date() if since else None, until.date() if until else None)
    if span is None:
        raise click.UsageError(f"There is no period {period!r} with these days. Try this-year, 2026 or 2026-q3.")
    library = current(reading())
    if track and track not in library.keys("track"):
        raise click.UsageError(f"There is no track {track!r}. There are: {', '.join(library.keys('track')) or 'none'}.")
    question = rules.Question(span, track, rows)
    with force_locale(language):
        answer = messages.find_answer(name, EVERYTHING, reading(), library, question, locale=language, today=today)
        assert answer is not None  # noqa: S101 -- exact figures are always there
        out.write_bytes(messages.as_file(answer, kind))
        click.echo(f"{out}: {answer.sentence}")


@group.command("release")
@click.option("--dry-run", is_flag=True, help="Only say what would be released.")
def release(dry_run: bool) -> None:
    """Release to viewers the figures of quarters and years that have closed."""
    config: Config = current_app.config["LMS"]
    at = now()
    if not dry_run:
        click.echo(jobs.run(config, at=at) or "nothing to release")
        return
    for period in queries.due_periods(reading(), local_date(at)):
        click.echo(period)
