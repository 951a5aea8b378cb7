"""Fixtures: an application on each engine, with real SQLite files and a real PostgreSQL server."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings

from lms.db import write
from tests.databases import Databases, in_memory
from tests.factories import Make

#: A machine that is busy with something else makes no rule wrong.
settings.register_profile("lms", deadline=None)
settings.load_profile("lms")
#: The instant at which most tests happen: 10:00 on a Thursday in Los Angeles.
AT = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
#: What every test runs on.
ENGINES = ("sqlite", "postgresql")
PASSPHRASE = "a long enough passphrase"


#: Files of few tests that take long, the longest first. The first loads the demonstration: two more would wait for it.
LONG = """demo/test_browser certificates/test_drills foreign/test_credentials foreign/test_manual foreign/test_pages
    notifications/test_jobs scheduler/test_loop drills/test_attempts
    publish/test_plans tracks/test_crowd tracks/test_life notifications/test_planning notifications/test_yearly
    notifications/test_follow_ups house/test_layout house/test_routes tracks/test_asking_again tracks/test_standing
    house/test_migrations assessments/test_two_tabs drills/test_crowd assessments/exchange/test_hostile
    assessments/analysis/test_planted assessments/test_assessing_browser journeys/test_story translating/test_taking
    demo/test_languages demo/test_refused_forms demo/test_supervisor journeys/test_four_languages""".split()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to run the tests of pages on both engines, as all others are."""
    parser.addoption("--both-engines", action="store_true", help="run the tests of views on both engines too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave each test of views one engine of the two, in turn (docs/decisions/0009); workers begin with long files."""
    if not config.getoption("both_engines"):
        other = {each for each in items if isinstance(each, pytest.Function) and is_for_the_other_engine(each)}
        config.hook.pytest_deselected(items=list(other))
        items[:] = [each for each in items if each not in other]
    if hasattr(config, "workerinput"):
        many = Counter(each.path for each in items)
        items.sort(key=lambda each: (place_of(each.path), -many[each.path], str(each.path)))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let Python look for garbage in what tests make alone: what was imported and collected stays until the end."""
    gc.collect()
    gc.freeze()


def place_of(file: Path) -> int:
    """Return where among the long files a file of tests stands; all others come after them."""
    name = file.relative_to(Path(__file__).parent).with_suffix("").as_posix()
    return LONG.index(name) if name in LONG else len(LONG)


def is_for_the_other_engine(item: pytest.Function) -> bool:
    """Return whether this run of a test of views is left to the other engine."""
    engine = item.callspec.params.get("engine_name") if hasattr(item, "callspec") else None
    if engine is None or "views" not in item.path.name or item.get_closest_marker("both_engines"):
        return False
    number = crc32(item.nodeid.replace(engine, "").encode())
    return ENGINES[number % 2] != engine


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


@pytest.fixture(params=ENGINES)
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
