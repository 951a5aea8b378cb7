"""A track for thousands of workers from a file, by the command, while pages are asked for; and how long it takes."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, text

from lms.config import ROOT, Config
from lms.content.library import current
from lms.courses.models import ModuleCompletion
from lms.db import db, insert_once, reading, write
from lms.ids import new_public_id
from lms.organizations.models import Employment, EmploymentTerms, Organization
from lms.people.models import Contact, Person
from lms.people.rules import search_key
from tests.conftest import AT
from tests.factories import LONG_AGO, MadePerson, Make, day, sign_in

TRACK = "first-steps"
PLACES = 20
#: Every fifth worker has done one module of the track before, and every twentieth both.
BEFORE = (("communication", 5), ("outreach", 20))
#: What the command writes for each worker, copied once more without any index as the least that it could cost.
TABLES = ("enrolments", "assignments", "letters")


@dataclass(frozen=True)
class Run:
    """What one run of the command took, in seconds and MB, and the seconds of each page meanwhile."""

    said: dict[str, Any]
    total: float
    memory: float
    pages: list[float]
    floor: float

    @property
    def slowest(self) -> float:
        """Return the 99th percentile of the pages, in seconds."""
        return statistics.quantiles(self.pages, n=100)[98] if len(self.pages) > 1 else max(self.pages)


def fill(make: Make, count: int, file: Path) -> MadePerson:
    """Write `count` workers of 20 organizations, and a file that names them all; return one supervisor."""
    places = [make.organization() for _ in range(PLACES)]
    boss = make.supervisor(places[0], "Boss")
    write(lambda session: _fill(session, count, places))
    keys = dict(reading().execute(select(Organization.id, Organization.key)).all())
    reading().rollback()
    lines = [f"w{number}@crowd.example;{keys[places[number % PLACES]]}" for number in range(count)]
    file.write_text("\r\n".join(["E-mail;Organization", *lines]), encoding="utf-8-sig")
    return boss


def _fill(session: Any, count: int, places: list[int]) -> None:
    names = [f"Worker {number}" for number in range(count)]
    people = [{"name": name, "search_key": search_key(name), "created_at": LONG_AGO} for name in names]
    ids = sorted(row.id for row in insert_once(session, Person, people))
    contacts = [
        {"person_id": each, "kind": "email", "value": f"w{number}@crowd.example", "added_at": LONG_AGO}
        for number, each in enumerate(ids)
    ]
    insert_once(session, Contact, contacts)
    since = LONG_AGO.date()
    spells = [
        {"person_id": each, "organization_id": places[number % PLACES], "started_on": since}
        for number, each in enumerate(ids)
    ]
    terms = [
        {"employment_id": row.id, "since": since, "title": "Promotora"}
        for row in insert_once(session, Employment, spells)
    ]
    insert_once(session, EmploymentTerms, terms)
    library = current(session)
    for module, every in BEFORE:
        rows = [
            {
                "public_id": new_public_id(),
                "person_id": each,
                "module_key": module,
                "round": 1,
                "completed_at": AT - timedelta(days=30),
                "completed_on": (AT - timedelta(days=30)).date(),
                "minutes": 45,
                "revision_id": library.get("module", module).revision_id,
                "language": "en",
            }
            for each in ids[::every]
        ]
        session.execute(insert(ModuleCompletion), rows)


def run(app: Flask, boss: MadePerson, file: Path) -> Run:
    """Run the command in a process of its own while a supervisor opens her team; return what it took."""
    browser = sign_in(app.test_client(), boss)
    assert browser.get("/team").status_code == 200
    began = time.monotonic()
    command = [sys.executable, "-m", "lms", "tracks", "assign", "--track", TRACK, "--file", str(file), "--json"]
    command += ["--due", day(90).isoformat()]
    pages, memory = [], 0.0
    with (
        file.with_suffix(".json").open("w+", encoding="utf-8") as out,  # it names everybody: more than a pipe holds
        subprocess.Popen(
            command, cwd=ROOT, env=_environment(app), stdout=out, stderr=subprocess.PIPE, text=True
        ) as child,
    ):
        while child.poll() is None:
            asked = time.monotonic()
            assert browser.get("/team").status_code == 200
            pages.append(time.monotonic() - asked)
            memory = max(memory, _memory(child.pid))
            time.sleep(0.02)
        _, err = child.communicate()
        out.seek(0)
        said = json.load(out)
    assert child.returncode == 0, err
    return Run(said, time.monotonic() - began, memory, pages, _floor())


def _environment(app: Flask) -> dict[str, str]:
    config: Config = app.config["LMS"]
    own = {"LMS_ENV": "test", "LMS_DATA_DIR": str(config.data_dir), "LMS_DATABASE_URL": config.database_url}
    return os.environ | own | {"LMS_SECRET_KEY": "test-" * 10, "LMS_BASE_URL": "http://localhost"}


def _memory(pid: int) -> float:
    """Return the most memory that a process has held, in MB; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return max((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), default=0.0)


def _floor() -> float:
    """Return the seconds of a bare INSERT ... SELECT of the same rows, into tables without indexes."""
    engine = db.engines["write"]
    with engine.begin() as connection:
        for name in TABLES:
            connection.execute(text(f"CREATE TABLE floor_{name} AS SELECT * FROM {name} WHERE 1 = 0"))
    began = time.monotonic()
    with engine.begin() as connection:
        for name in TABLES:
            connection.execute(text(f"INSERT INTO floor_{name} SELECT * FROM {name}"))
    spent = time.monotonic() - began
    with engine.begin() as connection:
        for name in TABLES:
            connection.execute(text(f"DROP TABLE floor_{name}"))
    return spent
