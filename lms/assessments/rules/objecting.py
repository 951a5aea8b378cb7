"""A worker objects to what was entered for her: what she can be answered."""

from __future__ import annotations

from lms.errors import RuleBroken

#: The entry stays as it is, or she is right and it does not.
ANSWERS = ("kept", "withdrawn")


def check_answer(outcome: str) -> None:
    """Raise `RuleBroken("answer_open")` unless it is one of the two answers."""
    if outcome not in ANSWERS:
        raise RuleBroken("answer_open")
