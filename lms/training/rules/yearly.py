"""Yearly hours: how much training an outside body asks for each year, as dated data, and how much of it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class YearlyRule:
    """What is asked for in each year from the year of `since` on, until a later rule: its minutes and its source."""

    since: date
    minutes: int
    source: str


#: The first rule is that of Medi-Cal: "a minimum of six hours of additional training annually", in core competencies or
#: specialty areas, for whoever gives CHW services under a supervising provider, which keeps the proof. It holds since
#: the benefit began. The page does not say whether a year is that of the calendar or counts from her first day; it is
#: that of the calendar here, because the checklist of the same page lists dates and no first day to count from.
RULES = (
    YearlyRule(
        date(2022, 7, 1),
        6 * 60,
        "DHCS, Medi-Cal Community Health Worker Annual Continuing Training Checklist, https://www.dhcs.ca.gov/?p=209621",
    ),
)


@dataclass(frozen=True)
class Year:
    """A calendar year of a rule: its first and last local date, and the minutes that are asked for in it."""

    first: date
    last: date
    asked: int


@dataclass(frozen=True)
class YearlyHours:
    """The minutes of a person towards what is asked of her in a year under one supervising provider.

    `here` are those of modules that she finished in the program, `accepted` those from elsewhere that the provider
    accepted. Each counts for the year in which it was learned.
    """

    organization_id: int
    year: Year
    here: int
    accepted: int

    @property
    def done(self) -> int:
        """Return the minutes that count."""
        return self.here + self.accepted

    @property
    def left(self) -> int:
        """Return the minutes that are missing; 0 when none are."""
        return max(0, self.year.asked - self.done)


def year_of(day: date, known: tuple[YearlyRule, ...] = RULES) -> Year | None:
    """Return the year in which a local date lies, with what is asked for; None where nothing was asked then."""
    last = date(day.year, 12, 31)
    in_force = [rule for rule in known if rule.since <= last]
    if not in_force:
        return None
    return Year(date(day.year, 1, 1), last, max(in_force, key=lambda rule: rule.since).minutes)
