"""The jobs that run by themselves, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from flask import current_app
from flask_babel.speaklater import LazyString

from lms import doctor, files
from lms.assessments import jobs as assessments_jobs
from lms.assessments import queries as assessments_queries
from lms.audit import jobs as audit_jobs
from lms.certificates import jobs as certificates_jobs
from lms.certificates import queries as certificates_queries
from lms.config import Config
from lms.content import service as content_service
from lms.db import chunks, db, reading, write
from lms.i18n import lazy_gettext as _l
from lms.listening import queries as listening_queries
from lms.notifications import jobs as notifications_jobs
from lms.organizations import jobs as organizations_jobs
from lms.people import jobs as people_jobs
from lms.reports import jobs as reports_jobs
from lms.scheduler.rules import Daily, Every, Schedule, Weekly, is_constant
from lms.surveys import jobs as surveys_jobs
from lms.tracks import jobs as tracks_jobs
from lms.training import jobs as training_jobs
from lms.training import queries as training_queries
from lms.training import service as training_service
from lms.translating import jobs as translating_jobs

#: Certificates taken in one tick; the next one is seconds away.
MOST_AT_ONCE = 100
#: A table of earlier records is kept so long after it came, to be looked at again; a file that no row names, so long
#: after it was last put: nobody takes longer to name it, and a database brought back from last week finds it.
TABLE_AGE, FILE_AGE = timedelta(days=30), timedelta(days=7)


class Run(Protocol):
    """What a job does, inside an application context."""

    def __call__(self, config: Config, *, at: datetime) -> str:
        """Do it and return what was done in a few words, "" for nothing; running twice does no harm."""


@dataclass(frozen=True)
class Job:
    """One job: its name for `lms jobs run`, what it is for, when it runs, and the function."""

    name: str
    about: str | LazyString
    schedule: Schedule
    run: Run
    sqlite_only: bool = False

    @property
    def runs_on_request(self) -> bool:
        """Return whether it makes sense to ask for a run: one that runs at every tick is never far away."""
        return not is_constant(self.schedule)

    def fits(self, config: Config) -> bool:
        """Return whether the job has a meaning with these settings."""
        return config.is_sqlite or not self.sqlite_only


def _finish_certificates(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    released = certificates_jobs.finish_issues(current_app, at=at, limit=MOST_AT_ONCE)
    return f"{released} released" if released else ""


def _recompute(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    return _said(doctor.recompute(at=at, fix=True))


def _check(config: Config, *, at: datetime) -> str:
    return _said(doctor.check_stored(config, at=at, fix=True))


def _said(found: doctor.Found) -> str:
    """Return how much was mended and how much is left for a person, with the first of each; "" for nothing."""
    parts = (("mended", found.mendable), ("for a person to look at", found.remaining))
    return "; ".join(f"{len(lines)} {what}: {lines[0]}" for what, lines in parts if lines)


def _checkpoint(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Move SQLite's log into the database file and empty it; a long reader makes this wait for the next hour."""
    raw = db.engines["write"].raw_connection()  # a pragma must not run inside a transaction
    cursor = raw.cursor()
    try:
        cursor.execute("PRAGMA busy_timeout=500")  # writers wait meanwhile
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        row = cursor.fetchone()
    finally:
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.close()
        raw.close()
    return "put off: the database is being read" if row and row[0] else ""


def _sweep_files(config: Config, *, at: datetime) -> str:
    """Forget old tables, then remove the files that no row names any more; return how many of each.

    The rows are asked after the files were listed: what was put since then is too young to go, whoever names it.
    """
    tables = write(lambda session: training_service.forget_tables(session, before=at - TABLE_AGE))
    before, removed = at - FILE_AGE, 0
    reading().rollback()
    for names in chunks(files.list_old(config.data_dir, before=before), 500):
        kept = certificates_queries.named_files(reading(), names)
        kept |= training_queries.named_files(reading(), names, before=before)
        kept |= assessments_queries.named_files(reading(), names)
        kept |= content_service.named_files(reading(), names)
        kept |= listening_queries.named_files(reading(), names)
        removed += sum(files.remove_old(config.data_dir, name, before=before) for name in names if name not in kept)
    parts = ((tables, "tables forgotten"), (removed, "files removed"))
    return ", ".join(f"{number} {what}" for number, what in parts if number)


JOBS = (
    Job("letters", _l("Send letters and text messages that are due"), Every(5), notifications_jobs.run),
    Job("certificates", _l("Sign, draw and release certificates that were decided"), Every(5), _finish_certificates),
    Job(
        "certificate-names",
        _l("Make the certificates whose names waited two weeks"),
        Daily(0, 30),
        certificates_jobs.settle_names,
    ),
    Job("staff-lists", _l("Go on with lists of staff that were begun"), Every(5), organizations_jobs.run),
    Job("training-tables", _l("Go on with tables of earlier training that were begun"), Every(5), training_jobs.run),
    Job("assign-files", _l("Go on reading long files of people to be asked"), Every(5), tracks_jobs.read_files),
    Job("sweep-quizzes", _l("Grade quizzes whose time is up"), Every(60), assessments_jobs.sweep),
    Job("reminders", _l("Write the reminders of the day"), Daily(8, 0), notifications_jobs.plan_reminders),
    Job("digest", _l("Write to supervisors how their teams stand"), Weekly(0, 8, 0), notifications_jobs.plan_digests),
    Job("recompute", _l("Recompute everything derived, and mend what was missed"), Daily(2, 30), _recompute),
    Job(
        "reconcile",
        _l("Ask whom standing rules newly mean, and take back where they no longer do"),
        Daily(5, 0),
        tracks_jobs.reconcile,
    ),
    Job("forget-files", _l("Forget files of people to be asked, after a day"), Every(3600), tracks_jobs.forget_uploads),
    Job("check", _l("Read the files of certificates and the audit trail again, and mend files"), Daily(4, 0), _check),
    Job(
        "release-answers", _l("Release answers to surveys where enough people gave them"), Daily(3, 0), surveys_jobs.run
    ),
    Job("mix-reports", _l("Put reports without a name in another order"), Daily(3, 10), translating_jobs.run),
    Job("forget", _l("Forget old guesses, ended sessions and codes"), Daily(3, 15), people_jobs.run),
    Job(
        "fold-checks",
        _l("Put old counts of certificates' checks together"),
        Daily(3, 25),
        certificates_jobs.fold_checks,
    ),
    Job("forget-lists", _l("Forget old lists of staff"), Daily(3, 20), organizations_jobs.forget),
    Job("sweep-files", _l("Remove uploaded files that nothing names any more"), Daily(3, 30), _sweep_files),
    Job("analyse-quizzes", _l("Work out what answers tell of questions"), Daily(3, 50), assessments_jobs.run),
    Job("release-figures", _l("Release to viewers the figures of closed periods"), Daily(3, 45), reports_jobs.run),
    Job("audit-chain", _l("Chain the newest audit events"), Every(600), audit_jobs.run),
    Job("checkpoint", _l("Move SQLite's log into the database file"), Every(3600), _checkpoint, sqlite_only=True),
)
