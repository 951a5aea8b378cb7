"""Adding to the audit trail, chaining it and checking it, on the database."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms.audit import jobs, queries, service
from lms.audit.cli import group
from lms.audit.models import AuditEvent
from lms.db import is_postgresql, reading, write

AT = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)


def add(count: int = 1, **details: object) -> None:
    """Record events."""

    def fn(session: object) -> None:
        for number in range(count):
            service.record(session, None, "people.invited", "person", number, at=AT, **details)  # type: ignore[arg-type]

    write(fn)


def chain_all(app: Flask) -> str:
    """Run the job."""
    return jobs.run(app.config["LMS"], at=AT)


def test_details_are_kept_as_plain_values(app: Flask) -> None:
    add(day=date(2026, 3, 5), at_once={3, 1}, pair=(1, "a"), nested={1: AT}, none=None, odd=ValueError("x"), real=1.5)
    row = queries.list_events(reading(), "person", 0)[0]
    assert row.details == {
        "day": "2026-03-05",
        "at_once": [1, 3],
        "pair": [1, "a"],
        "nested": {"1": "2026-03-05T18:00:00+00:00"},
        "none": None,
        "odd": "x",
        "real": 1.5,
    }
    assert (row.actor_account_id, row.action, row.at) == (None, "people.invited", AT)
    assert queries.list_events(reading(), "person", 0, page=2) == []


def test_the_job_chains_everything_once(app: Flask) -> None:
    assert chain_all(app).startswith("chained 0; head 0:")
    add(3)
    first = chain_all(app)
    assert first.startswith("chained 3; head 3:")
    assert chain_all(app) == first.replace("chained 3", "chained 0")
    add(2, name="\u02bbO")
    last, _, head = chain_all(app).partition("; head ")[2].partition(":")
    found = queries.verify(reading(), {int(last): head, 3: first.rpartition(":")[2]})
    assert (found.checked, found.waiting, found.first_bad, found.head) == (5, 0, None, head)


def test_many_events_are_chained_in_slices(app: Flask) -> None:
    add(1203)
    assert chain_all(app).startswith("chained 1203;")
    add(1)
    found = queries.verify(reading())
    assert (found.checked, found.waiting, found.first_bad) == (1203, 1, None)


def _without_triggers(session: Session) -> None:
    """Take the triggers away, as somebody with the right to do so could."""
    if is_postgresql(session):
        session.execute(text("ALTER TABLE audit_events DISABLE TRIGGER USER"))
        return
    for name in ("delete", "update", "filled"):
        session.execute(text(f"DROP TRIGGER keep_audit_events_{name}"))


@pytest.mark.parametrize(
    ("tampering", "first_bad"),
    [
        (update(AuditEvent).where(AuditEvent.id == 2).values(action="x"), 2),
        (update(AuditEvent).where(AuditEvent.id == 2).values(details={"k": 1}), 2),
        (delete(AuditEvent).where(AuditEvent.id == 2), 3),
        (delete(AuditEvent).where(AuditEvent.id == 4), 4),
        (update(AuditEvent).values(chain_hash=None), 4),
    ],
)
def test_tampering_is_found(app: Flask, tampering: object, first_bad: int) -> None:
    add(4)
    head = chain_all(app).rpartition(":")[2]
    with pytest.raises(DBAPIError, match="never changed or deleted"):
        write(lambda session: session.execute(tampering) and None)
    write(_without_triggers)
    write(lambda session: session.execute(tampering) and None)
    assert queries.verify(reading(), {4: head}).first_bad == first_bad


def test_the_command_tells_whether_the_trail_is_whole(app: Flask) -> None:
    add(4)
    head = chain_all(app).rpartition(" ")[2]
    add(1)

    def verify(*options: str) -> tuple[int, str]:
        done = app.test_cli_runner().invoke(group, ["verify", *options])
        return done.exit_code, done.output

    said = f"4 events checked, 1 not chained yet; head {head}\n"
    assert verify() == verify("--head", head) == (0, said)
    assert queries.check_chain(reading()) == []
    other = "4:" + "0" * 64
    code, text = verify("--head", head, "--head", other)
    assert (code, "event 4" in text) == (1, True)
    assert verify("--head", "4:hash")[0] == 2
    write(_without_triggers)
    write(lambda session: session.execute(delete(AuditEvent).where(AuditEvent.id == 2)) and None)
    code, text = verify()
    assert (code, "event 3" in text) == (1, True)
    assert queries.check_chain(reading()) == [f"audit: {text.splitlines()[1]}"]


def test_chaining_waits_for_events_on_their_way(app: Flask) -> None:
    """Writers and the job at once: no event ends up behind the chain."""

    def writer() -> None:
        with app.app_context():
            for _ in range(10):
                add()

    def chainer() -> None:
        with app.app_context():
            for _ in range(10):
                chain_all(app)

    threads = [threading.Thread(target=writer) for _ in range(3)] + [threading.Thread(target=chainer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chain_all(app)
    found = queries.verify(reading())
    assert (found.checked, found.waiting, found.first_bad) == (30, 0, None)
    assert reading().scalar(select(AuditEvent.chain_hash).where(AuditEvent.chain_hash.is_(None))) is None
