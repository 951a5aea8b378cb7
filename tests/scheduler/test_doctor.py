"""`lms doctor`: finds what does not agree, changes nothing unless asked to, and mends all of it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from lms import doctor
from lms.certificates.models import Application
from lms.competencies.models import Evidence
from lms.db import reading, write
from lms.doctor import check_file, command
from lms.scheduler.jobs import JOBS
from lms.scheduler.loop import run_job
from tests.certificates.story import complete
from tests.conftest import AT
from tests.factories import Make


def count(model: Any) -> int:
    found = reading().execute(select(func.count()).select_from(model)).scalar_one()
    reading().rollback()
    return found


@pytest.fixture
def broken(content_app: Flask, make: Make) -> None:
    """Lose what follows from a completed track: its evidence and its application."""
    complete(make.person("Malia"))
    for model in (Evidence, Application):
        write(lambda session, model=model: session.execute(delete(model)) and None)


def test_a_sound_database_is_called_so(content_app: Flask) -> None:
    done = content_app.test_cli_runner().invoke(command)
    assert (done.exit_code, done.output) == (0, "Everything agrees.\n")
    assert check_file(reading()) == []


def test_differences_are_listed_and_left(content_app: Flask, broken: None) -> None:
    done = content_app.test_cli_runner().invoke(command)
    assert done.exit_code == 1
    features = {line.partition(":")[0] for line in done.output.splitlines()}
    assert {"competencies", "certificates"} <= features
    assert (count(Evidence), count(Application)) == (0, 0)
    assert content_app.test_cli_runner().invoke(command).output == done.output


def test_differences_are_mended_when_asked(content_app: Flask, broken: None) -> None:
    done = content_app.test_cli_runner().invoke(command, ["--fix"])
    assert done.exit_code == 0
    assert done.output.endswith(" mended.\n")
    assert count(Evidence) > 0
    assert count(Application) == 1
    assert content_app.test_cli_runner().invoke(command).output == "Everything agrees.\n"


def test_the_nightly_job_mends_the_same(content_app: Flask, broken: None) -> None:
    job = next(job for job in JOBS if job.name == "recompute")
    assert " mended: " in run_job(content_app, job, at=AT).words
    assert count(Application) == 1
    assert run_job(content_app, job, at=AT).words == ""


def test_every_feature_that_derives_something_is_asked() -> None:
    names = [name for name, _ in doctor.FEATURES]
    assert names == ["assessments", "surveys", "courses", "competencies", "tracks", "certificates"]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_row_that_names_nothing_is_found(app: Flask) -> None:
    def break_it(session) -> None:  # type: ignore[no-untyped-def]
        connection = session.connection().connection.dbapi_connection
        connection.execute("COMMIT")
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(
            "INSERT INTO assignment_batches (public_id, organization_id, track_key, made_by, made_at, client_id) "
            "VALUES ('x', 99, 'core', 98, '2026-03-05 00:00:00', 'k')"
        )
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("BEGIN IMMEDIATE")

    write(break_it)
    done = app.test_cli_runner().invoke(command, ["--fix"])
    assert done.exit_code == 1
    assert "database: row 1 of assignment_batches names a missing row of organizations" in done.output
