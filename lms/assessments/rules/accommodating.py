"""What makes a quiz fair for one person, and what of it she may choose herself.

Reading in two languages, listening, and half as much time again are standard rights: nobody asks why. What goes
beyond is given by staff. Of the reason only a class is kept, none of which tells of a person's health.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lms.errors import RuleBroken

#: The most that a person gives herself, and the most there is (WCAG 2.2, 2.2.1: ten times), in percent.
OWN_PERCENT, MOST_PERCENT = 150, 1000
#: Why staff gave it: agreed with her; a letter was looked at and given back; for a passing time; another reason.
REASONS = ("agreed", "letter", "passing", "other")
#: What she may ask staff for.
WISHES = ("time", "oral")


@dataclass(frozen=True)
class Choice:
    """What a person chooses herself."""

    bilingual: bool = False
    audio: bool = False
    own_percent: int = 100


@dataclass(frozen=True)
class Given:
    """What staff give, between two local dates; without the second it has no end."""

    time_percent: int = 100
    often: bool = False
    oral: bool = False
    valid_from: date = date.min
    valid_until: date | None = None
    reason_class: str | None = None

    @property
    def is_anything(self) -> bool:
        """Return whether anything is given at all."""
        return self.time_percent > 100 or self.often or self.oral

    def counts_on(self, day: date) -> bool:
        """Return whether it counts on a local date."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True)
class Fair:
    """What counts for a person on one day."""

    bilingual: bool = False
    audio: bool = False
    percent: int = 100
    often: bool = False
    oral: bool = False


def fair_on(choice: Choice, given: Given, day: date) -> Fair:
    """Return what counts on a local date: her own choices always, what staff gave while it is valid."""
    counts = given.counts_on(day)
    return Fair(
        choice.bilingual,
        choice.audio,
        max(choice.own_percent, given.time_percent if counts else 100),
        often=counts and given.often,
        oral=counts and given.oral,
    )


def check_choice(choice: Choice) -> None:
    """Raise `RuleBroken("own_time")` when a person gives herself more time than she may."""
    if not 100 <= choice.own_percent <= OWN_PERCENT:
        raise RuleBroken("own_time")


def check_given(given: Given) -> None:
    """Raise `RuleBroken` unless staff may give this: "given_time", "given_dates", "given_reason" without one."""
    if not 100 <= given.time_percent <= MOST_PERCENT:
        raise RuleBroken("given_time")
    if given.valid_until is not None and given.valid_until < given.valid_from:
        raise RuleBroken("given_dates")
    if given.is_anything and given.reason_class not in REASONS:
        raise RuleBroken("given_reason")
