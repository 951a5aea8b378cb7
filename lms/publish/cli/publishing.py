"""The commands `lms content check` and `lms content publish`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from flask import current_app

from lms.clock import now
from lms.db import reading
from lms.people.queries import known_as
from lms.publish import messages, rules
from lms.publish.cli.group import checked, content, in_directory
from lms.publish.service import Intent, Prospect, look, publish_drafts, read_drafts, refuse
from lms.reports.rules import as_csv
from lms.tracks.rules.versions import people_of


@content.command("check", with_appcontext=False)
@in_directory
def check_command(directory: Path) -> None:
    """Check every content file and print each problem as path:line:column. Needs no database."""
    folder = checked(directory)
    click.echo(f"{len(folder.objects)} objects, no problems.")


@content.command("publish")
@in_directory
@click.option("--retire", multiple=True, metavar="KEY", help="A track or module that may disappear; else refused.")
@click.option(
    "--change", multiple=True, metavar="KEY=LABEL", help="What kind of change: editorial, equivalent, retraining."
)
@click.option("--not-started", multiple=True, metavar="KEY=move|stay", help="People who have not begun (move).")
@click.option(
    "--under-way", multiple=True, metavar="KEY=move|stay", help="People under way (stay; move if equivalent)."
)
@click.option("--finished", multiple=True, metavar="KEY=stay|renew:DAYS", help="People who have finished (stay).")
@click.option("--dry-run", is_flag=True, help="Print what would change, and for whom; write nothing.")
@click.option("--plan", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write who is touched, as CSV.")
@click.option("--as-planned", "mark", default="", metavar="MARK", help="Do what the dry run of this mark said.")
def publish_command(
    directory: Path,
    retire: tuple[str, ...],
    change: tuple[str, ...],
    not_started: tuple[str, ...],
    under_way: tuple[str, ...],
    finished: tuple[str, ...],
    file: Path | None,
    mark: str,
    *,
    dry_run: bool,
) -> None:
    """Make DIRECTORY the current content, as a new numbered version.

    A change of what a track or module asks for is labelled. KEY is the key of a track or a module, or track/KEY and
    module/KEY where both have it. Where people are touched, look first: --dry-run prints a plan and its mark.
    """
    drafts = read_drafts(directory)
    said = {"change": change, "not_started": not_started, "under_way": under_way, "finished": finished}
    try:
        choices = rules.read_said(said, {(each.kind, each.key) for each in drafts})
    except rules.Misused as error:
        raise click.UsageError(str(error)) from error
    intent, at = Intent(retire, choices, mark), now()
    if dry_run:
        prospect = look(drafts, intent, at=at)
        refuse(directory, prospect, None)
    else:
        prospect = publish_drafts(directory, drafts, intent, at=at, data_dir=current_app.config["LMS"].data_dir)
    known = known_as(reading(), people_of(prospect.plan.effects))
    if file is not None:
        file.write_bytes(as_csv(messages.sheet(prospect.plan, known)))
    _print(prospect, known, dry_run=dry_run)


def _print(prospect: Prospect, known: Mapping[int, tuple[str, str]], *, dry_run: bool) -> None:
    published, plan = prospect.published, prospect.plan
    for change in published.changes:
        click.echo(str(change))
    for each, choices in plan.changes:
        click.echo(messages.headline(each, choices, plan))
    for effect in plan.effects if dry_run else ():
        click.echo(f"  {known[effect.person_id][1]} ({known[effect.person_id][0]}): {messages.line(effect)}")
    if not published.is_new:
        click.echo(f"Nothing has changed. Version {published.number} stays current.")
        return
    verb = "would be" if dry_run else "is"
    click.echo(f"Version {published.number} {verb} current: {len(published.changes)} changes.")
    if dry_run and plan.effects:
        click.echo(f"To do exactly this, say the same with --as-planned {plan.mark} instead of --dry-run.")
