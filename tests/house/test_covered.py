"""What holds coverage to its bounds catches what it must."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import LONG, place_of
from tests.covered import ROOT, faults, is_strict, main

RULES, VIEWS = "lms/courses/rules.py", "lms/courses/views.py"


def seen(lines: int, missing: list[int] | None = None, branches: list[list[int]] | None = None) -> dict[str, Any]:
    """Return what a run tells of a file with so many lines reached."""
    return {
        "executed_lines": list(range(lines)),
        "missing_lines": missing or [],
        "executed_branches": [],
        "missing_branches": branches or [],
    }


@pytest.mark.parametrize(
    ("path", "strict"),
    [
        (RULES, True),
        ("lms/people/rules/names.py", True),
        ("lms/tracks/service/assigning.py", True),
        ("lms/assessments/items/numeric/rules.py", True),
        (VIEWS, False),
        ("lms/app.py", False),
    ],
)
def test_rules_and_services_are_held_to_every_branch(path: str, strict: bool) -> None:
    assert is_strict(path) is strict


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({RULES: seen(100), VIEWS: seen(100, [7])}, []),
        ({VIEWS: seen(100)}, [f"{RULES}: no test has imported it"]),
        ({RULES: seen(100, [7]), VIEWS: seen(100)}, [f"{RULES}: not reached: 7"]),
        ({RULES: seen(100, branches=[[7, 0]]), VIEWS: seen(100)}, [f"{RULES}: not reached: 7->end"]),
        ({RULES: seen(0), VIEWS: seen(90, list(range(10)))}, ["90 of 100 lines and branches are reached"]),
        ({RULES: seen(0), VIEWS: seen(0)}, ["0 of 0 lines and branches are reached"]),
    ],
)
def test_what_is_not_reached_is_named(files: dict[str, Any], told: list[str]) -> None:
    found = list(faults(files, {RULES, VIEWS}))
    assert len(found) == len(told)
    assert all(fault.startswith(start) for fault, start in zip(found, told, strict=True))


def test_an_empty_run_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "coverage.json"
    report.write_text(json.dumps({"files": {}}), encoding="utf-8")
    assert main(str(report)) == 1
    assert "lms/db.py: no test has imported it" in capsys.readouterr().err


def test_the_files_that_workers_begin_with_exist_and_come_first() -> None:
    files = [ROOT / "tests" / f"{name}.py" for name in LONG]
    assert [file for file in files if not file.exists()] == []
    assert [place_of(file) for file in files] == list(range(len(LONG)))
    assert place_of(Path(__file__)) == len(LONG)
