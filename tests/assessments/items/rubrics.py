"""A rubric, and questions that have one, for the tests of what an assessor scores."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.assessments.items import CANARY, IDS, Case, question, read


def level(level_id: str, points: int) -> dict[str, Any]:
    """Return a level. Its words are for assessors."""
    return {"id": level_id, "text": f"{CANARY} level {level_id}", "points": points}


RUBRIC: dict[str, Any] = {
    "criteria": [
        {
            "id": "asks",
            "text": "Asks in an open way.",
            "needed": "some",
            "levels": [level("none", 0), level("some", 2), level("all", 4)],
        },
        {
            "id": "waits",
            "text": "Waits for the answer.",
            "competency": "skills/walk",
            "levels": [level("no", 0), level("yes", 3)],
        },
    ]
}
OTHER_RUBRIC: dict[str, Any] = {
    "criteria": [
        {**RUBRIC["criteria"][0], "needed": "none", "levels": [level("some", 5), level("none", 7)]},
        {**RUBRIC["criteria"][1], "competency": None, "levels": [level("yes", 1), level("no", 2)]},
    ]
}
#: Levels that an assessor gave, what they earn, and whether the work is right.
SCORED = (
    ({"asks": "all", "waits": "yes"}, 7, True),
    ({"asks": "some", "waits": "yes"}, 5, True),
    ({"asks": "none", "waits": "yes"}, 3, False),
    ({"asks": "all", "waits": "no"}, 4, False),
    ({"asks": "some", "waits": "no"}, 2, False),
    ({"asks": "none", "waits": "no"}, 0, False),
)


@st.composite
def rubrics(draw: st.DrawFn) -> dict[str, Any]:
    """Return the data of some rubric."""
    criteria = []
    for criterion in draw(IDS)[: draw(st.integers(1, 4))]:
        points = sorted(draw(st.sets(st.integers(0, 20), min_size=2, max_size=4)))
        levels = [level(f"l{place}", each) for place, each in enumerate(points)]
        needed = draw(st.none() | st.sampled_from([each["id"] for each in levels]))
        criteria.append({"id": criterion, "text": f"Words of {criterion}", "levels": levels, "needed": needed})
    return {"criteria": criteria}


def most(rubric: dict[str, Any]) -> int:
    """Return the points of the best work."""
    return sum(criterion["levels"][-1]["points"] for criterion in rubric["criteria"])


def scored(kind: str) -> dict[str, Any]:
    """Return the data of a question of a type with the rubric."""
    return question(kind, rubric=RUBRIC, points=7)


def scored_otherwise(kind: str) -> dict[str, Any]:
    """Return the same question with every secret changed."""
    return scored(kind) | {"rubric": OTHER_RUBRIC, "points": 9, "feedback": f"{CANARY} of another kind"}


def some_scored(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy of the questions of a type, with any rubric."""
    return rubrics().map(lambda rubric: question(kind, rubric=rubric, points=most(rubric)))


def shown_cases(kind: str) -> tuple[Case, ...]:
    """Return what levels earn a question of a type that an assessor alone answers."""
    easy, strict = read(scored(kind)), read(scored_otherwise(kind))
    return (
        *((easy, levels, points, is_right) for levels, points, is_right in SCORED),
        (strict, {"asks": "none", "waits": "no"}, 9, True),
        (strict, {"asks": "some", "waits": "no"}, 7, False),
        (strict, {"asks": "some", "waits": "yes"}, 6, False),
    )


def nothing(item: Any) -> st.SearchStrategy[list[str]]:
    """Return what the page of such a question may send: nothing."""
    return st.just([])
