"""The database: typed base, UTC instants, one reading and one writing engine, and `write`, which alone commits.

SQLite settings and the gate follow measurements: deferred transactions lost updates or were refused, while
BEGIN IMMEDIATE behind a gate lost nothing and kept the slowest write short (docs/operations.md).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import random
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    TypeDecorator,
    any_,
    bindparam,
    event,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import Pool

from lms.config import Config

try:  # a newer SQLite than the system's, see SAFE_SQLITE
    import pysqlite3  # type: ignore[import-not-found,import-untyped,unused-ignore]

    SQLITE: ModuleType = pysqlite3
except ImportError:  # pragma: no cover -- only where no wheel exists
    SQLITE = sqlite3

SAFE_SQLITE = (3, 51, 3)  # first release without the WAL-reset fault
ATTEMPTS = 6
RETRIED = {"40001", "40P01", "23505"}  # serialization failure, deadlock, unique violation lost to a racer
LONG_GATE_SECONDS = 15.0
MANY_ROWS = 200  # from here on `insert_once` sends rows as one JSON text

T = TypeVar("T")
log = logging.getLogger(__name__)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: refuses naive values, stores UTC, gives back aware UTC on both engines."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return `value` in UTC; raise `ValueError` when it has no time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime cannot be stored: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy's own shape
        """Return the stored instant as an aware UTC value."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 -- SQLAlchemy's own hook
        datetime: UtcDateTime,
        str: String,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


