"""What an observation comes to, until when it counts, and who is independent of whom."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lms.actor import Span
from lms.errors import RuleBroken

OBSERVATION_EVENTS = ("answered", "withdrawn")
#: How far back an observation may lie when it is signed: what is remembered longer is remembered wrongly.
MOST_OBSERVED_DAYS = 30
#: A trainer observes those who came to a class so lately, or have a place in one to come.
CLASS_DAYS = 365
LONGEST_COMMENT, LONGEST_ANSWER, LONGEST_PLACE = 1000, 1000, 120


@dataclass(frozen=True)
class Asked:
    """One item of a checklist, as the rule needs it."""

    item_id: str
    is_critical: bool = False


@dataclass(frozen=True)
class Outcome:
    """What an observation comes to, and why: how many items reached the highest level, and which critical did not."""

    passed: bool
    reached: int
    needed: int
    missed: tuple[str, ...]


@dataclass(frozen=True)
class Ties:
    """Where somebody works, and for whose staff she answers, on one day."""

    works_at: frozenset[int]
    supervises: frozenset[int]

    @classmethod
    def on(cls, day: date, spans: Sequence[Span], supervises: Collection[int]) -> Ties:
        """Return the ties of a person with these spells on `day`."""
        return cls(frozenset(each.organization_id for each in spans if each.covers(day)), frozenset(supervises))


def outcome_of(items: Sequence[Asked], levels: Mapping[str, str], highest: str, at_least: int) -> Outcome:
    """Return what the levels come to: passed when every critical item is at the highest level, and `at_least` are."""
    reached = [each for each in items if levels.get(each.item_id) == highest]
    missed = tuple(each.item_id for each in items if each.is_critical and each not in reached)
    return Outcome(not missed and len(reached) >= at_least, len(reached), at_least, missed)


def check_levels(items: Sequence[Asked], levels: Mapping[str, str], known: Collection[str]) -> None:
    """Raise `RuleBroken("items-open")` unless every item, and nothing else, has one of the known levels."""
    if set(levels) != {each.item_id for each in items} or not set(levels.values()) <= set(known):
        raise RuleBroken("items-open")


def check_observed(observed_on: date, today: date) -> None:
    """Raise `RuleBroken` ("observed-ahead", "observed-long-ago") for a date on which nobody signs today."""
    if observed_on > today:
        raise RuleBroken("observed-ahead")
    if observed_on < today - timedelta(days=MOST_OBSERVED_DAYS):
        raise RuleBroken("observed-long-ago", days=MOST_OBSERVED_DAYS)


def is_independent(observer: Ties, observed: Ties, *, has_taught: bool) -> bool:
    """Return whether neither answers for an organization at which the other works, nor has the observer taught her."""
    return not (has_taught or observer.supervises & observed.works_at or observed.supervises & observer.works_at)


def valid_until(observed_on: date, months: int | None) -> date | None:
    """Return the last day on which an observation counts: so many months later, at most the month's last day."""
    if months is None:
        return None
    year, month = divmod(observed_on.year * 12 + observed_on.month - 1 + months, 12)
    return date(year, month + 1, min(observed_on.day, monthrange(year, month + 1)[1]))
