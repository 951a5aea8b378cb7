"""Reflection: kept, and graded only where it has a rubric."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from lms.assessments.items import Grade, rules_of
from lms.assessments.items.reflection.rules import LONGEST
from lms.errors import RuleBroken
from tests.assessments.items import ANYTHING, Case, Walk, question, read
from tests.assessments.items.rubrics import SCORED, scored, scored_otherwise, some_scored

SAMPLE, OTHER = scored("reflection"), scored_otherwise("reflection")
SCORED_ONE = read(SAMPLE)
KEPT = read(question("reflection", points=0))
CASES: tuple[Case, ...] = (
    *((SCORED_ONE, levels, points, is_right) for levels, points, is_right in SCORED),
    (KEPT, ["I would listen first."], 0, True),
    (KEPT, ["\u02bbIo."], 0, True),
    (KEPT, [], 0, True),
    (SCORED_ONE, [], 0, False),
)
WALK: Walk = {"": ("I would listen first.",)}
ITEMS = some_scored("reflection") | st.just(question("reflection", points=0))


def sent_to(item: Any) -> st.SearchStrategy[list[str]]:
    """Return what its page may send."""
    return st.lists(ANYTHING, max_size=1)


def test_lines_are_kept() -> None:
    assert rules_of(KEPT).check(KEPT, (), [" One.\r\n\r\n\tTwo.\x0b\x00 "]) == ("One.\n\n\tTwo.",)


def test_a_long_text_is_kept_and_a_longer_one_cannot_come_from_the_page() -> None:
    check = rules_of(KEPT).check
    lines = "\r\n".join(["x" * 79] * 50)
    assert check(KEPT, (), [lines]) == (lines.replace("\r\n", "\n"),)
    assert len(check(KEPT, (), ["x" * LONGEST])[0]) == LONGEST
    for sent in (["x" * (LONGEST + 1)], ["x" * 10_000_000], ["one", "two"]):
        with pytest.raises(RuleBroken):
            check(KEPT, (), sent)


def test_a_rubric_waits_for_an_assessor() -> None:
    rules = rules_of(SCORED_ONE)
    assert rules.grade(SCORED_ONE, ("Some words.",)) is None
    assert rules.grade(SCORED_ONE, ()) == Grade(0, correct=False), "nobody has to read nothing"
    assert rules.lacks(SCORED_ONE, ()) == "words"
    assert rules.lacks(SCORED_ONE, ("Some words.",)) is None
    assert rules.tally(SCORED_ONE, ("my name",)) == ("written",)
    assert rules.tally(SCORED_ONE, ()) == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rubric": None}, "give a rubric, or write points: 0"),
        ({"points": 0}, "the best levels earn 7 together; write points: 7"),
        ({"points": 8}, "the best levels earn 7 together; write points: 7"),
    ],
)
def test_points_are_those_of_the_rubric(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        read(SAMPLE | changes)


def test_without_a_rubric_it_names_its_own_words_and_competency_alone() -> None:
    assert [each.address for each in KEPT.told_at(())] == ["q-reflection.prompt"]
    assert [each.name for each in KEPT.references_at(())] == ["skills/talk"]
    assert KEPT.rows == ()
