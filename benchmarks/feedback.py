"""How long counting 100,000 answer sheets takes, and the pages of their figures: python -m benchmarks.feedback [URL].

Without an address of an empty database it makes a SQLite file in a temporary folder.
"""

from __future__ import annotations

import random
import secrets
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import insert

from lms.app import create_app
from lms.clock import now
from lms.config import ROOT
from lms.content.library import Library, current
from lms.db import chunks, reading, write
from lms.ids import new_public_id
from lms.publish.service import publish_directory
from lms.surveys import jobs
from lms.surveys.models import SurveyAnswer
from lms.surveys.queries import whole_survey
from tests.conftest import Browser
from tests.databases import make_config
from tests.factories import Make, sign_in

SHEETS = 100_000
LANGUAGES, WEIGHTS = ("en", "es", "to", "sm", None), (60, 25, 5, 5, 5)


def answers(library: Library, survey: str, rnd: random.Random) -> dict[str, Any]:
    """Return one sheet; three in ten optional questions are left open."""
    made: dict[str, Any] = {}
    for spec in whole_survey(library, survey).specs:
        if spec.required or rnd.random() > 0.3:
            if spec.type == "likert":
                made[spec.id] = rnd.randint(1, 5)
            elif spec.type == "choice":
                made[spec.id] = rnd.choice(spec.options).id
    return made


def cell(library: Library, survey: str, rnd: random.Random, size: int) -> list[dict[str, Any]]:
    """Return the sheets of one released cell."""
    module = rnd.choice(library.keys("module"))
    head = {
        "batch": new_public_id(),
        "survey_key": survey,
        "subject_key": f"module:{module}",
        "revision_id": None,
        "subject_revision_id": library.get("module", module).revision_id,
        "language": rnd.choices(LANGUAGES, WEIGHTS)[0],
        "month": date(2026, 3, 1),
    }
    return [{"id": secrets.token_hex(16), **head, "answers": answers(library, survey, rnd)} for _ in range(size)]


def main(url: str) -> None:
    """Fill the database, count, and ask for each page."""
    folder = Path(tempfile.mkdtemp(prefix="lms-feedback-"))
    app = create_app(make_config(folder, url or f"sqlite:///{folder}/lms.sqlite3"))
    rnd = random.Random(1)
    with app.app_context():
        upgrade()
        publish_directory(ROOT / "content", at=now())
        library = current(reading())
        survey = str(library.get("module", library.keys("module")[0]).file("module.yml")["survey"])
        rows: list[dict[str, Any]] = []
        while len(rows) < SHEETS:
            rows += cell(library, survey, rnd, 11 + int(rnd.expovariate(1 / 8)))
        for part in chunks(rows, 5000):
            write(lambda session, part=part: session.execute(insert(SurveyAnswer), part) and None)  # type: ignore[misc]
        reading().rollback()
        began = time.perf_counter()
        counted = jobs.count_released()
        print(f"{len(rows)} sheets in {counted} cells: {time.perf_counter() - began:.1f} s")
        write(lambda session: session.execute(insert(SurveyAnswer), cell(library, survey, rnd, 20)) and None)
        reading().rollback()
        began = time.perf_counter()
        jobs.count_released()
        print(f"one more cell: {time.perf_counter() - began:.2f} s")
        app.config["WTF_CSRF_ENABLED"] = False
        app.test_client_class = Browser
        client = sign_in(app.test_client(), Make(write).person(roles=("analyst",)))
        module = f"/feedback/{survey}/module:{library.keys('module')[0]}"
        for path in ("/feedback", module, f"/feedback/{survey}/all", f"{module}/figures.csv", "/changes"):
            times = []
            for _ in range(15):
                began = time.perf_counter()
                assert client.get(path).status_code == 200, path
                times.append(time.perf_counter() - began)
            print(f"{path}: {1000 * statistics.median(times):.0f} ms")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
