"""The hand-written edge cases in `cases/`: each file gives what the JSON beside it says."""

from __future__ import annotations

import json

import pytest

from tests.assessments.exchange.reading import CASES, FORMATS, result_of

FILES = sorted(path for path in CASES.iterdir() if path.suffix in FORMATS)


def test_there_are_enough_cases() -> None:
    by_format = [path.suffix for path in FILES]
    assert by_format.count(".gift") >= 40
    assert by_format.count(".xml") >= 40
    assert {path.with_suffix(f"{path.suffix}.json") for path in FILES} == set(CASES.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_case_gives_the_documented_result(path) -> None:
    expected = json.loads(path.with_suffix(f"{path.suffix}.json").read_text(encoding="utf-8"))
    assert result_of(path) == expected
