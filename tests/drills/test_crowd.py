"""Eight processes submit, finish and certify at once, and are killed meanwhile: nothing lost, nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from lms.assessments.models import Attempt
from lms.certificates.jobs import finish_issues
from lms.certificates.models import Artifact, Award, StatusEvent
from lms.clock import now
from lms.courses.models import ModuleCompletion
from lms.db import is_postgresql, reading
from lms.doctor import Found, recompute
from lms.surveys.models import SurveyReceipt, WaitingAnswer
from lms.tracks.models import TrackCompletion
from tests.drills import crowd as drill
from tests.factories import Make
from tests.keys import ensure_keys


def drilled(app: Flask, make: Make, folder: Path, *, workers: int, kills: int, seconds: float) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    ensure_keys(app.config["LMS"], at=now())
    crowd = drill.gather(app, make, workers, folder)
    killed = drill.run(app, crowd, kills=kills, seconds=seconds)
    finish_issues(app, at=now())
    session = reading()
    session.rollback()
    facts = crowd.ledger()
    statuses = {fact["status"] for fact in facts}
    counted = {kind: sum(fact["kind"] == kind for fact in facts) for kind in ("submit", "survey", "certify")}
    print(f"{workers} workers, {killed} kills, {counted}, statuses {sorted(statuses)}")
    assert killed == kills
    # Every worker's form is sent twice; a killed process may have sent both without living to write it down.
    assert counted["submit"] >= 2 * (workers - kills) and counted["submit"] >= workers, "too little was done"
    assert not {status for status in statuses if status >= 500}, "a client was told of a fault"

    people = [worker.person_id for worker in crowd.workers]
    passed = session.execute(
        select(Attempt.person_id, func.count())
        .where(Attempt.module_key == drill.MODULE, Attempt.passed)
        .group_by(Attempt.person_id)
    ).all()
    assert sorted(row[0] for row in passed) == sorted(people), "an acknowledged submission is missing"
    assert {row[1] for row in passed} == {1}, "a quiz counted twice"
    for model, per_person in (
        (ModuleCompletion, 2),
        (SurveyReceipt, 2),
        (TrackCompletion, 1),
        (Award, 1),
    ):
        counts = session.execute(
            select(model.person_id, func.count()).group_by(model.person_id)  # type: ignore[attr-defined]
        ).all()
        assert {row[1] for row in counts} == {per_person}, model.__name__
        assert len(counts) == workers, model.__name__
    assert session.scalar(select(func.count()).select_from(WaitingAnswer)) == 2 * workers
    assert session.scalar(select(func.count(Award.serial.distinct()))) == workers
    issued = select(func.count()).select_from(StatusEvent).where(StatusEvent.kind == "issued")
    assert session.scalar(issued) == workers
    assert session.scalar(select(func.count()).select_from(Artifact)) == 4 * workers
    assert recompute(at=now(), fix=False) == Found((), ())
    if not is_postgresql(session):
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_a_small_crowd(content_app: Flask, make: Make, tmp_path: Path) -> None:
    drilled(content_app, make, tmp_path, workers=10, kills=5, seconds=120)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_whole_crowd(content_app: Flask, make: Make, tmp_path: Path) -> None:
    drilled(content_app, make, tmp_path, workers=200, kills=100, seconds=3000)
