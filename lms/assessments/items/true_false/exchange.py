"""True or false, as others know it too."""

from __future__ import annotations

from typing import Any

from lms.assessments.items.asked import Answer, Asked
from lms.assessments.items.exchanging import Data, Exchange


def to_asked(item: Data) -> Asked:
    """Return the question; its one answer is "true" or "false"."""
    return Asked("truth", item["prompt"], (Answer("true" if item["key"] else "false", 100),))


def from_asked(asked: Asked, _known: Data, _lost: list[str]) -> dict[str, Any]:
    """Return prompt and key."""
    return {"prompt": asked.prompt, "key": asked.answers[0].text == "true"}


EXCHANGE = Exchange(("truth",), to_asked, from_asked)
