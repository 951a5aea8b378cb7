"""The clockwork: APScheduler only ticks; the leader's lease and what is due are rows (docs/operations.md).

One thread of the server (`start_thread`) or a process of its own (`run_forever`) may run it, and several at once:
one of them leads, the others wait for its lease to end.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from lms.clock import now
from lms.config import Config
from lms.db import reading, write
from lms.scheduler import queries, rules, service
from lms.scheduler.jobs import JOBS, Job

log = logging.getLogger(__name__)


class Loop:
    """Ticks for each job until stopped."""

    def __init__(self, app: Flask, jobs: Sequence[Job] = JOBS) -> None:
        self.app = app
        self.jobs = tuple(job for job in jobs if job.fits(_config(app)))
        self.holder = f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._noted: dict[str, str] = {}
        #: How often each job failed in a row, as far as this process knows.
        self._failures: Counter[str] = Counter()
        self._scheduler = BackgroundScheduler(timezone="UTC")

    def start(self) -> None:
        """Begin to tick in threads of this process; returns at once."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a long job skips ticks; that is no news
        for job in self.jobs:
            self._scheduler.add_job(
                self._tick,
                "interval",
                (job,),
                seconds=rules.tick_seconds(job.schedule),
                next_run_time=now(),
                id=job.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking, wait for jobs that are running, and let another lead."""
        self._scheduler.shutdown(wait=True)
        with self.app.app_context():
            write(lambda session: service.give_lease_back(session, self.holder, at=now()))

    def _tick(self, job: Job) -> None:
        """Do what one tick asks for; a fault is logged and tried again at the next one."""
        try:
            self.tick(job, at=now())
        except Exception:
            log.exception("the tick of job %s failed", job.name)

    def tick(self, job: Job, *, at: datetime) -> Outcome | None:
        """Run `job` when this loop leads and it is due; return how it went, or None when it was not run."""
        with self.app.app_context():  # left before the job begins, so that no reading stays open meanwhile
            if not (self._leads(at) and self._is_due(job, at)):
                return None
        outcome = run_job(self.app, job, at=at)
        self._failures[job.name] = self._failures[job.name] + 1 if outcome.failed else 0
        if not rules.is_constant(job.schedule) or outcome.words or self._noted.get(job.name) != outcome.words:
            note_outcome(self.app, job, outcome, failures=self._failures[job.name], at=at)
        self._noted[job.name] = outcome.words
        return outcome

    def _leads(self, at: datetime) -> bool:
        """Return whether this loop leads; asks by reading, and writes only to take or renew the lease."""
        lease = queries.find_lease(reading(), service.LEADER)
        if lease is not None and at < lease.until <= at + 2 * service.LEASE:
            if lease.holder != self.holder:
                return False
            if lease.until - at > service.LEASE / 2:
                return True
        return write(lambda session: service.take_lease(session, self.holder, at=at))

    def _is_due(self, job: Job, at: datetime) -> bool:
        """Return whether `job` runs now; one with an hour of its own is then taken, so that nobody else runs it."""
        if rules.is_constant(job.schedule):
            return True
        task, zone = queries.find_task(reading(), job.name), _config(self.app).timezone
        if task is not None and at < task.next_run_at <= rules.latest_plausible(job.schedule, at, zone):
            return False
        return write(lambda session: service.take_task(session, job.name, job.schedule, at=at, zone=zone))


@dataclass(frozen=True)
class Outcome:
    """How one run of a job went: what it did, "" for nothing to do; or the class and sentence of its fault."""

    words: str
    failed: bool = False


def run_job(app: Flask, job: Job, *, at: datetime) -> Outcome:
    """Run `job` now and return how it went; a fault is logged, not raised."""
    try:
        with app.app_context():
            return Outcome(job.run(_config(app), at=at))
    except Exception as error:
        log.exception("the job %s failed", job.name)
        return Outcome(f"{type(error).__name__}: {error}", failed=True)


def note_outcome(app: Flask, job: Job, outcome: Outcome, *, failures: int = 1, at: datetime) -> None:
    """Write down how a job went that began at `at`; if it failed, then `failures` times in a row."""
    count = failures if outcome.failed else 0
    zone, words = _config(app).timezone, outcome.words or "ok"
    is_idle = rules.is_constant(job.schedule) and not outcome.words
    with app.app_context():
        write(
            lambda s: service.finish_task(
                s, job.name, job.schedule, words, failures=count, is_idle=is_idle, at=at, zone=zone
            )
        )


def start_thread(app: Flask) -> Loop:
    """Start the jobs beside a server in this process, after it forked; call `stop()` on what is returned."""
    loop = Loop(app)
    loop.start()
    return loop


def run_forever(app: Flask) -> None:
    """Run the jobs until SIGTERM or SIGINT; jobs that are running then finish first."""
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    loop = start_thread(app)
    log.info("jobs are running as %s", loop.holder)
    ended.wait()
    loop.stop()


def _config(app: Flask) -> Config:
    config: Config = app.config["LMS"]
    return config
