"""What an answer counts as in the table of a question's options."""

from __future__ import annotations

from collections.abc import Sequence


def tallied(chosen: Sequence[str]) -> tuple[str, ...]:
    """Return what was chosen; each part counts once. The one place to ask a type of question for it."""
    return tuple(chosen)
