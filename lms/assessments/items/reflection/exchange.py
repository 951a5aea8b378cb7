"""A reflection as others know it: Moodle's essay. Its rubric is ours alone."""

from __future__ import annotations

from typing import Any

from lms.assessments.items.asked import Asked
from lms.assessments.items.exchanging import Data, Exchange


def to_asked(item: Data) -> Asked:
    """Return the question."""
    return Asked("essay", item["prompt"])


def from_asked(asked: Asked, known: Data, lost: list[str]) -> dict[str, Any]:
    """Return the prompt; without a rubric nobody grades it, and it has no points."""
    if known.get("rubric"):
        return {"prompt": asked.prompt, "points": known["points"]}
    if not known:
        lost.append("that somebody grades it: here it is kept, without points")
    return {"prompt": asked.prompt, "points": 0}


EXCHANGE = Exchange(("essay",), to_asked, from_asked)
