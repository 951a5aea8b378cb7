"""Ordering: each step that comes right after the one before it earns its share."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from lms.assessments.items import rules_of
from tests.assessments.items import CANARY, IDS, POINTS, Case, Walk, options, question, read

SAMPLE = question("ordering", steps=options("wet", "soap", "rinse", "dry"), points=7)
OTHER = SAMPLE | {
    "steps": options("soap", "dry", "wet", "rinse"),
    "points": 5,
    "feedback": f"{CANARY} of another kind",
}
FOUR = read(SAMPLE | {"points": 6})
TWO = read(SAMPLE | {"steps": options("wet", "dry"), "points": 1})


def placed(**places: int) -> tuple[str, ...]:
    """Return what the page sends."""
    return tuple(f"{step}={place}" for step, place in places.items())


CASES: tuple[Case, ...] = (
    (FOUR, placed(wet=1, soap=2, rinse=3, dry=4), 6, True),
    (FOUR, placed(dry=4, rinse=3, soap=2, wet=1), 6, True),
    (FOUR, placed(wet=1, soap=2, dry=3, rinse=4), 2, False),
    (FOUR, placed(dry=1, wet=2, soap=3, rinse=4), 4, False),
    (FOUR, placed(dry=1, rinse=2, soap=3, wet=4), 0, False),
    (FOUR, placed(wet=1, soap=2, rinse=3), 4, False),
    (FOUR, placed(wet=1, soap=1, rinse=1, dry=1), 0, False),
    (FOUR, placed(wet=1, soap=2, rinse=2, dry=3), 4, False),
    (FOUR, (), 0, False),
    (TWO, placed(wet=1, dry=2), 1, True),
    (TWO, placed(wet=2, dry=1), 0, False),
)
WALK: Walk = {"wet": "1", "soap": "2", "rinse": "3", "dry": "4"}


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    ids = draw(IDS)[: draw(st.integers(2, 10))]
    return question("ordering", steps=options(*ids), points=draw(POINTS))


ITEMS = items()


def sent_to(item: Any) -> st.SearchStrategy[list[str]]:
    """Return what its page may send."""
    numbers = [str(place) for place in range(1, len(item.rows) + 1)]
    some = st.dictionaries(st.sampled_from(item.rows), st.sampled_from(("", *numbers)))
    whole = st.permutations(numbers).map(lambda order: dict(zip(item.rows, order, strict=True)))
    return (some | whole).map(lambda places: [f"{step}={place}" for step, place in places.items()])


def test_the_right_order_is_never_shown() -> None:
    three = read(SAMPLE | {"steps": options("wet", "soap", "dry")})
    shown = {rules_of(three).draw(three, random.Random(seed)) for seed in range(200)}
    assert len(shown) == 5
    assert three.rows not in shown


def test_of_two_steps_either_may_come_first() -> None:
    assert len({rules_of(TWO).draw(TWO, random.Random(seed)) for seed in range(50)}) == 2


def test_a_step_without_a_place_and_two_at_one_are_told_apart() -> None:
    lacks = rules_of(FOUR).lacks
    assert lacks(FOUR, placed(dry=4, rinse=3, soap=2)) == "places"
    assert lacks(FOUR, placed(dry=4, rinse=3, soap=3, wet=1)) == "same_place"
    assert lacks(FOUR, placed(dry=1, rinse=2, soap=3, wet=4)) is None


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (options("wet"), "at least 2 items"),
        (options("wet", "wet"), "id used twice: wet"),
        (options("wet", "text"), "cannot be called text"),
    ],
)
def test_what_cannot_be_asked(steps: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        read(SAMPLE | {"steps": steps})


def test_warns_of_ids_that_tell_the_order() -> None:
    faults = list(read(SAMPLE | {"steps": options("a", "b", "c")}).faults_at(("items", 3)))
    assert [(fault.path, fault.is_warning) for fault in faults] == [(("items", 3, "steps"), True)]
    assert list(read(SAMPLE).faults_at(())) == []
    assert list(read(SAMPLE | {"steps": options("a", "b")}).faults_at(())) == []


def test_another_order_in_the_file_is_another_question() -> None:
    assert read(SAMPLE).scheme != read(OTHER | {"points": 7}).scheme
