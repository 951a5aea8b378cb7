"""The command `lms`: a real installation from nothing, in the order of docs/operations.md, and what goes wrong."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lms import commands
from lms.config import ROOT
from tests.databases import database_url, run_sql

Run = Callable[[str], tuple[int, str, str]]


@pytest.fixture
def production(
    engine_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Path]:
    """Set the environment of a production without a database, and return its data folder."""
    name, server = re.sub(r"\W", "_", tmp_path.name.lower())[:50], ""
    url = f"sqlite:///{tmp_path}/lms.sqlite3"
    if engine_name == "postgresql":
        server = request.getfixturevalue("postgresql_server")
        run_sql(server, f'CREATE DATABASE "{name}"')
        url = database_url(server, name)
    settings = {
        "ENV": "production",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": url,
        "SECRET_KEY": "s" * 40,
        "KEYS_PASSPHRASE": "a passphrase of tests",
        "BASE_URL": "https://training.example.org",
        "HELP_NAME": "Help desk",
        "HELP_PHONE": "+1 213 555 0199",
        "HELP_EMAIL": "help@example.org",
    }
    for key, value in settings.items():
        monkeypatch.setenv(f"LMS_{key}", value)
    yield tmp_path
    if server:
        run_sql(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Return what runs `lms` with a line of words, and answers its exit status and what it wrote."""

    def lms(line: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["lms", *line.split()])
        with pytest.raises(SystemExit) as end:
            commands.main()
        code = end.value.code
        return int(code or 0), *capfd.readouterr()

    return lms


def test_an_installation_from_nothing(production: Path, run: Run) -> None:
    keys = production / "keys"
    code, _out, said = run("content publish")
    assert (code, "LMS_KEYS_DIR" in said) == (2, True)
    code, _out, said = run("keys create")
    assert (code, said.count("\n"), "run `lms db upgrade`" in said) == (2, 1, True)
    assert not keys.exists(), "a key was made that no row names"
    assert run("db upgrade")[0] == 0
    code, out, _said = run("keys create")
    assert (code, "is in force" in out) == (0, True)
    assert len(list(keys.iterdir())) == 5, "a key of each kind"
    assert run("jobs list")[0] == 0


def test_help_needs_no_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_ENV", "production")
    code, out, said = run("--help")
    assert (code, said) == (0, "")
    assert {"audit", "content", "db", "keys", "serve"} <= set(out.split())


def test_the_documented_installation_is_the_tested_one() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    steps = re.findall(r"^ *\.venv/bin/lms ([a-z -]+)$", page.partition("## Install with PostgreSQL")[0], re.MULTILINE)
    assert steps[:2] == ["db upgrade", "keys create"]
    assert "LMS_ENV=demo" not in page
