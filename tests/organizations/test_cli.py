"""`lms organizations import`: what it prints, what it writes, how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.errors import BadInput
from lms.organizations.cli import group
from lms.organizations.models import Organization
from tests.organizations.conftest import rows

TABLE = "name;key;areas\r\nNiños de Hoy;ninos;4\r\n\r\nHope;hope;\r\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a table as Excel on a Spanish-speaking desktop saves it."""
    path = tmp_path / "cbos.csv"
    path.write_bytes(TABLE.encode("cp1252"))
    return path


def run(app: Flask, *arguments: object) -> Any:
    """Run the command and return its result."""
    return app.test_cli_runner().invoke(group, ["import", *map(str, arguments)])


def test_a_dry_run_prints_what_would_happen(app: Flask, file: Path) -> None:
    result = run(app, file, "--dry-run")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "ninos: create cbo 'Niños de Hoy'",
        "ninos: add area 4 (2022)",
        "hope: create cbo 'Hope'",
        "2 would be created, 0 would be changed, 0 unchanged",
    ]
    assert rows(Organization.id) == []


def test_it_writes_and_twice_is_once(app: Flask, file: Path) -> None:
    assert run(app, file).stdout.splitlines()[-1] == "2 created, 0 changed, 0 unchanged"
    assert [name for (name,) in rows(Organization.name)] == ["Niños de Hoy", "Hope"]
    again = run(app, file, "--json")
    assert json.loads(again.stdout) == {
        "dry_run": False,
        "created": [],
        "changed": [],
        "unchanged": 2,
        "changes": [],
    }


def test_problems_are_lines_and_nothing_is_written(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("key,name,areas\nok,Fine,4\nBAD KEY,Wrong,9\n", encoding="utf-8")
    result = run(app, path)
    assert isinstance(result.exception, BadInput), "the roof prints its lines and exits with 1"
    assert [str(problem) for problem in result.exception.problems] == [
        "row 3: areas: '9' is not known; use the numbers 1 to 8",
        "row 3: key: 'BAD KEY' is not a key; use small letters, digits and single hyphens",
    ]
    assert rows(Organization.id) == []


def test_a_missing_file_is_wrong_usage(app: Flask, tmp_path: Path) -> None:
    assert run(app, tmp_path / "none.csv").exit_code == 2
