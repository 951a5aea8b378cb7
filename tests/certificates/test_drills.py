"""Killing the program at every durable step, and many at once: nothing lost, nothing twice. Whole in `make soak`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.engine import make_url

from lms.config import ROOT
from lms.db import db
from tests.certificates.story import config_of


def drill(app: Flask, name: str, folder: Path, size: int, *, stride: int = 1, seconds: int) -> dict[str, Any]:
    """Run a drill of `drill.py` on the application's database, in a process that may fork."""
    for engine in db.engines.values():
        engine.dispose()
    url = make_url(config_of(app).database_url).render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.certificates.drill", name, url, str(folder / "drill")]
    command += [str(size), str(stride)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    sys.stderr.write(done.stderr)  # what ended a child that was not killed; shown where the test fails
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.timeout(600)
def test_durable_steps_are_safe_to_die_at(content_app: Flask, engine_name: str, tmp_path: Path) -> None:
    stride = 2 if engine_name == "sqlite" else 5
    found = drill(content_app, "every_point", tmp_path, 130 // stride, stride=stride, seconds=500)
    assert found["faults"] == []
    assert 60 // stride <= found["killed"] == found["points"] < 130 // stride - 1, "the last one came to its end"
    assert found["again"] >= 30 // stride // 3


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_every_durable_step_is_safe_to_die_at(content_app: Flask, tmp_path: Path) -> None:
    found = drill(content_app, "every_point", tmp_path, 130, seconds=1000)
    assert found["faults"] == []
    assert 60 <= found["killed"] == found["points"] < 129, "the last one came to its end"


def check_race(found: dict[str, Any], kills: int) -> None:
    """Hold what the race found against what was promised."""
    assert found["faults"] == []
    assert (found["broken"], found["last"]) == (0, 0)
    assert found["killed"] >= kills
    assert found["rotations"] >= 4
    assert found["keys"] > 4, "some editions have the keys of a later set"


@pytest.mark.timeout(600)
def test_clients_that_are_killed_certify_a_hundred(content_app: Flask, tmp_path: Path) -> None:
    check_race(drill(content_app, "race", tmp_path, 100, stride=20, seconds=500), 20)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_clients_that_are_killed_certify_two_thousand(content_app: Flask, tmp_path: Path) -> None:
    found = drill(content_app, "race", tmp_path, 2000, stride=400, seconds=7000)
    print(found)
    check_race(found, 400)
