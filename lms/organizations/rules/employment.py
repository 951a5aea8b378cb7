"""When a spell of employment may begin, change and end, and when two people may be the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lms.actor import Span
from lms.errors import RuleBroken

#: How far ahead a spell may be entered, so that a slip of the year is noticed.
LATEST_START_DAYS = 366
LONGEST_DELEGATION_DAYS = 184
EARLIEST_START = date(1950, 1, 1)
LONGEST_TITLE = 120
_FOREVER = date.max


@dataclass(frozen=True)
class Alike:
    """Somebody with a record who may be the one that begins: by her folded name, by a contact, or by both."""

    person_id: int
    search_key: str
    by_contact: bool


def find_same(typed_key: str, alike: Iterable[Alike], answer: str) -> int | None:
    """Return whose record a beginner has, or None for a new one.

    `answer` is "" before anybody was asked, then "same" or "other". Only a name together with a contact tells that
    it is the same person. Raises `RuleBroken`: "alike-contact", "alike-name" or "alike-shared" (ask whether it
    is she), "unclear-person" (she cannot be told from others).
    """
    alike = tuple(alike)
    same = [each for each in alike if each.by_contact and is_likely_same(typed_key, each.search_key)]
    if answer == "same":
        if len(same) != 1:
            raise RuleBroken("unclear-person")
        return same[0].person_id
    if answer != "other" and alike:
        is_shared = all(each.by_contact for each in alike)
        raise RuleBroken("alike-contact" if same else "alike-shared" if is_shared else "alike-name")
    return None


def check_start(spans: Iterable[Span], organization_id: int, started_on: date, today: date) -> None:
    """Raise `RuleBroken` when a person with these spells cannot begin at an organization on `started_on`.

    Codes: "start-too-early", "start-too-late" (a slip of the year), "already-employed" (the spells would
    overlap; `since` is the first day of the one that is there).
    """
    if started_on < EARLIEST_START:
        raise RuleBroken("start-too-early")
    if started_on > today + timedelta(days=LATEST_START_DAYS):
        raise RuleBroken("start-too-late")
    for span in spans:
        if span.organization_id == organization_id and (span.until or _FOREVER) >= started_on:
            raise RuleBroken("already-employed", since=span.since)


def check_end(own: Span, ended_on: date, today: date, spans: Iterable[Span]) -> None:
    """Raise `RuleBroken` when `ended_on` cannot be the last day of the spell `own` of a person with these spells.

    Codes: "end-before-start", "end-in-next" (she works there again by then), "end-too-late" (more than a year ahead).
    """
    if ended_on < own.since:
        raise RuleBroken("end-before-start", since=own.since)
    later = (span for span in spans if span.organization_id == own.organization_id and span.since > own.since)
    if (again := min((span.since for span in later), default=None)) is not None and again <= ended_on:
        raise RuleBroken("end-in-next", since=again)
    if ended_on > today + timedelta(days=LATEST_START_DAYS):
        raise RuleBroken("end-too-late")


def check_terms_day(started_on: date, ended_on: date | None, since: date) -> None:
    """Raise `RuleBroken("terms-outside")` when new terms would not begin within the spell."""
    if since < started_on or (ended_on is not None and since > ended_on):
        raise RuleBroken("terms-outside", since=started_on)


def check_delegation(until: date, today: date, own_end: date | None) -> None:
    """Raise `RuleBroken` when nobody can stand in for a supervisor until that day.

    Codes: "delegation-past", "delegation-too-long" (half a year at most), "delegation-outlasts" (her own supervision,
    or the employment that it hangs on, ends before, on `on`).
    """
    if until < today:
        raise RuleBroken("delegation-past")
    if until > today + timedelta(days=LONGEST_DELEGATION_DAYS):
        raise RuleBroken("delegation-too-long")
    if own_end is not None and until > own_end:
        raise RuleBroken("delegation-outlasts", on=own_end)


def check_hours(hours: Decimal | None) -> None:
    """Raise `RuleBroken("hours-implausible")` for hours a week that no week has, or too finely given."""
    if hours is None:
        return
    if not hours.is_finite() or not 0 <= hours <= 80 or hours != round(hours, 1):
        raise RuleBroken("hours-implausible")


def title_of(typed: str) -> str:
    """Return a job title with blanks collapsed; raise `RuleBroken` ("title-empty", "title-too-long")."""
    title = " ".join(typed.split())
    if not title:
        raise RuleBroken("title-empty")
    if len(title) > LONGEST_TITLE:
        raise RuleBroken("title-too-long", most=LONGEST_TITLE)
    return title


def is_likely_same(typed_key: str, known_key: str) -> bool:
    """Return whether two folded names (`people.rules.search_key`) may be one person's.

    They share a word of three letters or more: people use one of two surnames, or leave out a middle name.
    """
    shared = set(typed_key.split()) & set(known_key.split())
    return typed_key == known_key or any(len(word) >= 3 for word in shared)
