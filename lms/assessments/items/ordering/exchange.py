"""Ordering as others know it: Moodle's ordering question."""

from __future__ import annotations

from typing import Any

from lms.assessments.items.asked import Answer, Asked
from lms.assessments.items.exchanging import Data, Exchange, options_of


def to_asked(item: Data) -> Asked:
    """Return the question; its answers are the steps in the right order."""
    return Asked("order", item["prompt"], tuple(Answer(step["text"], 100) for step in item["steps"]))


def from_asked(asked: Asked, known: Data, _lost: list[str]) -> dict[str, Any]:
    """Return prompt and steps, with ids that do not tell their order."""
    texts = [answer.text for answer in asked.answers]
    return {"prompt": asked.prompt, "steps": options_of(texts, known.get("steps", ()), secret=True)}


EXCHANGE = Exchange(("order",), to_asked, from_asked)
