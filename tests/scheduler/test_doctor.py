"""`lms doctor`: finds what does not agree, changes nothing unless asked to, and mends all of it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from lms import doctor
from lms.audit.jobs import run as chain_audit
from lms.certificates.models import Application
from lms.competencies.models import Evidence
from lms.config import ROOT
from lms.content.service import keep_sounds
from lms.db import is_postgresql, reading, write
from lms.doctor import check_file, command
from lms.listening.models import Recording
from lms.publish.service import publish_directory
from lms.scheduler.jobs import JOBS
from lms.scheduler.loop import run_job
from lms.surveys.models import SurveyReceipt
from lms.tracks.service import enrol
from tests.certificates.story import certify
from tests.conftest import AT
from tests.databases import real_content
from tests.factories import Make
from tests.tracks.conftest import MODULES, learn


@pytest.fixture
def content_app(content_app: Flask) -> Flask:
    """Return it with the readings of the content in its store, as publishing leaves them."""
    keep_sounds(content_app.config["LMS"].data_dir, real_content())
    return content_app


def shipped_readings() -> set[str]:
    """Return the names of the files of the readings that are shipped."""
    return {name for each in real_content() for name in each.sounds}


def count(model: Any) -> int:
    found = reading().execute(select(func.count()).select_from(model)).scalar_one()
    reading().rollback()
    return found


@pytest.fixture
def broken(content_app: Flask, make: Make) -> None:
    """Lose what follows from a completed track: its evidence and its application."""
    malia = make.person("Malia")
    write(lambda session: enrol(session, [malia.person_id], "first-steps", at=AT))
    learn(malia, *MODULES, at=AT)
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


def test_what_the_program_cannot_mend_stays_told(content_app: Flask, make: Make) -> None:
    learn(make.person("Ana"), "outreach", at=AT)
    write(lambda session: session.execute(delete(SurveyReceipt)) and None)
    for _ in range(2):
        done = content_app.test_cli_runner().invoke(command, ["--fix"])
        assert done.exit_code == 1
        assert "module outreach, round 1, was completed without its survey" in done.output
        assert done.output.endswith("\n2 for a person to look at.\n")


def test_the_nightly_job_mends_the_same(content_app: Flask, broken: None) -> None:
    job = next(job for job in JOBS if job.name == "recompute")
    assert " mended: " in run_job(content_app, job, at=AT).words
    assert count(Application) == 1
    assert run_job(content_app, job, at=AT).words == ""


def test_files_of_certificates_are_made_again_where_that_gives_the_same(content_app: Flask, make: Make) -> None:
    certify(content_app, make, at=AT)
    config, runner = content_app.config["LMS"], content_app.test_cli_runner()
    stored = [path for path in (config.data_dir / "files").rglob("*") if path.is_file()]
    kept = {path: path.read_bytes() for path in stored if path.name not in shipped_readings()}
    for path in kept:
        path.write_bytes(b"altered")
    assert "certificates: " in runner.invoke(command).output
    assert all(path.read_bytes() == b"altered" for path in kept), "only looked at"
    job = next(job for job in JOBS if job.name == "check")
    assert run_job(content_app, job, at=AT).words.startswith("1 mended: certificates: ")
    assert {path: path.read_bytes() for path in kept} == kept
    for path in (*kept, *config.keys_dir.iterdir()):
        path.unlink()
    fixed = runner.invoke(command, ["--fix"])
    assert fixed.exit_code == 1
    assert "a file is missing" in fixed.output
    assert run_job(content_app, job, at=AT).words.startswith("1 for a person to look at: certificates: ")


def test_lost_and_altered_files_of_readings_are_named(content_app: Flask, make: Make) -> None:
    config, runner = content_app.config["LMS"], content_app.test_cli_runner()
    first, second, *others = sorted(shipped_readings())
    assert len(others) == 2
    paths = [config.data_dir / "files" / name[:2] / name for name in (first, second)]
    paths[0].unlink()
    paths[1].write_bytes(b"altered")
    reader = make.person("Rea")
    row = {"client_id": "c" * 32, "person_id": reader.person_id, "key": "outreach", "address": "lessons/preparing.md"}
    row |= {"kind": "module", "locale": "to", "sha256": "f" * 64, "size": 1, "seconds": 1, "media_type": "audio/ogg"}
    row |= {"words_sha256": "0" * 64, "recorded_at": AT, "public_id": "r" * 20}
    write(lambda session: session.execute(insert(Recording).values(row)) and None)
    for arguments in ([], ["--fix"]):
        done = runner.invoke(command, arguments)
        assert done.exit_code == 1
        lines = [line for line in done.output.splitlines() if line.startswith("readings: ")]
        assert len(lines) == 3
        assert lines[0].startswith(f"readings: a file is missing: {first}, of module outreach, ")
        assert lines[1].startswith(f"readings: a file was altered: {second}, of module outreach, ")
        assert lines[2] == f"readings: a file is missing: {'f' * 64}, of module outreach, lessons/preparing.md (to)"
    job = next(job for job in JOBS if job.name == "check")
    assert run_job(content_app, job, at=AT).words.startswith("3 for a person to look at: readings: a file is missing")
    publish_directory(ROOT / "content", at=AT, data_dir=config.data_dir)
    done = runner.invoke(command)
    assert done.output == f"{lines[2]}\n1 for a person to look at.\n", "publishing the folder again brings back its own"


def test_an_altered_audit_trail_is_found(content_app: Flask, make: Make) -> None:
    certify(content_app, make, at=AT)
    chain_audit(content_app.config["LMS"], at=AT)

    def alter(session: Session) -> None:
        if is_postgresql(session):
            session.execute(text("ALTER TABLE audit_events DISABLE TRIGGER USER"))
        else:
            for (name,) in session.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_events'")
            ).all():
                session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text("UPDATE audit_events SET action = 'other' WHERE id = (SELECT max(id) FROM audit_events)"))

    write(alter)
    done = content_app.test_cli_runner().invoke(command, ["--fix"])
    assert done.exit_code == 1
    assert "audit: the audit trail was altered" in done.output


def test_every_feature_that_derives_something_is_asked(app: Flask) -> None:
    names = [name for name, _ in (*doctor.BY_PEOPLE, *doctor.as_one(app.config["LMS"]))]
    assert names == ["assessments", "courses", "competencies", "fieldwork", "tracks", "surveys", "certificates"]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_row_that_names_nothing_is_found(app: Flask) -> None:
    def break_it(session) -> None:  # type: ignore[no-untyped-def]
        connection = session.connection().connection.dbapi_connection
        connection.execute("COMMIT")
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(
            "INSERT INTO assignment_batches (public_id, organization_id, track_key, made_by, made_at, "
            "client_id, due_kind, due_eased) VALUES ('x', 99, 'core', 98, '2026-03-05 00:00:00', 'k', 'none', 0)"
        )
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("BEGIN IMMEDIATE")

    write(break_it)
    done = app.test_cli_runner().invoke(command, ["--fix"])
    assert done.exit_code == 1
    assert "database: row 1 of assignment_batches names a missing row of organizations" in done.output
