"""Answers that are chosen: on a scale, one option, several, and a scale in each row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lms.errors import RuleBroken

if TYPE_CHECKING:
    from lms.surveys.specs import QuestionSpec

#: An answer as it is stored (docs/content.md, "Surveys").
Stored = int | float | str | list[str] | dict[str, int]
#: What was sent for one question, by row; "" where it has none.
Said = Mapping[str, tuple[str, ...]]
SCALE = ("1", "2", "3", "4", "5")


def likert(_question: QuestionSpec, said: Said) -> int | None:
    """Return 1 to 5."""
    value = only(said.get("", ()))
    return _on_scale(value) if value else None


def choice(question: QuestionSpec, said: Said) -> str | None:
    """Return the id of the chosen option."""
    value = only(said.get("", ()))
    if value and value not in {option.id for option in question.options}:
        raise RuleBroken("foreign_answer")
    return value or None


def choices(question: QuestionSpec, said: Said) -> list[str] | None:
    """Return the ids of the chosen options, in the order of the question."""
    ticked = set(said.get("", ()))
    if not ticked <= {option.id for option in question.options}:
        raise RuleBroken("foreign_answer")
    return [option.id for option in question.options if option.id in ticked] or None


def matrix(question: QuestionSpec, said: Said) -> dict[str, int] | None:
    """Return 1 to 5 by row; raise `RuleBroken("missing_rows")` when it must be whole and is not."""
    chosen = {row: _on_scale(only(values)) for row, values in said.items()}
    if chosen and question.required and len(chosen) < len(question.rows):
        raise RuleBroken("missing_rows")
    return chosen or None


def only(values: tuple[str, ...]) -> str:
    """Return the one value that was sent, "" for none; several were never offered."""
    if len(values) > 1:
        raise RuleBroken("foreign_answer")
    return values[0] if values else ""


def _on_scale(value: str) -> int:
    if value not in SCALE:
        raise RuleBroken("foreign_answer")
    return int(value)
