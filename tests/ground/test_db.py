"""The database's promises: one writer at a time, readers that cannot write, retries, UTC, safe forks."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from lms import db as database
from lms.app import create_app
from lms.db import UtcDateTime, among, db, insert_once, is_retryable, one_of, reading, upsert, write
from lms.notifications.models import Letter
from lms.people.models import Contact, Person
from lms.scheduler.models import Lease
from tests.conftest import AT
from tests.databases import make_config

PERSON = {"name": "ʻAna", "search_key": "ana", "language": "to", "created_at": AT}


def count(session: Any) -> int:
    return int(session.scalar(select(func.count()).select_from(Person)))


def test_a_reading_session_cannot_write(app: Flask) -> None:
    with pytest.raises(DBAPIError, match="read"):
        reading().execute(insert(Person).values(**PERSON))
    reading().rollback()
    assert count(reading()) == 0


def test_write_commits_once_and_returns_plain_data(app: Flask) -> None:
    assert write(lambda session: insert_once(session, Person, [PERSON], "name")[0][0]) == "ʻAna"
    assert count(reading()) == 1


def test_what_fails_leaves_nothing(app: Flask) -> None:
    def fn(session: Any) -> None:
        session.execute(insert(Person).values(**PERSON))
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        write(fn)
    assert count(reading()) == 0


def test_a_wrong_value_is_refused_by_the_database(app: Flask) -> None:
    with pytest.raises(IntegrityError):
        write(lambda session: session.execute(insert(Person).values(**{**PERSON, "language": "fr"})))
    assert isinstance(one_of("x", ("a",)), CheckConstraint)


def test_instants_are_utc_and_never_naive(app: Flask) -> None:
    tongatapu = timezone(timedelta(hours=13))
    local = datetime(2026, 3, 6, 7, 0, tzinfo=tongatapu)
    write(lambda session: insert_once(session, Person, [{**PERSON, "created_at": local}]))
    stored = reading().scalar(select(Person.created_at))
    assert stored == datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
    assert stored.utcoffset() == timedelta(0)
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), reading().get_bind().dialect)  # noqa: DTZ001
    assert UtcDateTime().process_bind_param(None, reading().get_bind().dialect) is None
    assert UtcDateTime().process_result_value(None, reading().get_bind().dialect) is None


def test_insert_once_skips_what_is_there(app: Flask) -> None:
    row = {"name": "nightly", "holder": "a", "until": AT}
    assert len(write(lambda session: insert_once(session, Lease, [row, {**row, "name": "letters"}], "name"))) == 2
    assert write(lambda session: insert_once(session, Lease, [row], "name")) == []
    assert write(lambda session: insert_once(session, Lease, [])) == []


def test_upsert_changes_only_what_is_named(app: Flask) -> None:
    for holder, until in (("a", AT), ("b", AT + timedelta(days=1))):
        row = {"name": "nightly", "holder": holder, "until": until}
        write(lambda session, row=row: upsert(session, Lease, row, key=["name"], change=["holder"]))
    assert reading().execute(select(Lease.holder, Lease.until)).one() == ("b", AT)


def test_threads_that_read_and_then_write_lose_nothing(app: Flask) -> None:
    write(lambda session: insert_once(session, Lease, [{"name": "n", "holder": "", "until": AT}], "name") and None)

    def bump(session: Any) -> None:
        until = session.scalar(select(Lease.until).where(Lease.name == "n").with_for_update())
        time.sleep(0.001)
        session.execute(update(Lease).where(Lease.name == "n").values(until=until + timedelta(seconds=1)))

    def work() -> None:
        with app.app_context():
            for _ in range(10):
                write(bump)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reading().scalar(select(Lease.until)) == AT + timedelta(seconds=60)


def test_a_race_lost_on_a_unique_constraint_is_run_again(app: Flask) -> None:
    """Another connection commits the same row between the look and the insert; the second look finds it."""
    if db.engines["write"].dialect.name == "sqlite":
        pytest.skip("SQLite lets no second writer in")
    row = {"name": "n", "until": AT}
    tries: list[int] = []

    def fn(session: Any) -> str:
        tries.append(1)
        if there := session.scalar(select(Lease.holder).where(Lease.name == "n")):
            return str(there)
        with db.engines["write"].begin() as other:
            other.execute(insert(Lease).values(holder="the other", **row))
        session.execute(insert(Lease).values(holder="this one", **row))
        return "this one"

    assert write(fn) == "the other"
    assert len(tries) == 2


def test_a_busy_database_is_asked_again(app: Flask) -> None:
    tries: list[int] = []

    def fn(_session: Any) -> int:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("x", {}, _Busy("database is locked"))
        return len(tries)

    assert write(fn) == 3


class _Busy(Exception):
    sqlstate: str | None = None


@pytest.mark.parametrize(
    ("state", "words", "expected"),
    [
        ("40001", "", True),
        ("40P01", "", True),
        ("23505", "", True),
        ("23503", "", False),
        (None, "database is locked", True),
        (None, "no such table", False),
    ],
)
def test_what_is_worth_another_try(state: str | None, words: str, expected: bool) -> None:
    original = _Busy(words)
    original.sqlstate = state
    assert is_retryable(OperationalError("x", {}, original)) is expected


def test_giving_up_after_six_tries(app: Flask) -> None:
    tries: list[int] = []

    def fn(_session: Any) -> None:
        tries.append(1)
        raise OperationalError("x", {}, _Busy("database is locked"))

    with pytest.raises(OperationalError):
        write(fn)
    assert len(tries) == database.ATTEMPTS


def _child(app: Flask, results: Any) -> None:
    with app.app_context():
        try:
            results.put((os.getpid(), write(count), count(reading())))
        except Exception as error:
            results.put(error)
            raise


def test_connections_do_not_cross_a_fork(app: Flask) -> None:
    """Children get connections of their own, though the parent's pools were warm and all of them ask at once."""
    write(lambda session: insert_once(session, Person, [PERSON]) and None)
    assert count(reading()) == 1
    db.session.remove()
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    children = [context.Process(target=_child, args=(app, results)) for _ in range(6)]
    for child in children:
        child.start()
    answers = {results.get(timeout=20) for _ in children}
    for child in children:
        child.join(20)
    assert answers == {(child.pid, 1, 1) for child in children}
    assert count(reading()) == 1


