"""The demonstration, loaded once for all files of this folder, and served as `make demo` serves it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from werkzeug.serving import WSGIRequestHandler, make_server

from lms.app import create_app
from lms.config import Config
from lms.db import Base, db
from lms.demo.accounts import PASSPHRASE
from lms.demo.load import load
from tests.databases import make_config
from tests.journeys.browser import Browser, Page


@dataclass(frozen=True)
class Figures:
    """What loading cost. `waited` is how long the thread stood ready while others held the cores."""

    workers: int
    seconds: float
    cpu_seconds: float
    waited: float
    told: tuple[str, ...]


@dataclass
class Demo:
    """The loaded demonstration: its application, where it is served, what loading cost."""

    app: Flask
    config: Config
    address: str
    figures: Figures

    def rows(self, statement: str, **values: Any) -> Sequence[Any]:
        """Return what a statement finds in the database."""
        with self.app.app_context(), db.engines[None].connect() as connection:
            return connection.execute(text(statement), values).all()

    def one(self, statement: str, **values: Any) -> Any:
        """Return the first column of the first row that a statement finds."""
        rows = self.rows(statement, **values)
        assert rows, f"the demonstration has nothing for: {statement} {values}"
        return rows[0][0]

    def person(self, email: str) -> int:
        """Return who has this address."""
        return int(self.one("SELECT person_id FROM contacts WHERE value = :value", value=email))

    def speak(self, person_id: int, language: str) -> None:
        """Let somebody read in this language from now on."""
        statement = text("UPDATE people SET language = :language WHERE id = :id")
        with self.app.app_context(), db.engines["write"].begin() as connection:
            connection.execute(statement, {"language": language, "id": person_id})

    def known(self, person_public_id: str) -> Reader:
        """Return somebody signed in already: of most people in the demonstration nobody knows a passphrase."""
        statement = """SELECT a.public_id || ':' || a.security_stamp FROM accounts a
                       JOIN people p ON p.id = a.person_id WHERE p.public_id = :id"""
        reader = Reader(self.app.test_client())
        with reader.client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = self.one(statement, id=person_public_id), True
        return reader

    def reader(self, email: str | None = None) -> Reader:
        """Return somebody with a browser without scripts, signed in at the sign-in page unless she has no address."""
        reader = Reader(self.app.test_client())
        if email:
            page = reader.sign_in(email, PASSPHRASE)
            assert (page.status, page.address.split("?")[0]) != (200, "/sign-in"), (
                f"{email} cannot sign in: {page.text}"
            )
        return reader


class Reader(Browser):
    """Somebody with a browser, whose cookies can be handed to another."""

    client: FlaskClient

    def press(self, page: Page, action: str) -> Page:
        """Press the button of the form whose address contains `action`."""
        return page.send(page.form(action))

    @property
    def session(self) -> str | None:
        """Return the value of the session cookie, None before there is one."""
        cookie = self.client.get_cookie("session")
        return cookie.value if cookie else None


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 -- the library's own name
        """Say nothing."""


def settings(folder: Path, base_url: str = "http://127.0.0.1") -> Config:
    """Return the settings of the demonstration with everything in `folder`."""
    return make_config(folder, f"sqlite:///{folder / 'lms.sqlite3'}", LMS_ENV="demo", LMS_BASE_URL=base_url)


def waited_for_cores() -> float:
    """Return for how many seconds this thread has been ready to run while other programs had the cores."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def load_into(folder: Path) -> Figures:
    """Load the demonstration into a fresh database in `folder` and return what it cost."""
    app = create_app(settings(folder))
    told: list[str] = []
    with app.app_context():
        Base.metadata.create_all(db.engines["write"])
        waited, cpu, wall = waited_for_cores(), time.process_time(), time.monotonic()
        workers = load(app, told.append)
        wall, cpu, waited = time.monotonic() - wall, time.process_time() - cpu, waited_for_cores() - waited
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    with create_engine(f"sqlite:///{folder / 'lms.sqlite3'}").connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return Figures(workers, round(wall, 1), round(cpu, 1), round(waited, 1), tuple(told))


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Hold a lock over all test processes."""
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Figures]:
    """Return the folder of the loaded demonstration and what loading cost; test processes of one run share it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, figures = shared / "demonstration", shared / "demonstration.json"
    with held(shared / "demonstration.lock"):
        if not figures.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            figures.write_text(json.dumps(vars(load_into(folder))))
    facts = json.loads(figures.read_text())
    return folder, Figures(**{**facts, "told": tuple(facts["told"])})


@pytest.fixture(scope="module")
def demo(loaded: tuple[Path, Figures], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Serve a copy of the loaded demonstration, forms' tokens and all, on a free port, for the tests of one file."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    shutil.copytree(loaded[0], folder)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = settings(folder, address)
        app = create_app(config)
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet, fd=listening.fileno())
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Demo(app, config, address, loaded[1])
        server.shutdown()
        thread.join()
        server.server_close()
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
