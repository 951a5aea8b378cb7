"""Answers in own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lms.errors import RuleBroken
from lms.surveys.rules.choosing import Said, only

if TYPE_CHECKING:
    from lms.surveys.specs import QuestionSpec

TEXT_LIMIT = 1000


def words(_question: QuestionSpec, said: Said) -> str | None:
    """Return the words; raise `RuleBroken("too_long")`."""
    text = only(said.get("", ()))
    if len(text) > TEXT_LIMIT:
        raise RuleBroken("too_long")
    return text or None