def test_foreign_keys_are_on(app: Flask) -> None:
    with pytest.raises(IntegrityError):
        write(
            lambda session: session.execute(
                insert(Contact).values(person_id=999, kind="email", value="a@b.example", added_at=AT)
            )
        )


def test_sqlite_is_set_up_for_safety(databases: Any, tmp_path: Path) -> None:
    url = databases.fresh_sqlite()
    app = create_app(make_config(tmp_path, url))
    with app.app_context(), db.engines["write"].connect() as connection:
        pragma = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in (
            "journal_mode", "synchronous", "foreign_keys", "trusted_schema", "busy_timeout", "query_only"
        )}  # fmt: skip
        assert pragma == {
            "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0, "busy_timeout": 10000,
            "query_only": 0,
        }  # fmt: skip
        connection.rollback()
    with app.app_context():
        assert reading().execute(text("PRAGMA query_only")).scalar() == 1
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def test_an_old_sqlite_is_warned_about(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    class Old:
        sqlite_version_info = (3, 40, 1)
        sqlite_version = "3.40.1"

    monkeypatch.setattr(database, "SQLITE", Old)
    with caplog.at_level(logging.WARNING):
        database._warn_of_old_sqlite()
    assert "3.40.1" in caplog.text
    assert "pysqlite3" in caplog.text


def test_many_rows_are_inserted_as_few_are(app: Flask) -> None:
    def letters(count: int, first: int) -> list[dict[str, Any]]:
        return [
            {
                "dedupe_key": f"letter {first + number}",
                "kind": "assignment",
                "values": {"name": "ʻAna “Li”", "number": number, "none": None},
                "created_at": AT,
                "run_at": AT + timedelta(microseconds=number),
                "state": "pending",
                "channel": None,
            }
            for number in range(count)
        ]

    few = write(lambda session: insert_once(session, Letter, letters(5, 0), "dedupe_key"))
    many = write(lambda session: insert_once(session, Letter, letters(database.MANY_ROWS, 3), "id", "dedupe_key"))
    assert len(few) == 5
    assert [row.dedupe_key for row in many] == [f"letter {number}" for number in range(5, 203)], (
        "what is there is skipped"
    )
    assert sorted(row.id for row in many) == [row.id for row in many]
    columns = (Letter.public_id, Letter.values, Letter.created_at, Letter.tries, Letter.channel, Letter.language)
    rows = reading().execute(select(*columns).order_by(Letter.id)).all()
    assert len({row.public_id for row in rows}) == len(rows) == 203, "defaults are made anew for each row"
    assert {tuple(row)[2:] for row in rows} == {(AT, 0, None, "en")}
    assert [row[1]["number"] for row in rows] == [0, 1, 2, 3, 4, *range(2, 200)]
    assert rows[-1][1] == {"name": "ʻAna “Li”", "number": 199, "none": None}
    naive = [{**each, "created_at": AT.replace(tzinfo=None)} for each in letters(database.MANY_ROWS, 900)]
    with pytest.raises(ValueError, match="naive"):
        write(lambda session: insert_once(session, Letter, naive) and None)


def test_among_many_is_among_few(app: Flask) -> None:
    made = write(lambda session: insert_once(session, Person, [PERSON] * 3))
    ids = [row.id for row in made]
    for more in (0, 1000):
        wanted = [ids[0], ids[2], *range(10**6, 10**6 + more)]
        found = reading().scalars(select(Person.id).where(among(reading(), Person.id, wanted)).order_by(Person.id))
        assert list(found) == [ids[0], ids[2]]
