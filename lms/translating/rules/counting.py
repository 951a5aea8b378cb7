"""How far a translation is: its sentences by their state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: Every state of a sentence, worst first.
COUNTED = ("missing", "stale", "draft", "in review", "reviewed", "approved")


@dataclass(frozen=True)
class Count:
    """The sentences of one object in one language."""

    states: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return how many sentences there are."""
        return sum(self.states.values())

    @property
    def percent_translated(self) -> int:
        """Return how many percent have words of today's English, rounded down; 100 without a sentence."""
        done = self.total - self.states["missing"] - self.states["stale"]
        return 100 if not self.total else done * 100 // self.total

    @property
    def percent_approved(self) -> int:
        """Return how many percent are approved, rounded down; 100 without a sentence."""
        return 100 if not self.total else self.states["approved"] * 100 // self.total


def count_states(states: Iterable[str]) -> Count:
    """Return how often each state comes; a state outside `COUNTED` raises `KeyError`."""
    found = dict.fromkeys(COUNTED, 0)
    for state in states:
        found[state] += 1
    return Count(found)
