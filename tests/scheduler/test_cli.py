"""`lms jobs` as typed."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import text

from lms.db import reading, write
from lms.people import service as people
from lms.scheduler import queries
from lms.scheduler.cli import group
from lms.scheduler.jobs import JOBS
from tests.conftest import AT


def test_every_job_is_listed_with_its_hours(app: Flask, engine_name: str) -> None:
    run = app.test_cli_runner()
    listed = run.invoke(group, ["list"]).output
    for job in JOBS:
        shown = job.name in [line.split()[0] for line in listed.splitlines() if line.strip()]
        assert shown is (engine_name == "sqlite" or not job.sqlite_only)
    assert re.search(r"recompute +daily at 02:30", listed)
    assert "last:" not in listed
    reading().rollback()
    run.invoke(group, ["run", "recompute"])
    listed = run.invoke(group, ["list"]).output
    assert "(ok)" in listed
    assert re.search(r"next: .*, 2:30 AM", listed)


def test_a_job_runs_when_asked_and_says_what_it_did(app: Flask) -> None:
    run = app.test_cli_runner()
    assert run.invoke(group, ["run", "letters"]).output == "nothing to do\n"
    write(lambda session: people.invite(session, None, name="Ana", language="en", email="a@test.example", at=AT))
    done = run.invoke(group, ["run", "letters"])
    assert (done.exit_code, done.output) == (0, "1 dropped\n"), "the invitation of 2026-03-05 has run out"
    task = queries.find_task(reading(), "letters")
    assert task is not None
    assert task.last_result == "1 dropped"


def test_a_job_that_fails_ends_with_one(app: Flask) -> None:
    write(lambda session: session.execute(text("ALTER TABLE letters RENAME TO lost")) and None)
    done = app.test_cli_runner().invoke(group, ["run", "letters"])
    assert done.exit_code == 1
    assert "letters" in done.output


def test_a_job_without_a_name_is_wrong_usage(app: Flask) -> None:
    assert app.test_cli_runner().invoke(group, ["run", "everything"]).exit_code == 2


def test_a_job_that_means_nothing_here_says_so(app: Flask, engine_name: str) -> None:
    done = app.test_cli_runner().invoke(group, ["run", "checkpoint"])
    assert done.exit_code == 0
    assert done.output == ("nothing to do\n" if engine_name == "sqlite" else "nothing to do with these settings\n")
