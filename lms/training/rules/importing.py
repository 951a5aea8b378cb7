"""What an imported table of earlier records says, what is wrong with it, and what it would write."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from lms.errors import RuleBroken
from lms.organizations.rules import TableProblem, TableRow
from lms.people.rules import normal_email, normal_phone, search_key
from lms.training.rules.facts import HOURS_KINDS
from lms.training.rules.reviewing import Worth
from lms.training.rules.tables import fault
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
#: Which column a rule of telling is about.
_COLUMN_OF_FAULT = {
    "title_empty": "title",
    "issuer_empty": "issuer",
    "note_too_long": "note",
    "reference_too_long": "reference",
    "competency_unknown": "competencies",
    "language_unknown": "language",
    "day_to_come": "learned_on",
    "day_long_ago": "learned_on",
    "days_turned": "from",
    "hours_range": "hours",
    "hours_more_than_days": "hours",
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
    problems: tuple[TableProblem, ...]


@dataclass
class _Reader:
    """Reads the cells of one row and collects what is wrong with them."""

    row: TableRow
    known: Known
    faults: list[TableProblem] = field(default_factory=list)

    def cell(self, column: str) -> str:
        return self.row.cells.get(column, "")

    def fault(self, code: str, **values: object) -> None:
        self.faults.append(fault(self.row.number, code, **values))

    def day(self, column: str) -> date | None:
        """Return the date in a cell; None when it is blank or no date."""
        text = self.cell(column)
        for form in ("%Y-%m-%d", "%m/%d/%Y"):
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 -- a calendar date has no zone
            except ValueError:
                continue
        if text:
            self.fault("date_wrong", column=column, typed=text)
        return None

    def minutes(self) -> int | None:
        text = self.cell("hours")
        found = minutes_from_hours(text) if text else None
        if text and found is None:
            self.fault("hours_wrong", column="hours", typed=text)
        return found

    def kinds(self) -> tuple[str, str | None]:
        """Return the kind of training and, where the cell names that, the kind of hours."""
        word = _key(self.cell("kind")) or "course"
        if word in KINDS:
            return word, None
        if word not in HOURS_KINDS:
            self.fault("kind_not_known", column="kind", typed=word, known=", ".join((*KINDS, *HOURS_KINDS)))
        return _KIND_OF_HOURS.get(word, "other"), word if word in HOURS_KINDS else None

    def competencies(self) -> tuple[str, ...]:
        """Return the competencies listed, each "framework/id"; the framework may be left out where one is meant."""
        found = []
        for word in (word.strip().casefold() for word in _SEPARATORS.split(self.cell("competencies"))):
            matches = [each for each in self.known.competencies if word in (each, each.partition("/")[2])]
            if len(matches) == 1:
                found += matches
            elif word:
                known = ", ".join(self.known.competencies)
                self.fault("competency_not_known", column="competencies", typed=word, known=known)
        return tuple(found)

    def contacts(self) -> tuple[Contact, ...]:
        """Return how the row names the person."""
        email, phone = self.cell("email"), self.cell("phone")
        found = [("person", self.cell("person")), ("email", normal_email(email) or "")]
        found.append(("phone", normal_phone(phone) or "" if phone else ""))
        for column, typed, read in (("email", email, found[1][1]), ("phone", phone, found[2][1])):
            if typed and not read:
                self.fault("contact_wrong", column=column, typed=typed)
        if not any((self.cell("person"), email, phone)):
            self.fault("nobody_named", column="person")
        return tuple(contact for contact in found if contact[1])


def _key(text: str) -> str:
    return "-".join(search_key(text).replace("-", " ").split())


def read_rows(rows: Sequence[TableRow], known: Known, today: date) -> tuple[list[Wanted], list[TableProblem]]:
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
            reader.fault("last_day_missing", column="learned_on")
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
        reader.fault(error.code, **_about(error.code), **error.values)
    return Wanted(reader.row.number, contacts, told, reader.cell("recognized_by")[:LONGEST_NOTE], row_key(told))


def _about(code: str) -> dict[str, str]:
    """Return the column that a rule of telling is about; nothing where it may be one of several."""
    column = _COLUMN_OF_FAULT.get(code)
    return {"column": column} if column else {}


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


def find_people(
    wanted: Sequence[Wanted], people: Mapping[Contact, Sequence[int]]
) -> tuple[dict[int, int], list[TableProblem]]:
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
            code = "person_shared" if any(len(ids) > 1 for ids in named) else "person_not_found"
            column, typed = each.contacts[0]
            faults.append(fault(each.row, code, column=column, typed=typed))
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
    faults: list[TableProblem] = []
    seen, counted, unchanged = dict(present), dict(counts), 0
    for each in (each for each in wanted if each.row in people):
        person = people[each.row]
        known = seen.get((person, each.key))
        if known is not None and _words(known) == _words(each.told):
            unchanged += 1
        elif known is not None:
            faults.append(fault(each.row, "reference_taken", column="reference", typed=each.told.reference))
        elif counted.get(person, 0) >= MOST_OF_ONE_PERSON:
            faults.append(fault(each.row, "record_full", most=MOST_OF_ONE_PERSON))
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
