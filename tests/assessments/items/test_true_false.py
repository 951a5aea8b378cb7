"""True or false."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.assessments.items import CANARY, POINTS, Case, Walk, question, read

TRUE = read(question("true-false", key=True))
FALSE = read(question("true-false", key=False, points=2))
HARD = read(question("true-false", key=False, points=100, critical=True))
CASES: tuple[Case, ...] = (
    (TRUE, ("true",), 1, True),
    (TRUE, ("false",), 0, False),
    (TRUE, (), 0, False),
    (FALSE, ("false",), 2, True),
    (FALSE, ("true",), 0, False),
    (FALSE, (), 0, False),
    (HARD, ("false",), 100, True),
    (HARD, ("true",), 0, False),
)
SAMPLE = question("true-false", key=True, points=7)
OTHER = SAMPLE | {"key": False, "points": 5, "feedback": f"{CANARY} of another kind"}
WALK: Walk = {"": ("true",)}
ITEMS = st.builds(lambda key, points: question("true-false", key=key, points=points), st.booleans(), POINTS)


def sent_to(item: Any) -> st.SearchStrategy[list[str]]:
    """Return what its page may send."""
    return st.lists(st.sampled_from(item.choices), max_size=1)
