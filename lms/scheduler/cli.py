"""Commands of the scheduler: list the jobs, run one now, or run them all as a process of its own."""

from __future__ import annotations

import sys

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from lms.clock import now
from lms.config import Config
from lms.db import reading
from lms.i18n import format_instant
from lms.scheduler import queries
from lms.scheduler.jobs import JOBS
from lms.scheduler.loop import note_outcome, run_forever, run_job
from lms.scheduler.messages import next_run_of

group = AppGroup("jobs", help="Scheduled jobs: list them, run one now, or run them all.")


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 -- Flask's own way
    return app


@group.command("list")
def list_jobs() -> None:
    """List every job: when it runs, when it ran last, how it went, when it runs next."""
    config: Config = current_app.config["LMS"]
    tasks = queries.list_tasks(reading())
    for job in JOBS:
        if not job.fits(config):
            continue
        click.echo(f"{job.name:14} {job.schedule!s:16} {job.about}")
        if task := tasks.get(job.name):
            last = format_instant(task.last_run_at) or "never"
            click.echo(f"{'':14} last: {last} ({task.last_result or 'no result yet'})")
            click.echo(f"{'':14} next: {next_run_of(job.name, task.next_run_at)}")


@group.command("run")
@click.argument("name", type=click.Choice([job.name for job in JOBS]))
def run(name: str) -> None:
    """Run the job NAME now, whether it is due or not, and note how it went."""
    job = next(job for job in JOBS if job.name == name)
    app, at = _app(), now()
    if not job.fits(app.config["LMS"]):
        click.echo("nothing to do with these settings")
        return
    outcome = run_job(app, job, at=at)
    note_outcome(app, job, outcome, at=at)
    click.echo(outcome.words or "nothing to do", err=outcome.failed)
    if outcome.failed:
        sys.exit(1)


@group.command("loop")
def loop() -> None:
    """Run every job when it is due, until stopped; one process is enough, a second one waits to take over."""
    run_forever(_app())
