"""The job that removes uploaded files which no row names any more: what stays, what goes, and what it says."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from lms import files
from lms.config import Config
from lms.content.models import Revision, RevisionFile
from lms.db import write
from lms.errors import NotFound
from lms.ids import new_client_id
from lms.listening.models import Recording
from lms.organizations.rules import TableRow
from lms.people.models import Account, Person
from lms.scheduler.jobs import FILE_AGE, JOBS, TABLE_AGE
from lms.training import service
from lms.training.models import TrainingFile, TrainingImport, TrainingImportRow
from lms.training.service import JudgedRow
from tests.conftest import AT
from tests.organizations.conftest import actor_of, rows
from tests.training.conftest import Scene

NOW = AT + timedelta(days=40)


@pytest.fixture
def config(content_app: Flask, tmp_path: Path) -> Config:
    return replace(content_app.config["LMS"], data_dir=tmp_path)


def put(config: Config, content: bytes, *, at: datetime = AT) -> str:
    """Store a file as of an instant, and return its name."""
    sha256 = files.put(config.data_dir, content).sha256
    os.utime(config.data_dir / "files" / sha256[:2] / sha256, (at.timestamp(),) * 2)
    return sha256


def sweep(config: Config, *, at: datetime = NOW) -> str:
    (job,) = (job for job in JOBS if job.name == "sweep-files")
    return job.run(config, at=at)


def is_there(config: Config, sha256: str) -> bool:
    try:
        files.get(config.data_dir, sha256)
    except NotFound:
        return False
    return True


def test_what_a_row_names_stays_and_the_rest_goes(scene: Scene, config: Config) -> None:
    named, litter, young = put(config, b"proof"), put(config, b"litter"), put(config, b"young", at=NOW - FILE_AGE)
    scene.add_file(scene.add(), sha=named)
    assert sweep(config) == "1 files removed"
    assert [is_there(config, each) for each in (named, litter, young)] == [True, False, True]
    assert sweep(config) == ""
    assert sweep(config, at=NOW + timedelta(minutes=1)) == "1 files removed", "what was young has aged"


def test_a_proof_that_was_taken_away_goes_after_the_grace(scene: Scene, config: Config) -> None:
    gone, public_id = put(config, b"proof"), scene.add()
    scene.add_file(public_id, sha=gone)
    write(lambda s: s.execute(update(TrainingFile).values(removed_at=NOW)) and None)
    assert (sweep(config), is_there(config, gone)) == ("", True)
    assert (sweep(config, at=NOW + FILE_AGE), is_there(config, gone)) == ("", True)
    assert sweep(config, at=NOW + FILE_AGE + timedelta(seconds=1)) == "1 files removed"


def test_the_rows_of_a_table_are_forgotten_past_its_use(scene: Scene, config: Config) -> None:
    actor, key = actor_of(scene.reviewers[0], "certifier"), new_client_id()
    judged = [JudgedRow(TableRow(2, {"title": "Course"}), "refuse")]
    write(lambda s: service.keep_table(s, actor, "old.csv", judged, client_id=key, at=AT))
    assert sweep(config, at=AT + TABLE_AGE) == ""
    assert sweep(config, at=AT + TABLE_AGE + timedelta(seconds=1)) == "1 tables forgotten"
    assert (rows(TrainingImport.name), rows(TrainingImportRow.id)) == ([("old.csv",)], [])


def test_more_files_than_one_question_holds(scene: Scene, config: Config) -> None:
    named = [put(config, f"{number}".encode()) for number in range(3)]
    for sha256 in named:
        scene.add_file(scene.add(), sha=sha256)
    for number in range(600):
        put(config, f"litter {number}".encode())
    assert sweep(config) == "600 files removed"
    assert all(is_there(config, each) for each in named)


def test_readings_stay_whether_published_recorded_or_withdrawn(scene: Scene, config: Config) -> None:
    published, withdrawn, litter = (put(config, each) for each in (b"published", b"withdrawn", b"litter"))
    said = {"sha256": published, "media_type": "audio/mpeg"}
    row = {"public_id": "r", "client_id": new_client_id(), "key": "k", "address": "lessons/a.md", "locale": "en"}
    row |= {"kind": "module", "sha256": withdrawn, "size": 9, "seconds": 1, "media_type": "audio/mpeg"}
    row |= {"words_sha256": "0" * 64, "recorded_at": AT, "state": "withdrawn", "withdrawn_at": AT}

    def name(session: Session) -> None:
        revision_id = session.scalar(select(func.min(Revision.id)))
        person_id = session.scalar(select(func.min(Person.id)))
        account_id = session.scalar(select(func.min(Account.id)))
        session.execute(insert(RevisionFile).values(revision_id=revision_id, address="lessons/a.md", **said))
        session.execute(insert(Recording).values(person_id=person_id, withdrawn_by=account_id, **row))

    write(name)
    assert sweep(config) == "1 files removed"
    assert [is_there(config, each) for each in (published, withdrawn, litter)] == [True, True, False]
