"""Assigning to many from a file: quick, in one transaction, while pages are answered; a small crowd in every run."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from lms.audit.models import AuditEvent
from lms.db import is_postgresql, reading
from lms.notifications.models import Letter
from lms.tracks.models import Assignment, Enrolment, TrackCompletion
from tests.factories import Make
from tests.tracks import crowd


def drilled(app: Flask, make: Make, folder: Path, count: int) -> crowd.Run:
    """Run the command twice on a file of `count` workers, check what it wrote, and print what the first run took."""
    app.config["WTF_CSRF_ENABLED"] = False
    file = folder / "workers.csv"
    boss = crowd.fill(make, count, file)
    run = crowd.run(app, boss, file)
    again = crowd.run(app, boss, file)
    done = count // 20
    assert (run.said["assigned"], run.said["refused"], len(run.said["batches"])) == (count, [], crowd.PLACES)
    assert (again.said["assigned"], again.said["already"], again.said["finished"]) == (0, count - done, done)
    session = reading()
    session.rollback()
    for model, expected in ((Assignment, count), (Enrolment, count), (TrackCompletion, done)):
        assert session.scalar(select(func.count()).select_from(model)) == expected, model
    letters = select(func.count()).select_from(Letter).where(Letter.kind == "assignment")
    assert session.scalar(letters) == count
    acts = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "tracks.assigned")
    assert session.scalar(acts) == crowd.PLACES, "one act for each organization"
    engine = "PostgreSQL" if is_postgresql(session) else "SQLite"
    if engine == "SQLite":
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    print(
        f"{engine}, {count} workers: transaction {run.said['seconds']['writing']:.2f} s (floor {run.floor:.2f} s), "
        f"reading {run.said['seconds']['reading']:.2f} s, in all {run.total:.1f} s, {run.memory:.0f} MB; "
        f"{len(run.pages)} pages meanwhile, the 99th of 100 in {run.slowest:.2f} s"
    )
    return run


def test_a_small_crowd(content_app: Flask, make: Make, tmp_path: Path) -> None:
    assert len(drilled(content_app, make, tmp_path, 400).pages) > 5


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_ten_thousand_workers(content_app: Flask, make: Make, tmp_path: Path) -> None:
    run = drilled(content_app, make, tmp_path, 10_000)
    assert run.said["seconds"]["writing"] <= 2
    assert run.total <= 20
    assert run.memory < 400
    assert run.slowest < 1
