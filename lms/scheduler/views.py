"""The administrators' page of jobs: when each ran last, how it went, when it runs next, and running one now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response

from lms.clock import now
from lms.db import reading, write
from lms.errors import NotFound
from lms.home.rules import went_well
from lms.i18n import gettext as _
from lms.scheduler import queries, rules, service
from lms.scheduler.jobs import JOBS, Job
from lms.scheduler.messages import next_run_of, when
from lms.web.access import get_actor, roles

bp = Blueprint("scheduler", __name__, template_folder="templates")


@dataclass(frozen=True)
class Row:
    """One job in words. `state` is "new", "done" or "failed"; `result` what it said.

    Of one that runs all the time only those runs are noted in which there was something to do.
    """

    name: str
    about: str | LazyString
    when: str
    last_run_at: datetime | None
    next_run: str
    state: str
    result: str
    may_ask: bool
    is_constant: bool


@bp.get("/admin/jobs")
@roles("administrator")
def jobs() -> Any:
    """List every job, and who runs them."""
    tasks, lease = queries.list_tasks(reading()), queries.find_lease(reading(), service.LEADER)
    rows = [_row(job, tasks.get(job.name)) for job in JOBS if job.fits(current_app.config["LMS"])]
    is_led = lease is not None and lease.until > now()
    return render_template("scheduler/jobs.html", rows=rows, lease=lease, is_led=is_led)


@bp.post("/admin/jobs/<name>/run")
@roles("administrator")
def run(name: str) -> Response:
    """Let the leader run a job at its next tick."""
    actor = get_actor()
    job = next((each for each in JOBS if each.name == name and each.runs_on_request), None)
    if job is None or not job.fits(current_app.config["LMS"]):
        raise NotFound
    write(lambda session: service.ask_now(session, actor, job.name, at=now()))
    flash(_("It runs within half a minute. Then this page shows how it went."), "success")
    return redirect(url_for("scheduler.jobs"))


def _row(job: Job, task: queries.TaskRow | None) -> Row:
    result = (task.last_result if task else None) or ""
    state = "new" if not result else "done" if went_well(result) else "failed"
    return Row(
        job.name,
        job.about,
        when(job.schedule),
        task.last_run_at if task else None,
        next_run_of(job.name, task.next_run_at) if task else "",
        state,
        "" if result == "ok" else result,
        job.runs_on_request,
        rules.is_constant(job.schedule),
    )
