"""What an answer counts as in the table of a question's options: the one place that asks its type for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def tallied(chosen: Sequence[str]) -> tuple[str, ...]:
    """Return what was chosen; each part counts once."""
    return tuple(chosen)


def right_values(entry: Mapping[str, Any]) -> frozenset[str]:
    """Return which of those are right; `entry` is the question as `quiz.yml` has it."""
    key = entry.get("key", ())
    return frozenset([str(key).lower()] if isinstance(key, bool) else key)
