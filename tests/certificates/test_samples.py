"""Samples: certificates of invented people in a folder that holds all that verifies them."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from lms.certificates.cli import group
from lms.certificates.jobs import samples
from lms.certificates.jobs.checking import check_file, read_trust
from lms.clock import now
from lms.db import reading
from tests.certificates.story import config_of


@pytest.fixture
def engine_name() -> str:
    """Samples read content alone; that is tested on both engines."""
    return "sqlite"


def test_samples_are_good_and_the_same_every_time(content_app: Flask, tmp_path: Path) -> None:
    config, at = config_of(content_app), now().replace(microsecond=0)
    paths = samples.write_samples(reading(), config, tmp_path, count=4, at=at)
    assert sorted(path.suffix for path in paths) == [".json"] * 4 + [".jwt"] * 4 + [".pdf"] * 4
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert samples.write_samples(reading(), config, tmp_path, count=4, at=at) == paths
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    trust = read_trust(tmp_path)
    assert [check_file(path.read_bytes(), trust, at=at).state for path in paths] == ["valid"] * 12
    assert {"did.json", "jwks.json", "root.pem", "1", "1.jwt"} <= {path.name for path in before}


def test_a_sample_is_checked_by_the_command(content_app: Flask, tmp_path: Path) -> None:
    runner = content_app.test_cli_runner()
    told = runner.invoke(group, ["samples", str(tmp_path), "--count", "1"])
    assert told.output == f"3 files in {tmp_path}\n"
    for file in tmp_path.glob("CHW-*"):
        done = runner.invoke(group, ["verify", str(file), "--trust", str(tmp_path)])
        assert (done.exit_code, "the signature is good" in done.output) == (0, True), done.output
