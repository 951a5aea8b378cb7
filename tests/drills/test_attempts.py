"""Attempts from two tabs each over a line that loses and repeats, with servers killed: one result, nothing lost."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from lms.assessments.models import Attempt, AttemptAnswer
from lms.audit.models import AuditEvent
from lms.clock import now
from lms.db import is_postgresql, reading
from lms.doctor import Found, recompute
from tests.drills import tabs
from tests.drills.faulty import faulty_line
from tests.factories import Make


def drilled(app: Flask, make: Make, folder: Path, *, attempts: int, kills: int, seconds: float) -> None:
    workers = tabs.prepare(make, app, attempts)
    began = time.monotonic()
    with faulty_line(app, attempts=attempts, kills=kills) as line:
        facts = tabs.run(line, workers, folder, seconds)
        fates, killed = line.seen(), line.kills.value
    took = time.monotonic() - began
    kinds = Counter(fact["kind"] for fact in facts)
    acknowledged = sum(len(fact["answers"]) for fact in facts if fact["kind"] == "saved")
    engine = "postgresql" if is_postgresql(reading()) else "sqlite"
    print(f"{engine}: {attempts} attempts, {killed} kills, {fates}, {acknowledged} answers acknowledged, {took:.0f} s")
    check_that_something_happened(fates, kinds, attempts=attempts, killed=killed, kills=kills)
    check_the_rows(facts, attempts)


def check_that_something_happened(
    fates: dict[str, int], kinds: Counter[str], *, attempts: int, killed: int, kills: int
) -> None:
    """A drill in which nothing went wrong has shown nothing."""
    sent = sum(fates.values())
    assert killed >= kills
    assert sent >= 8 * attempts
    for fate, percent in (("answer lost", 25), ("request lost", 10), ("twice", 15)):
        assert fates[fate] >= sent * percent / 100 * 0.6, f"{fate}: {fates[fate]} of {sent}"
    assert kinds["saved"] >= attempts / 2, "hardly anything was saved before it was handed in"
    assert kinds["told"] == 2 * attempts
    assert kinds["fault"] == 0, "a client was told of a fault"


def check_the_rows(facts: list[dict[str, Any]], attempts: int) -> None:
    """One attempt, one submission and one number each; every acknowledged answer is there."""
    session = reading()
    session.rollback()
    rows = session.execute(select(Attempt.public_id, Attempt.id, Attempt.percent, Attempt.closed_by)).all()
    assert len(rows) == attempts
    assert Counter(row.closed_by for row in rows) == {"submitted": attempts}
    log = select(AuditEvent.subject_id, func.count()).where(AuditEvent.action == "assessments.submitted")
    logged = dict(session.execute(log.group_by(AuditEvent.subject_id)).all())
    assert logged == dict.fromkeys((row.public_id for row in rows), 1), "an attempt was submitted twice, or never"
    told: dict[str, set[int]] = defaultdict(set)
    for fact in facts:
        if fact["kind"] == "told":
            told[fact["attempt"]].add(fact["percent"])
    assert told == {row.public_id: {row.percent} for row in rows}, "a client was told another number"
    stored: dict[str, dict[str, str]] = defaultdict(dict)
    names = {row.id: row.public_id for row in rows}
    for answer in session.execute(select(AttemptAnswer.attempt_id, AttemptAnswer.item_id, AttemptAnswer.chosen)):
        stored[names[answer.attempt_id]][answer.item_id] = answer.chosen[0]
    lost = [
        (fact["attempt"], item_id, value, stored[fact["attempt"]].get(item_id))
        for fact in facts
        if fact["kind"] == "saved"
        for item_id, value in fact["answers"].items()
        if stored[fact["attempt"]].get(item_id) != value
    ]
    assert lost == [], "an acknowledged answer is missing"
    assert recompute(at=now(), fix=False) == Found((), ())
    if not is_postgresql(session):
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_a_hundred_attempts(app: Flask, make: Make, tmp_path: Path) -> None:
    drilled(app, make, tmp_path, attempts=100, kills=5, seconds=150)


@pytest.mark.soak
@pytest.mark.timeout(5400)
def test_two_thousand_attempts(app: Flask, make: Make, tmp_path: Path) -> None:
    drilled(app, make, tmp_path, attempts=2000, kills=100, seconds=4800)
