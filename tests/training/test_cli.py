"""`lms training import`: what it prints, what it writes, how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.db import reading
from lms.errors import BadInput
from lms.training import jobs, queries
from lms.training.cli import group, read
from lms.training.models import EarlierTraining, Recognition, TrainingImport
from tests.organizations.conftest import rows
from tests.training.conftest import Scene

HEADERS = "email;title;issuer;learned on;hours;kind;module;recognized by;reference"


@pytest.fixture
def file(scene: Scene, tmp_path: Path) -> Path:
    """Return a table as Excel on a Spanish-speaking desktop saves it: three rows for the worker."""
    email = scene.worker.email
    lines = [
        HEADERS,
        f"{email};Promotora básica;Niños de Hoy;06/01/2019;40;class;;Consorcio 2019;A-1",
        f"{email};Salud 101;Niños de Hoy;2018-05-01;7,5;course;salud-101;;A-2",
        f"{email};Alcance;Niños de Hoy;2018-05-02;;course;outreach;Consorcio 2018;A-3",
    ]
    path = tmp_path / "old.csv"
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return path


def run(app: Flask, *arguments: object) -> Any:
    """Run the command and return its result."""
    return app.test_cli_runner().invoke(group, ["import", *map(str, arguments)])


def test_a_dry_run_prints_what_would_happen(content_app: Flask, file: Path) -> None:
    result = run(content_app, file, "--dry-run")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "row 2: record, to be reviewed: 'Promotora básica' of 'Niños de Hoy', 2019-06-01",
        "row 3: record, to be reviewed: 'Salud 101' of 'Niños de Hoy', 2018-05-01",
        "row 4: record, to be reviewed: 'Alcance' of 'Niños de Hoy', 2018-05-02",
        "3 would be recorded (0 of them recognized), 0 unchanged, 0 refused",
    ]
    assert rows(EarlierTraining.id) == []


def test_it_writes_and_twice_is_once(scene: Scene, content_app: Flask, file: Path) -> None:
    first = run(content_app, file)
    assert first.stdout.splitlines()[-1] == "3 recorded (0 of them recognized), 0 unchanged, 0 refused"
    again = run(content_app, file, "--json")
    assert json.loads(again.stdout) == {
        "dry_run": False,
        "created": 0,
        "recognized": 0,
        "unchanged": 3,
        "changes": [],
        "refused": [],
    }
    assert rows(EarlierTraining.state, EarlierTraining.entered_by) == [("waiting", None)] * 3
    assert rows(TrainingImport.name, TrainingImport.created) == [("old.csv", 3)]
    notes = [note for (note,) in rows(EarlierTraining.note)]
    assert notes == ["", "Module: salud-101", ""]


def test_many_rows_come_in_parts_of_one_import(
    scene: Scene, content_app: Flask, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PART", 2)
    file.write_bytes(
        file.read_bytes() + f"\r\n{scene.worker.email};Salud 101;Niños;2018-05-01;1;;;;A-2".encode("cp1252")
    )
    told: list[int] = []
    with pytest.raises(BadInput):
        jobs.bring_in(read("old.csv", file.read_bytes()), tell=told.append)
    assert told == []
    done = jobs.bring_in(read("old.csv", file.read_bytes()), valid_only=True, tell=told.append)
    assert (done.created, [str(each) for each in done.problems], told) == (
        3,
        ["row 5: reference: 'A-2' is recorded with other words or days"],
        [2, 2],
    )
    assert rows(TrainingImport.name, TrainingImport.created) == [("old.csv", 3)]
    assert len({batch for (batch,) in rows(EarlierTraining.import_id)}) == 1


def test_rows_that_were_recognized_before_count_under_the_decision_of_two(
    scene: Scene, content_app: Flask, file: Path
) -> None:
    first, second = (each.email for each in scene.reviewers[:2])
    result = run(content_app, file, "--recognize", "--by", first, "--second", second)
    assert result.stdout.splitlines()[-1] == "3 recorded (2 of them recognized), 0 unchanged, 0 refused"
    found = queries.recognized(reading(), [scene.worker.person_id])
    assert [(each.module_key, each.hours_kind, each.minutes) for each in found] == [
        ("outreach", None, 0),
        (None, "class", 2400),
    ]
    deciders = tuple(each.account_id for each in scene.reviewers[:2])
    assert rows(Recognition.first_by, Recognition.second_by) == [deciders] * 2


@pytest.mark.parametrize(
    "options",
    [
        ["--recognize"],
        ["--recognize", "--by", "{0}"],
        ["--recognize", "--by", "{0}", "--second", "{0}"],
        ["--recognize", "--by", "{0}", "--second", "{2}"],
        ["--recognize", "--by", "Reviewer 0", "--second", "{1}"],
    ],
)
def test_two_certifiers_must_decide(scene: Scene, content_app: Flask, file: Path, options: list[str]) -> None:
    names = [scene.reviewers[0].email, scene.reviewers[1].email, scene.worker.email]
    result = run(content_app, file, *(each.format(*names) for each in options))
    assert result.exit_code == 2, result.output
    assert rows(EarlierTraining.id) == []


def test_problems_are_lines_and_nothing_is_written(scene: Scene, content_app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    lines = [HEADERS, f"{scene.worker.email};Fine;School;2019-01-01", "no@x.example;Lost;School;2019-01-01", "x;;;"]
    path.write_text("\n".join(lines), encoding="utf-8")
    result = run(content_app, path, "--json")
    assert isinstance(result.exception, BadInput)
    assert [str(each) for each in result.exception.problems] == [
        "row 3: email: 'no@x.example': nobody is known by this",
        "row 4: email: 'x' is none",
        "row 4: learned_on: write the last day, as 2026-07-31",
    ]
    assert [each["row"] for each in json.loads(result.stdout)["refused"]] == [3, 4, 4]
    assert rows(EarlierTraining.id) == []
    done = run(content_app, path, "--valid-rows-only")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == "1 recorded (0 of them recognized), 0 unchanged, 2 refused"
    assert done.stderr.splitlines()[0] == "row 3: email: 'no@x.example': nobody is known by this"
    assert [title for (title,) in rows(EarlierTraining.title)] == ["Fine"]


def test_the_refused_rows_are_written_to_a_file(content_app: Flask, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "refused.csv"
    assert run(content_app, file, "--dry-run", "--refused", out).exit_code == 0
    assert not out.exists()
    file.write_bytes(file.read_bytes().replace(b"2018-05-01", b"one day"))
    assert run(content_app, file, "--dry-run", "--refused", out).exit_code == 1
    header, row = out.read_text("utf-8-sig").splitlines()
    assert header.replace('"', "") == "email,title,issuer,learned_on,hours,kind,module,reference,reason"
    assert row.endswith("\"learned_on: 'one day' is not a date; write it as 2026-07-31\"")
    out.write_text(out.read_text("utf-8-sig").replace("one day", "2018-05-01", 1))
    assert run(content_app, out).exit_code == 0
    assert rows(EarlierTraining.title) == [("Salud 101",)]
