"""Fixtures: an application on each engine, with real SQLite files and a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.db import write
from tests.databases import Databases, in_memory
from tests.factories import Make

#: The instant at which most tests happen: 10:00 on a Thursday in Los Angeles.
AT = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
PASSPHRASE = "a long enough passphrase"


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Return the prepared databases of this process."""
    with TemporaryDirectory(prefix="lms-tests-", dir=in_memory()) as folder:
        prepared = Databases(Path(folder))
        yield prepared
        prepared.close()


@pytest.fixture(scope="session")
def postgresql_server(databases: Databases) -> str:
    """Return the address of a running PostgreSQL server, without a database name."""
    return databases.server


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Return the engine of this run of the test."""
    return str(request.param)


@pytest.fixture
def app(databases: Databases, engine_name: str, tmp_path: Path) -> Iterator[Flask]:
    """Return an application on an empty database, with its context pushed."""
    with databases.get(engine_name, content=False).take(tmp_path) as app:
        yield app


@pytest.fixture
def content_app(databases: Databases, engine_name: str, tmp_path: Path) -> Iterator[Flask]:
    """Return an application on a database in which content/ is published, with its context pushed."""
    with databases.get(engine_name, content=True).take(tmp_path) as app:
        yield app


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
