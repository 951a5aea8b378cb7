"""How far a translation is, in words: what a reader has to read, not how many sentences there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lms.translating.rules.counting import COUNTED


@dataclass(frozen=True)
class Share:
    """English words by the state of their translation; `since` is the day from which the oldest stale one is stale."""

    words: Mapping[str, int]
    since: date | None = None

    @property
    def total(self) -> int:
        """Return how many words there are."""
        return sum(self.words.values())

    def percent(self, *states: str) -> int:
        """Return how many percent of the words are in one of `states`, rounded down; 0 without a word."""
        return sum(self.words[each] for each in states) * 100 // self.total if self.total else 0

    @property
    def percent_translated(self) -> int:
        """Return how many percent have words of today's English, rounded down; 100 without a word."""
        return self.percent(*COUNTED[2:]) if self.total else 100

    def days_stale(self, today: date) -> int | None:
        """Return for how many days the oldest stale sentence is stale; None where no file says so."""
        return max((today - self.since).days, 0) if self.since is not None else None


def add_shares(shares: Iterable[Share]) -> Share:
    """Return the sum of shares, with the oldest day."""
    words, since = dict.fromkeys(COUNTED, 0), []
    for each in shares:
        for state, number in each.words.items():
            words[state] += number
        since += [each.since] if each.since else []
    return Share(words, min(since, default=None))
