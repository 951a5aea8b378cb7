"""What tests of making begin with: counts and rows, leases, and the files of a released certificate."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from lms import files
from lms.certificates import queries, service
from lms.certificates.jobs.making import Workshop
from lms.certificates.jobs.workshops import open_workshop
from lms.certificates.models import IssueTask
from lms.certificates.rules.kinds import CREDENTIAL
from lms.certificates.service import Lease
from lms.db import reading, write
from tests.certificates.story import award_of, config_of
from tests.conftest import AT
from tests.factories import MadePerson


def one(statement: Any) -> Any:
    """Return the one value of a statement, as the database has it now."""
    reading().rollback()
    found = reading().execute(statement).scalar_one()
    reading().rollback()
    return found


def count(model: Any, *where: Any) -> int:
    """Return how many rows of a table fit."""
    return int(one(select(func.count()).select_from(model).where(*where)))


def task(stage: str = CREDENTIAL) -> IssueTask:
    """Return the newest edition's task of a stage."""
    newest = select(IssueTask).where(IssueTask.stage == stage).order_by(IssueTask.edition_id.desc()).limit(1)
    found: IssueTask = one(newest)
    return found


def known_of(person: MadePerson) -> queries.Known:
    """Return the award of a person as it stands."""
    found = queries.get_known(reading(), award_of(person).public_id)
    reading().rollback()
    return found


def keys_of(person: MadePerson) -> dict[str, str]:
    """Return the keys of a person's newest edition by purpose."""
    edition_id = known_of(person).newest.edition_id
    found = queries.keys_of(reading(), [edition_id])[edition_id]
    reading().rollback()
    return found


def content_of(app: Flask, person: MadePerson, kind: str) -> bytes:
    """Return a file of the edition that counts."""
    sha256 = queries.find_artifact(reading(), known_of(person).shown.edition_id, kind)
    assert sha256 is not None
    return files.get(config_of(app).data_dir, sha256)


def lease_one(holder: str = "me", *, pages: bool = False) -> Lease:
    """Lease what is due; it is one."""
    (lease,) = write(lambda s: service.lease_tasks(s, holder=holder, at=AT, limit=5, pages=pages))
    return lease


def workshop_of(app: Flask) -> Workshop:
    """Return the workshop of an application."""
    found = open_workshop(config_of(app))
    reading().rollback()
    return found