def one_of(column: str, values: Sequence[str]) -> CheckConstraint:
    """Return a constraint that lets `column` hold only `values` (or NULL)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})


def init_app(app: Flask, config: Config) -> None:
    """Give `app` its two engines. They connect lazily, so a server that forks afterwards is safe."""
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(config, reading=True)
    app.config["SQLALCHEMY_BINDS"] = {
        "write": {"url": config.database_url, **_engine_options(config, reading=False)},
    }
    if config.is_sqlite:
        Path(config.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        _warn_of_old_sqlite()
    db.init_app(app)
    with app.app_context():
        for key, engine in db.engines.items():
            _guard_forks(engine)
            if config.is_sqlite:
                _configure_sqlite(engine, reading=key is None)


def _engine_options(config: Config, *, reading: bool) -> dict[str, Any]:
    """Return the pool and connection options of one engine."""
    if config.is_sqlite:
        return {
            "module": SQLITE,
            "connect_args": {"timeout": 10, "check_same_thread": False},
            "pool_size": 16 if reading else 4,
            "max_overflow": 16 if reading else 0,
            "pool_timeout": LONG_GATE_SECONDS,
        }
    flags = "-c statement_timeout=15000 -c lock_timeout=4000 -c idle_in_transaction_session_timeout=30000"
    flags += " -c timezone=UTC" + (" -c default_transaction_read_only=on" if reading else "")
    return {
        "connect_args": {"options": flags},
        "pool_size": 8,
        "max_overflow": 8,
        "pool_timeout": LONG_GATE_SECONDS,
        "pool_pre_ping": True,
        "isolation_level": "READ COMMITTED",
    }


def _configure_sqlite(engine: Engine, *, reading: bool) -> None:
    """Set the pragmas on every connection, and begin transactions ourselves."""

    @event.listens_for(engine, "connect")
    def _connect(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # the driver must not begin transactions of its own
        set_pragmas(raw, reading=reading)

    begin = "BEGIN DEFERRED" if reading else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)


def set_pragmas(raw: Any, *, reading: bool) -> None:
    """Set what every SQLite connection of this program needs; `reading` forbids writes on it."""
    cursor = raw.cursor()
    cursor.execute("PRAGMA busy_timeout=10000")
    if not reading:
        cursor.execute("PRAGMA journal_mode=WAL")
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",  # else INSERT OR REPLACE deletes rows without asking the triggers that keep them
        "trusted_schema=OFF",
        "mmap_size=0",
        "cell_size_check=ON",
        "journal_size_limit=67108864",
        "wal_autocheckpoint=1000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    if reading:
        cursor.execute("PRAGMA query_only=ON")
    cursor.close()


#: Pools that this process inherited by a fork. Kept, because closing their connections would end the parent's.
_inherited: list[Pool] = []


def _guard_forks(engine: Engine) -> None:
    """Give a forked process a pool of its own: two processes on one connection would mix up their conversations.

    A check when a connection is taken would come too late: the pool pings it before that, and may wait for ever.
    """
    known = weakref.ref(engine)

    def leave_pool() -> None:
        if (inherited := known()) is not None:
            _inherited.append(inherited.pool)
            inherited.dispose(close=False)

    os.register_at_fork(after_in_child=leave_pool)


def _warn_of_old_sqlite() -> None:
    """Log a warning when the SQLite library has the WAL-reset fault."""
    if tuple(SQLITE.sqlite_version_info) < SAFE_SQLITE:
        log.warning(
            "SQLite %s can corrupt a WAL database in a rare race; install pysqlite3 (3.51.3 or newer).",
            SQLITE.sqlite_version,
        )


_thread_gate = threading.Lock()


@contextmanager
def _gate() -> Iterator[None]:
    """Hold the write gate: one writer at a time over all threads and processes (SQLite only)."""
    engine = db.engines["write"]
    if engine.dialect.name != "sqlite":
        yield
        return
    with _thread_gate, Path(f"{engine.url.database}.gate").open("a") as side_file:
        fcntl.flock(side_file, fcntl.LOCK_EX)
        yield  # closing the file opens the gate


def write(fn: Callable[[Session], T]) -> T:
    """Run `fn(session)` in one writing transaction, perhaps repeatedly, commit, and return its plain result.

    The reading session is rolled back first, so that nothing read before is trusted. `fn` changes rows
    only: no mail, file, network or password hash. Races and busy databases are retried with growing pauses.
    """
    reading().rollback()
    for attempt in range(ATTEMPTS):
        try:
            with _gate(), Session(db.engines["write"], expire_on_commit=False) as session, session.begin():
                return fn(session)
        except DBAPIError as error:
            if not is_retryable(error) or attempt == ATTEMPTS - 1:
                raise
            time.sleep(random.uniform(0.005, 0.02) * 2**attempt)  # noqa: S311 -- spreads retries, no secret
    raise AssertionError("unreachable")  # pragma: no cover


def is_retryable(error: DBAPIError) -> bool:
    """Return whether running the same transaction again may succeed."""
    original = error.orig
    state = getattr(original, "sqlstate", None)
    if state is not None:
        return state in RETRIED
    said = str(original)
    return "database is locked" in said or "database table is locked" in said or "database is busy" in said


def reading() -> Session:
    """Return this request's session on the engine that cannot write."""
    return cast("Session", db.session())


def is_postgresql(session: Session) -> bool:
    """Return whether `session` speaks to PostgreSQL."""
    return session.get_bind().dialect.name == "postgresql"


def take_turns(session: Session, *names: str, shared: bool = False) -> None:
    """Let transactions that give a same name pass one after another: each begins here when the one before has ended.

    `shared` ones pass together, never beside another. For facts that have no row to lock. SQLite queues anyhow.
    """
    if names and is_postgresql(session):
        numbers = [_number_of(name) for name in sorted(set(names))]
        turns = func.unnest(cast_to(numbers, postgresql.ARRAY(BigInteger))).column_valued("turn")
        session.execute(select(getattr(func, f"pg_advisory_xact_lock{'_shared' if shared else ''}")(turns)))


def _number_of(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)


def _dialect_insert(session: Session, table: Any) -> Any:
    return postgresql.insert(table) if is_postgresql(session) else sqlite.insert(table)


