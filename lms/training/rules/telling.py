"""What may be told of earlier training: words, dates and hours that can be true, and how much at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from lms.errors import RuleBroken
from lms.people.rules import search_key
from lms.training.rules.facts import HOURS_KINDS

KINDS = ("course", "certificate", "experience-paid", "experience-volunteer", "other")
#: The kind of hours that a kind of earlier training most likely stands for.
HOURS_OF = {"course": "class", "experience-paid": "work-paid", "experience-volunteer": "work-volunteer"}
LONGEST_TITLE = 200
LONGEST_NOTE = 1000
LONGEST_REFERENCE = 80
EARLIEST = date(1950, 1, 1)
#: 20,000 hours: ten years of full work.
MOST_MINUTES = 20_000 * 60
#: Nobody learns or works longer than this in one day.
MOST_MINUTES_A_DAY = 16 * 60
MOST_OF_ONE_PERSON = 100
#: New entries that one account makes in a day, and files that it sends in an hour.
MOST_A_DAY = 30
MOST_FILES_AN_HOUR = 30


@dataclass(frozen=True)
class Told:
    """What is told of one earlier training. `learned_on` is its last day; `minutes` are None when nobody knows."""

    title: str
    kind: str
    issuer: str
    learned_on: date
    from_on: date | None = None
    minutes: int | None = None
    #: The module that it may stand for, and the kind of hours.
    module_key: str | None = None
    hours_kind: str | None = None
    competencies: tuple[str, ...] = ()
    language: str = ""
    note: str = ""
    reference: str = ""

    @property
    def alike_key(self) -> str:
        """Return what the same training of the same issuer has in common, however it is written."""
        return alike_key(self.issuer, self.title)


@dataclass(frozen=True)
class Known:
    """What can be named: keys of modules, competencies ("framework/id") and languages."""

    modules: Collection[str]
    competencies: Collection[str]
    languages: Collection[str]


def alike_key(issuer: str, title: str) -> str:
    """Return the folded issuer and title, at most 400 letters."""
    return f"{search_key(issuer)} / {search_key(title)}"[:400]


def tidy(text: str) -> str:
    """Return a line of words in one spelling: composed letters, single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def tidied(told: Told) -> Told:
    """Return the same with its lines in one spelling, and the likely kind of hours where none is told."""
    return replace(
        told,
        title=tidy(told.title),
        issuer=tidy(told.issuer),
        note=told.note.strip(),
        reference=tidy(told.reference),
        competencies=tuple(sorted(set(told.competencies))),
        hours_kind=told.hours_kind or HOURS_OF.get(told.kind),
    )


def check_told(told: Told, today: date, known: Known) -> None:
    """Raise `RuleBroken` for what cannot be true, or cannot be kept. `told` is tidied."""
    if not told.title:
        raise RuleBroken("title_empty")
    if not told.issuer:
        raise RuleBroken("issuer_empty")
    if max(len(told.title), len(told.issuer)) > LONGEST_TITLE:
        raise RuleBroken("line_too_long", most=LONGEST_TITLE)
    if len(told.note) > LONGEST_NOTE:
        raise RuleBroken("note_too_long", most=LONGEST_NOTE)
    if len(told.reference) > LONGEST_REFERENCE:
        raise RuleBroken("reference_too_long", most=LONGEST_REFERENCE)
    _check_known(told, known)
    check_days(told.from_on, told.learned_on, today)
    check_minutes(told.minutes, told.from_on, told.learned_on)


def _check_known(told: Told, known: Known) -> None:
    """Raise `RuleBroken` for a name that nothing has."""
    if told.kind not in KINDS or told.hours_kind not in (None, *HOURS_KINDS):
        raise RuleBroken("kind_unknown")
    if told.module_key is not None and told.module_key not in known.modules:
        raise RuleBroken("module_unknown")
    if not set(told.competencies) <= set(known.competencies):
        raise RuleBroken("competency_unknown")
    if told.language and told.language not in known.languages:
        raise RuleBroken("language_unknown")


def check_days(from_on: date | None, learned_on: date, today: date) -> None:
    """Raise `RuleBroken` for days that have not been, that are too long ago, or in the wrong order."""
    if learned_on > today:
        raise RuleBroken("day_to_come")
    if min(learned_on, from_on or learned_on) < EARLIEST:
        raise RuleBroken("day_long_ago")
    if from_on is not None and from_on > learned_on:
        raise RuleBroken("days_turned")


def check_minutes(minutes: int | None, from_on: date | None, learned_on: date) -> None:
    """Raise `RuleBroken` for hours that no life holds, or that its days do not."""
    if minutes is None:
        return
    if not 1 <= minutes <= MOST_MINUTES:
        raise RuleBroken("hours_range", most=MOST_MINUTES // 60)
    if from_on is not None and minutes > ((learned_on - from_on).days + 1) * MOST_MINUTES_A_DAY:
        raise RuleBroken("hours_more_than_days", hours=MOST_MINUTES_A_DAY // 60)


def check_room(of_person: int, today_by_account: int) -> None:
    """Raise `RuleBroken` when a person has as many entries as are kept, or an account made many today."""
    if of_person >= MOST_OF_ONE_PERSON:
        raise RuleBroken("entries_full", most=MOST_OF_ONE_PERSON)
    if today_by_account >= MOST_A_DAY:
        raise RuleBroken("too_many_entries", most=MOST_A_DAY)


def minutes_from_hours(text: str) -> int | None:
    """Return the minutes that "7.5", "7,5" or "7:30" say; None for anything else."""
    whole, colon, rest = text.strip().partition(":")
    if colon:
        fits = whole.isascii() and whole.isdecimal() and len(rest) == 2 and rest.isascii() and rest.isdecimal()
        return int(whole) * 60 + int(rest) if fits and len(whole) <= 6 and int(rest) < 60 else None
    plain = text.strip().replace(",", ".", 1)
    digits = plain.replace(".", "", 1)
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 9:
        return None
    return round(float(plain) * 60)
