"""Multiple response: partial credit is the right ones minus the wrong ones."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.assessments.items import CANARY, IDS, POINTS, Case, Walk, options, question, read

TWO = read(question("multiple", options=options("a", "b", "c", "d"), key=["a", "b"], points=3))
WORTH_ONE = read(question("multiple", options=options("a", "b", "c"), key=["a", "b"]))
CASES: tuple[Case, ...] = (
    (TWO, "ab", 3, True),
    (TWO, "ba", 3, True),
    (TWO, "a", 1, False),
    (TWO, "b", 1, False),
    (TWO, "abc", 1, False),
    (TWO, "ac", 0, False),
    (TWO, "cd", 0, False),
    (TWO, "abcd", 0, False),
    (TWO, (), 0, False),
    (WORTH_ONE, "a", 0, False),
    (WORTH_ONE, "ab", 1, True),
)
SAMPLE = question("multiple", options=options("soap", "water", "oil"), key=["soap", "water"], points=9)
OTHER = SAMPLE | {"key": ["oil"], "points": 5, "feedback": f"{CANARY} of another kind"}
WALK: Walk = {"": ("soap", "water")}


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    ids = draw(IDS)[: draw(st.integers(3, 5))]
    key = sorted(draw(st.sets(st.sampled_from(ids), min_size=1)))
    return question("multiple", options=options(*ids), key=key, points=draw(POINTS))


ITEMS = items()


def sent_to(item: Any) -> st.SearchStrategy[list[str]]:
    """Return what its page may send."""
    return st.lists(st.sampled_from(item.choices), unique=True)