def insert_once(
    session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]], *returning: str
) -> list[Row[Any]]:
    """Insert `rows`, skip those that a unique constraint already holds, and return what was new.

    `returning` names the columns of the answer (default `id`), one row for each inserted one. Every row has the
    columns of the first.
    """
    if not rows:
        return []
    table = cast("Table", model.__table__)
    columns = [table.c[name] for name in (returning or ("id",))]
    if len(rows) >= MANY_ROWS and not any(isinstance(column.type, LargeBinary) for column in table.c):
        return _insert_set(session, table, rows, columns)
    statement = _dialect_insert(session, table).on_conflict_do_nothing().returning(*columns)
    found: list[Row[Any]] = []
    for chunk in chunks(rows, 500):
        found += session.execute(statement, [dict(row) for row in chunk]).all()
    return found


def _insert_set(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], returning: Sequence[Column[Any]]
) -> list[Row[Any]]:
    """Do what `insert_once` does with one INSERT ... SELECT, whose rows travel as one JSON text.

    Thousands of rows with a placeholder for each value take longer to write down and to parse than to insert.
    """
    dialect = session.get_bind().dialect
    made: dict[str, Any] = {each.name: each.default for each in table.c if each.default and each.name not in rows[0]}
    columns = [each for each in table.c if each.name in rows[0] or each.name in made]
    stored = [(each.name, _stored(each, dialect)) for each in columns]
    values = [[keep(row[name] if name in row else _made(made[name])) for name, keep in stored] for row in rows]
    source = select(*(_read(number, each, dialect) for number, each in enumerate(columns)))
    source = source.select_from(text(_ROWS[dialect.name])).where(text("true"))
    statement = _dialect_insert(session, table).from_select([each.name for each in columns], source, False)
    statement = statement.on_conflict_do_nothing().returning(*returning)
    return list(session.execute(statement, {"rows": json.dumps(values, default=str)}).all())


_ROWS = {
    "sqlite": "json_each(:rows) AS r",
    "postgresql": "jsonb_array_elements(CAST(:rows AS jsonb)) AS r(value)",
}


def _stored(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any]:
    """Return the function that gives a value of `column` as the database keeps it, or as it reads it from text."""
    if isinstance(column.type, JSON):
        return json.dumps
    return column.type.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value)


def _made(default: Any) -> Any:
    """Return what a column's default gives: a plain value, or what its function makes anew for each row."""
    return default.arg(None) if default.is_callable else default.arg


def _read(number: int, column: Column[Any], dialect: Dialect) -> ColumnElement[Any]:
    """Return how a row of the JSON text gives its value of that number."""
    if dialect.name == "sqlite":
        return literal_column(f"json_extract(r.value, '$[{number}]')")
    return cast_to(literal_column(f"r.value ->> {number}"), column.type)


def among(session: Session, column: Any, values: Collection[int]) -> ColumnElement[bool]:
    """Return the criterion of rows whose whole number in `column` is one of `values`.

    Many values travel as one, not as a placeholder each, which PostgreSQL's driver takes long to read.
    """
    if len(values) < MANY_ROWS:
        return cast("ColumnElement[bool]", column.in_(values))
    if is_postgresql(session):
        return cast("ColumnElement[bool]", column == any_(bindparam(None, list(values), type_=ARRAY(Integer))))
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    return cast("ColumnElement[bool]", column.in_(select(listed.c.value)))


def upsert(
    session: Session, model: type[Base], row: Mapping[str, Any], *, key: Sequence[str], change: Sequence[str]
) -> None:
    """Insert `row`; where `key` is taken, set the columns of `change` instead."""
    statement = _dialect_insert(session, model.__table__).values(dict(row))
    session.execute(
        statement.on_conflict_do_update(
            index_elements=list(key), set_={name: statement.excluded[name] for name in change}
        )
    )


def chunks(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield `rows` in slices of at most `size`, small enough for SQLite's limit of variables."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
