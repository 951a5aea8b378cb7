"""Matching: each right pair earns its share."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from lms.assessments.items import rules_of
from tests.assessments.items import CANARY, IDS, POINTS, Case, Walk, options, question, read

SAMPLE = question(
    "matching",
    left=options("fever", "cough", "fall"),
    right=options("clinic", "home", "call", "school"),
    key={"fever": "clinic", "cough": "home", "fall": "call"},
    points=7,
)
OTHER = SAMPLE | {
    "key": {"fever": "school", "cough": "school", "fall": "home"},
    "points": 5,
    "feedback": f"{CANARY} of another kind",
}
THREE = read(SAMPLE)
WORTH_ONE = read(SAMPLE | {"points": 1})
SHARED = read(SAMPLE | {"key": {"fever": "call", "cough": "home", "fall": "call"}, "points": 3})
CASES: tuple[Case, ...] = (
    (THREE, ("fever=clinic", "cough=home", "fall=call"), 7, True),
    (THREE, ("fall=call", "fever=clinic", "cough=home"), 7, True),
    (THREE, ("fever=clinic", "cough=home", "fall=school"), 4, False),
    (THREE, ("fever=clinic", "cough=call", "fall=home"), 2, False),
    (THREE, ("fever=home", "cough=clinic", "fall=school"), 0, False),
    (THREE, ("fever=clinic",), 2, False),
    (THREE, (), 0, False),
    (WORTH_ONE, ("fever=clinic", "cough=home", "fall=school"), 0, False),
    (WORTH_ONE, ("fever=clinic", "cough=home", "fall=call"), 1, True),
    (SHARED, ("fever=call", "cough=call", "fall=call"), 2, False),
    (SHARED, ("fever=call", "cough=home", "fall=call"), 3, True),
)
WALK: Walk = {"fever": "clinic", "cough": "home", "fall": "call"}


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    ids = draw(IDS)
    left = ids[: draw(st.integers(2, 5))]
    right = ids[5 : 5 + draw(st.integers(2, 7))]
    key = {row: draw(st.sampled_from(right)) for row in left}
    return question("matching", left=options(*left), right=options(*right), key=key, points=draw(POINTS))


ITEMS = items()


def sent_to(item: Any) -> st.SearchStrategy[list[str]]:
    """Return what its page may send."""
    pairs = st.dictionaries(st.sampled_from(item.rows), st.sampled_from(("", *item.choices)))
    return pairs.map(lambda made: [f"{row}={choice}" for row, choice in made.items()])


def test_what_is_open_is_asked_for() -> None:
    lacks = rules_of(THREE).lacks
    assert lacks(THREE, ("cough=home", "fever=clinic")) == "pairs"
    assert lacks(THREE, ("cough=home", "fall=home", "fever=home")) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"left": options("a")}, "at least 2 items"),
        ({"left": options("a", "a")}, "id used twice: a"),
        ({"left": options("a", "prompt")}, "cannot be called prompt"),
        ({"right": options("b", "feedback")}, "cannot be called feedback"),
        ({"right": options("b", "fever")}, "id used twice: fever"),
        ({"key": {"fever": "clinic", "cough": "home"}}, "must name each of the left once: fall"),
        ({"key": {"fever": "clinic", "cough": "home", "fall": "cough"}}, "cough is not on the right"),
        ({"points": 0}, "only a reflection may be worth nothing"),
    ],
)
def test_what_cannot_be_asked(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        read(SAMPLE | changes)


def test_warns_of_ids_that_tell_the_pairs() -> None:
    told = SAMPLE | {"key": {"cough": "call", "fall": "clinic", "fever": "home"}}
    faults = list(read(told).faults_at(("items", 0)))
    assert [(fault.path, fault.is_warning) for fault in faults] == [(("items", 0, "key"), True)]
    for fine in (SAMPLE, SAMPLE | {"key": dict.fromkeys(("fever", "cough", "fall"), "call")}):
        assert list(read(fine).faults_at(())) == []


def test_neither_side_can_be_read_alike() -> None:
    among = [told.among for told in THREE.told_at(())]
    assert among.count("the left of q-matching") == 3
    assert among.count("the right of q-matching") == 4
