"""Single choice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.assessments.items import CANARY, IDS, POINTS, Case, Walk, options, question, read

FOUR = read(question("single", options=options("a", "b", "c", "d"), key=["c"], points=3))
THREE = read(question("single", options=options("yes", "no", "later"), key=["yes"]))
CASES: tuple[Case, ...] = (
    (FOUR, ("c",), 3, True),
    (FOUR, ("a",), 0, False),
    (FOUR, ("b",), 0, False),
    (FOUR, ("d",), 0, False),
    (FOUR, (), 0, False),
    (THREE, ("yes",), 1, True),
    (THREE, ("no",), 0, False),
    (THREE, ("later",), 0, False),
    (THREE, (), 0, False),
)
SAMPLE = question("single", options=options("yes", "no", "maybe"), key=["no"], points=7)
OTHER = SAMPLE | {"key": ["maybe"], "points": 5, "feedback": f"{CANARY} of another kind"}
WALK: Walk = {"": ("no",)}


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    ids = draw(IDS)[: draw(st.integers(3, 5))]
    return question("single", options=options(*ids), key=[draw(st.sampled_from(ids))], points=draw(POINTS))


ITEMS = items()


def sent_to(item: Any) -> st.SearchStrategy[list[str]]:
    """Return what its page may send."""
    return st.lists(st.sampled_from(item.choices), max_size=1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"options": options("a", "b")}, "give 3 to 5 options, not 2"),
        ({"options": options("a", "a", "b")}, "id used twice: a"),
        ({"options": options("a", "b", "prompt")}, "cannot be called prompt"),
        ({"key": ["soon"]}, "soon is not among the options"),
        ({"key": ["yes", "no"]}, "name the one right answer"),
        ({"key": []}, "at least 1 item"),
    ],
)
def test_what_cannot_be_asked(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        read(SAMPLE | changes)
