"""Practical: shown to an assessor."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from lms.assessments.items import rules_of
from lms.errors import RuleBroken
from tests.assessments.items import CANARY, Case, Walk, question, read
from tests.assessments.items.rubrics import OTHER_RUBRIC, RUBRIC, SCORED, most, rubrics

SAMPLE = question("practical", rubric=RUBRIC, points=7)
OTHER = SAMPLE | {"rubric": OTHER_RUBRIC, "points": 9, "feedback": f"{CANARY} of another kind"}
SHOWN = read(SAMPLE)
STRICT = read(OTHER)
CASES: tuple[Case, ...] = (
    *((SHOWN, levels, points, is_right) for levels, points, is_right in SCORED),
    (STRICT, {"asks": "none", "waits": "no"}, 9, True),
    (STRICT, {"asks": "some", "waits": "no"}, 7, False),
    (STRICT, {"asks": "some", "waits": "yes"}, 6, False),
)
WALK: Walk = {}
ITEMS = rubrics().map(lambda rubric: question("practical", rubric=rubric, points=most(rubric)))


def sent_to(item: Any) -> st.SearchStrategy[list[str]]:
    """Return what its page may send: nothing."""
    return st.just([])


def test_an_assessor_decides_and_nothing_can_be_sent() -> None:
    rules = rules_of(SHOWN)
    assert rules.grade(SHOWN, ()) is None
    assert rules.lacks(SHOWN, ()) is None
    assert rules.tally(SHOWN, ()) == ()
    with pytest.raises(RuleBroken):
        rules.check(SHOWN, SHOWN.rows, ["asks=all"])


def test_it_needs_a_rubric() -> None:
    with pytest.raises(ValidationError, match="rubric"):
        read({key: value for key, value in SAMPLE.items() if key != "rubric"})
