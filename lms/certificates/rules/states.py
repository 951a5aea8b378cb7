"""What a certificate is worth on a day: preparing, valid, expired, replaced, revoked or suspended."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

STATES = ("preparing", "valid", "expired", "replaced", "revoked", "suspended")


@dataclass(frozen=True)
class Event:
    """One entry of a certificate's history, in the order of its ids."""

    edition: int
    kind: str


@dataclass(frozen=True)
class Standing:
    """Where an award stands: the edition that counts (None before the first release), and what was decided of it."""

    edition: int | None
    is_revoked: bool
    is_suspended: bool


def standing_of(events: Iterable[Event]) -> Standing:
    """Return where the award with these events stands; revocation is final, a suspension can be lifted."""
    edition: int | None = None
    suspended = revoked = False
    for event in events:
        if event.kind == "issued":
            edition = max(edition or 0, event.edition)
        revoked = revoked or event.kind == "revoked"
        suspended = event.kind == "suspended" or (suspended and event.kind != "lifted")
    return Standing(edition, revoked, suspended)


def state_of(standing: Standing, edition: int, valid_until: date | None, today: date) -> str:
    """Return the state of one edition on the local date `today`; `valid_until` is the last day that counts."""
    if standing.is_revoked and edition <= (standing.edition or edition):
        return "revoked"
    if standing.edition is None or edition > standing.edition:
        return "preparing"
    if edition < standing.edition:
        return "replaced"
    if standing.is_suspended:
        return "suspended"
    return "expired" if valid_until is not None and today > valid_until else "valid"


def last_valid_day(awarded_on: date, months: int | None) -> date | None:
    """Return the last day of validity, `months` after the award; None without an end."""
    if months is None:
        return None
    years, month = divmod(awarded_on.month - 1 + months, 12)
    year = awarded_on.year + years
    return date(year, month + 1, min(awarded_on.day, calendar.monthrange(year, month + 1)[1]))
