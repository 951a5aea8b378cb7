"""What an imported table of earlier records says, what is wrong with it, and what it would write."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from lms.errors import RowProblem, RuleBroken
from lms.organizations.rules import TableRow
from lms.people.rules import normal_email, normal_phone, search_key
from lms.training.rules.facts import HOURS_KINDS
from lms.training.rules.reviewing import Worth
from lms.training.rules.telling import (
    KINDS,
    LONGEST_NOTE,
    MOST_OF_ONE_PERSON,
    Known,
    Told,
    check_told,
    minutes_from_hours,
    tidied,
)

COLUMNS = (
    "person",
    "email",
    "phone",
    "title",
    "issuer",
    "learned_on",
    "from",
    "until",
    "hours",
    "kind",
    "module",
    "competencies",
    "language",
    "reference",
    "recognized_by",
    "note",
)
REQUIRED = ("title", "issuer")
#: The column of the file of refused rows; in a table that comes back mended it is passed over.
REASON = "reason"
_SEPARATORS = re.compile(r"[,;|]+")
#: A table may name the kind of hours instead of the kind of training.
_KIND_OF_HOURS = {
    "class": "course",
    "simulation": "course",
    "practicum": "other",
    "supervised": "other",
    "work-paid": "experience-paid",
    "work-volunteer": "experience-volunteer",
}
#: What the rules of telling say, for somebody who mends a table.
_FAULTS = {
    "title_empty": "title: write what it was",
    "issuer_empty": "issuer: write who gave it",
    "line_too_long": "title, issuer: at most {most} letters",
    "note_too_long": "note: at most {most} letters",
    "reference_too_long": "reference: at most {most} letters",
    "competency_unknown": "competencies: one is not known",
    "language_unknown": "language: use en, es, to or sm",
    "day_to_come": "learned_on: the day has not been yet",
    "day_long_ago": "learned_on, from: look at the year",
    "days_turned": "from: it is after the last day",
    "hours_range": "hours: write a number up to {most}",
    "hours_more_than_days": "hours: more than {hours} hours a day between the two days",
}

#: How a row names a person: "person" (public id), "email" or "phone", and the value.
Contact = tuple[str, str]


@dataclass(frozen=True)
class Wanted:
    """What one row asks to be recorded."""

    row: int
    #: How it names the person, the surest first; the first that finds exactly one person counts.
    contacts: tuple[Contact, ...]
    told: Told
    #: Who recognized it before, in the table's words; "" for nobody.
    recognized_by: str
    #: What makes it the same row in another file: a hash of its reference, or of its words.
    key: str

    @property
    def worth(self) -> Worth | None:
        """Return what it may count as at once: recognized before, as a known module or as hours of a kind."""
        told = self.told
        if not self.recognized_by:
            return None
        if told.module_key is not None:
            return Worth(told.learned_on, told.module_key)
        if told.hours_kind is not None and told.minutes is not None:
            return Worth(told.learned_on, None, told.hours_kind, told.minutes, told.competencies)
        return None


@dataclass(frozen=True)
class Entry:
    """One row that will be written, for whom, and as what it counts at once (None: it waits for reviewers)."""

    person_id: int
    wanted: Wanted
    worth: Worth | None = None


@dataclass(frozen=True)
class Plan:
    """What an import would do: entries in the order of the table, how many are there already, and what cannot be."""

    entries: tuple[Entry, ...]
    unchanged: int
    problems: tuple[RowProblem, ...]


@dataclass
class _Reader:
    """Reads the cells of one row and collects what is wrong with them."""

    row: TableRow
    known: Known
    faults: list[RowProblem] = field(default_factory=list)

    def cell(self, column: str) -> str:
        return self.row.cells.get(column, "")

    def fault(self, message: str) -> None:
        self.faults.append(RowProblem(self.row.number, message))

    def day(self, column: str) -> date | None:
        """Return the date in a cell; None when it is blank or no date."""
        text = self.cell(column)
        for form in ("%Y-%m-%d", "%m/%d/%Y"):
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 -- a calendar date has no zone
            except ValueError:
                continue
        if text:
            self.fault(f"{column}: {text!r} is not a date; write it as 2026-07-31")
        return None

    def minutes(self) -> int | None:
        text = self.cell("hours")
        found = minutes_from_hours(text) if text else None
        if text and found is None:
            self.fault(f"hours: {text!r} is not a number; write it as 40 or 7.5")
        return found

    def kinds(self) -> tuple[str, str | None]:
        """Return the kind of training and, where the cell names that, the kind of hours."""
        word = _key(self.cell("kind")) or "course"
        if word in KINDS:
            return word, None
        if word not in HOURS_KINDS:
            self.fault(f"kind: {word!r} is not known; use {', '.join((*KINDS, *HOURS_KINDS))}")
        return _KIND_OF_HOURS.get(word, "other"), word if word in HOURS_KINDS else None

    def competencies(self) -> tuple[str, ...]:
        """Return the competencies listed, each "framework/id"; the framework may be left out where one is meant."""
        found = []
        for word in (word.strip().casefold() for word in _SEPARATORS.split(self.cell("competencies"))):
            matches = [each for each in self.known.competencies if word in (each, each.partition("/")[2])]
            if len(matches) == 1:
                found += matches
            elif word:
                self.fault(f"competencies: {word!r} is not known; use {', '.join(self.known.competencies)}")
        return tuple(found)

    def contacts(self) -> tuple[Contact, ...]:
        """Return how the row names the person."""
        email, phone = self.cell("email"), self.cell("phone")
        found = [("person", self.cell("person")), ("email", normal_email(email) or "")]
        found.append(("phone", normal_phone(phone) or "" if phone else ""))
        for column, typed, read in (("email", email, found[1][1]), ("phone", phone, found[2][1])):
            if typed and not read:
                self.fault(f"{column}: {typed!r} is none")
        if not any((self.cell("person"), email, phone)):
            self.fault("person: name her by person, email or phone")
        return tuple(contact for contact in found if contact[1])


def _key(text: str) -> str:
    return "-".join(search_key(text).replace("-", " ").split())


def read_rows(rows: Sequence[TableRow], known: Known, today: date) -> tuple[list[Wanted], list[RowProblem]]:
    """Return what the rows ask for, those that are whole, and every fault of the others.

    A module that is not published is no fault: its name goes into the note, and the row waits for reviewers.
    """
    wanted, faults = [], []
    for row in rows:
        reader = _Reader(row, known)
        found = _wanted(reader, today)
        faults += reader.faults
        if found is not None and not reader.faults:
            wanted.append(found)
    return wanted, faults


def _wanted(reader: _Reader, today: date) -> Wanted | None:
    """Return what one row asks for, its faults left with the reader."""
    learned_on = reader.day("learned_on") or reader.day("until")
    kind, hours_kind = reader.kinds()
    contacts, competencies = reader.contacts(), reader.competencies()
    minutes, from_on = reader.minutes(), reader.day("from")
    if learned_on is None:
        if not reader.cell("learned_on") and not reader.cell("until"):
            reader.fault("learned_on: write the last day, as 2026-07-31")
        return None
    module, note = _module(reader)
    told = tidied(
        Told(
            title=reader.cell("title"),
            kind=kind,
            issuer=reader.cell("issuer"),
            learned_on=learned_on,
            from_on=from_on,
            minutes=minutes,
            module_key=module,
            hours_kind=hours_kind,
            competencies=competencies,
            language=reader.cell("language").casefold(),
            note=note,
            reference=reader.cell("reference"),
        )
    )
    try:
        check_told(told, today, reader.known)
    except RuleBroken as error:
        reader.fault(_FAULTS[error.code].format(**error.values))
    return Wanted(reader.row.number, contacts, told, reader.cell("recognized_by")[:LONGEST_NOTE], row_key(told))


def _module(reader: _Reader) -> tuple[str | None, str]:
    """Return the module that the row names, and its note; a name that no module has goes into the note."""
    named, note = reader.cell("module"), reader.cell("note")
    key = _key(named)
    if not named or key in reader.known.modules:
        return key or None, note
    return None, "\n".join(filter(None, (note, f"Module: {named}")))


def row_key(told: Told) -> str:
    """Return what makes a row the same in another file: a hash of its reference, or of its words."""
    text = f"reference\n{told.reference.casefold()}" if told.reference else "\n".join(map(str, _words(told)))
    return hashlib.sha256(text.encode()).hexdigest()


def refused_table(rows: Sequence[TableRow], problems: Sequence[RowProblem]) -> list[Sequence[str]]:
    """Return the headers, then each row that has a fault: its cells as they came, and why; no column that is blank."""
    why: dict[int, list[str]] = {}
    for each in problems:
        why.setdefault(each.row, []).append(each.message)
    refused = [row for row in rows if row.number in why]
    used = [name for name in COLUMNS if any(row.cells.get(name) for row in refused)]
    lines = ([*(row.cells.get(name, "") for name in used), "; ".join(why[row.number])] for row in refused)
    return [[*used, REASON], *lines]


def find_people(
    wanted: Sequence[Wanted], people: Mapping[Contact, Sequence[int]]
) -> tuple[dict[int, int], list[RowProblem]]:
    """Return by row the person whom it names, and a fault for each row that names nobody or several.

    `people` holds the ids of those who are called so.
    """
    found, faults = {}, []
    for each in wanted:
        named = [people.get(contact, ()) for contact in each.contacts]
        person = next((ids[0] for ids in named if len(ids) == 1), None)
        if person is not None:
            found[each.row] = person
        else:
            several = any(len(ids) > 1 for ids in named)
            hint = "several people share this; name her by another column" if several else "nobody is known by this"
            faults.append(RowProblem(each.row, f"{each.contacts[0][0]}: {each.contacts[0][1]!r}: {hint}"))
    return found, faults


def plan_import(
    wanted: Sequence[Wanted],
    people: Mapping[int, int],
    present: Mapping[tuple[int, str], Told],
    counts: Mapping[int, int],
    *,
    deciders: Collection[int] | None = None,
) -> Plan:
    """Return what would be written.

    `people` are the persons by row, `present` what came by earlier imports by person and key, `counts` how many entries
    each person has. `deciders` are the persons of the two under whose decision rows count at once (None: all wait);
    what is about themselves waits.
    """
    entries: list[Entry] = []
    faults: list[RowProblem] = []
    seen, counted, unchanged = dict(present), dict(counts), 0
    for each in (each for each in wanted if each.row in people):
        person = people[each.row]
        known = seen.get((person, each.key))
        if known is not None and _words(known) == _words(each.told):
            unchanged += 1
        elif known is not None:
            message = f"reference: {each.told.reference!r} is recorded with other words or days"
            faults.append(RowProblem(each.row, message))
        elif counted.get(person, 0) >= MOST_OF_ONE_PERSON:
            faults.append(RowProblem(each.row, f"she has {MOST_OF_ONE_PERSON} entries, and no more are kept"))
        else:
            seen[person, each.key] = each.told
            counted[person] = counted.get(person, 0) + 1
            decided = deciders is not None and person not in deciders
            entries.append(Entry(person, each, each.worth if decided else None))
    return Plan(tuple(entries), unchanged, tuple(sorted(faults)))


def _words(told: Told) -> tuple[object, ...]:
    """Return what is told in a spelling that can be compared; whether a module is known may change meanwhile."""
    days = (told.from_on, told.learned_on, told.minutes)
    return (search_key(told.title), search_key(told.issuer), *days, told.kind, told.hours_kind)
