"""What `make bench` asks of the demonstration is there: each page, and a quiz that is handed in again and again."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks.run import Browser, Submits, pages
from tests.demo.conftest import Demo

pytestmark = pytest.mark.timeout(600)  # the first test waits for the loading


def test_what_is_measured_is_there(demo: Demo, tmp_path: Path) -> None:
    port = urlsplit(demo.address).port
    assert port
    cases = pages(port, port, tmp_path)
    assert {case.name for case in cases} == {
        "learner page", "lesson", "quiz submit of ten answers", "team page", "verify page", "completion report",
    }  # fmt: skip
    for case in cases:
        if case.name != "quiz submit of ten answers":
            assert case.real() == 200, case.name
            assert len((tmp_path / f"{case.name.replace(' ', '-')}.html").read_text()) > 3000, case.name


def test_ten_answers_can_be_handed_in_again(demo: Demo) -> None:
    port = urlsplit(demo.address).port
    assert port
    submits = Submits(Browser(port).sign_in("worker-sm@demo.example"), Browser(port))
    for _ in range(3):
        submits.prepare()
        assert len({name.partition(".")[0] for name, _ in submits.form if name.startswith("a-")}) == 10
        assert submits.real() in (302, 303)
