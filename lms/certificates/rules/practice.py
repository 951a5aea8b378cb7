"""Hours of practice that a completed track counted, by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def practice_of(kinds: Mapping[str, str], entries: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return the minutes of practice that were counted, by kind.

    `kinds` says which kind each part of the track asks for, `entries` what its completion counted.
    """
    found: dict[str, int] = {}
    for entry in entries:
        if entry.get("kind") == "hours" and entry["item"] in kinds:
            kind = kinds[entry["item"]]
            found[kind] = found.get(kind, 0) + entry["minutes"]
    return found
