"""What an imported table of organizations asks for, what is wrong with it, and what it would change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from lms.errors import BadInput, RowProblem
from lms.organizations.rules.organizations import LONGEST_PROGRAM, valid_key
from lms.organizations.rules.tables import TableRow
from lms.people.rules import BadName, normal_name, search_key

COLUMNS = (
    "key",
    "name",
    "kind",
    "areas",
    "boundary_year",
    "geographies",
    "populations",
    "department",
    "program",
    "contract_start",
    "contract_end",
)
REQUIRED = ("key", "name")
BOUNDARY_YEARS = (2002, 2012, 2022)
NEWEST_BOUNDARIES = 2022
_SEPARATORS = re.compile(r"[,;|/]+")

T = TypeVar("T")


@dataclass(frozen=True, order=True)
class Contracted:
    """A contract: the department's key, its program, and the local dates of its first and last day."""

    department: str
    program: str
    started_on: date
    ended_on: date | None = None


@dataclass(frozen=True)
class Wanted:
    """What the table says of one organization. None where a cell is blank: what is there stays."""

    row: int
    key: str
    name: str
    kind: str | None = None
    boundary_year: int = NEWEST_BOUNDARIES
    areas: frozenset[int] | None = None
    geographies: frozenset[str] | None = None
    populations: frozenset[str] | None = None
    contracts: tuple[Contracted, ...] = ()


@dataclass(frozen=True)
class Present:
    """What is recorded of one organization before the import. `areas` are pairs of area and boundary year."""

    kind: str
    name: str
    areas: frozenset[tuple[int, int]] = frozenset()
    geographies: frozenset[str] = frozenset()
    populations: frozenset[str] = frozenset()
    contracts: frozenset[Contracted] = frozenset()


@dataclass(frozen=True)
class Change:
    """What happens to one organization. `what` is "create" or "change"; it names each thing set, added, removed."""

    wanted: Wanted
    what: str
    name: str | None = None
    areas_added: frozenset[int] = frozenset()
    areas_removed: frozenset[int] = frozenset()
    geographies_added: frozenset[str] = frozenset()
    geographies_removed: frozenset[str] = frozenset()
    populations_added: frozenset[str] = frozenset()
    populations_removed: frozenset[str] = frozenset()
    contracts_added: tuple[Contracted, ...] = ()
    #: Contracts that are there with another last day.
    contracts_ended: tuple[Contracted, ...] = ()
    old: Present | None = None

    @property
    def key(self) -> str:
        """Return the organization's key."""
        return self.wanted.key

    @property
    def kind(self) -> str:
        """Return the organization's kind after the change."""
        return self.old.kind if self.old else self.wanted.kind or "cbo"

    def lines(self) -> Iterator[str]:
        """Yield what happens, one line each, as the command prints it."""
        if self.old is None:
            yield f"{self.key}: create {self.kind} {self.name!r}"
        elif self.name is not None:
            yield f"{self.key}: rename {self.old.name!r} to {self.name!r}"
        year = self.wanted.boundary_year
        yield from (f"{self.key}: add area {spa} ({year})" for spa in sorted(self.areas_added))
        yield from (f"{self.key}: remove area {spa} ({year})" for spa in sorted(self.areas_removed))
        yield from (f"{self.key}: add geography {each}" for each in sorted(self.geographies_added))
        yield from (f"{self.key}: remove geography {each}" for each in sorted(self.geographies_removed))
        yield from (f"{self.key}: add population {each}" for each in sorted(self.populations_added))
        yield from (f"{self.key}: remove population {each}" for each in sorted(self.populations_removed))
        yield from (f"{self.key}: add contract {_told(each)}" for each in self.contracts_added)
        yield from (f"{self.key}: set the last day of contract {_told(each)}" for each in self.contracts_ended)


def _told(contract: Contracted) -> str:
    last = contract.ended_on.isoformat() if contract.ended_on else "open"
    return f"{contract.department} / {contract.program}, {contract.started_on.isoformat()} to {last}"


@dataclass
class _Reader:
    """Reads the cells of one row and collects what is wrong with them."""

    row: TableRow
    known: Mapping[str, Sequence[str]]
    faults: list[RowProblem] = field(default_factory=list)

    def cell(self, column: str) -> str:
        return self.row.cells.get(column, "")

    def fault(self, message: str) -> None:
        self.faults.append(RowProblem(self.row.number, message))

    def listed(self, column: str, one: Callable[[str], T | None], hint: str) -> frozenset[T] | None:
        """Return the things listed in a cell; None when it is blank."""
        words = [word.strip() for word in _SEPARATORS.split(self.cell(column)) if word.strip()]
        found = {word: one(word) for word in words}
        for word, value in found.items():
            if value is None:
                self.fault(f"{column}: {word!r} is not known; {hint}")
        return frozenset(value for value in found.values() if value is not None) if words else None

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


def read_rows(rows: Iterable[TableRow], known: Mapping[str, Sequence[str]]) -> list[Wanted]:
    """Return what each organization's rows ask for; raise `BadInput` with every fault of every row.

    `known` lists the values allowed under "kind", "geographies" and "populations". A key may stand in several
    rows, one for each contract; the rows must not contradict each other.
    """
    faults: list[RowProblem] = []
    merged: dict[str, Wanted] = {}
    for row in rows:
        reader = _Reader(row, known)
        wanted = _wanted(reader)
        if wanted.key in merged:
            wanted = _merge(reader, merged[wanted.key], wanted)
        merged[wanted.key] = wanted
        faults += reader.faults
    faults += _same_names(merged.values())
    if faults:
        raise BadInput(sorted(faults))
    return list(merged.values())


def _wanted(reader: _Reader) -> Wanted:
    """Return what one row asks for, its faults left with the reader."""
    key = reader.cell("key").casefold()
    if not valid_key(key):
        reader.fault(f"key: {reader.cell('key')!r} is not a key; use small letters, digits and single hyphens")
    kind = reader.cell("kind").casefold() or None
    if kind is not None and kind not in reader.known["kind"]:
        reader.fault(f"kind: {kind!r} is not known; use {' or '.join(reader.known['kind'])}")
    return Wanted(
        row=reader.row.number,
        key=key,
        name=_name(reader),
        kind=kind,
        boundary_year=_boundary_year(reader),
        areas=reader.listed("areas", _area, "use the numbers 1 to 8"),
        geographies=_choices(reader, "geographies"),
        populations=_choices(reader, "populations"),
        contracts=_contracts(reader),
    )


def _name(reader: _Reader) -> str:
    try:
        return normal_name(reader.cell("name"))
    except BadName:
        reader.fault("name: write the organization's name, at most 200 letters")
        return ""


def _boundary_year(reader: _Reader) -> int:
    text = reader.cell("boundary_year") or str(NEWEST_BOUNDARIES)
    years = {str(year): year for year in BOUNDARY_YEARS}
    if text not in years:
        reader.fault(f"boundary_year: {text!r} is not known; use {', '.join(years)}")
    return years.get(text, NEWEST_BOUNDARIES)


def _area(word: str) -> int | None:
    """Return the number of a service planning area written as "4" or "SPA 4"; None for anything else."""
    match = re.fullmatch(r"(?:spa)?[ -]?([1-8])", word.casefold())
    return int(match[1]) if match else None


def _choices(reader: _Reader, column: str) -> frozenset[str] | None:
    allowed = reader.known[column]

    def one(word: str) -> str | None:
        key = "-".join(search_key(word).split())
        return key if key in allowed else None

    return reader.listed(column, one, f"use {', '.join(allowed)}")


def _contracts(reader: _Reader) -> tuple[Contracted, ...]:
    """Return the contract of one row, or nothing when its four cells are blank."""
    columns = ("department", "program", "contract_start", "contract_end")
    if not any(reader.cell(column) for column in columns):
        return ()
    for column in columns[:3]:
        if not reader.cell(column):
            reader.fault(f"{column}: a contract needs a department, a program and a first day")
    department, program = reader.cell("department").casefold(), reader.cell("program")
    started_on, ended_on = reader.day("contract_start"), reader.day("contract_end")
    if len(program) > LONGEST_PROGRAM:
        reader.fault(f"program: at most {LONGEST_PROGRAM} letters")
    if started_on is None:
        return ()
    if ended_on is not None and ended_on < started_on:
        reader.fault("contract_end: the contract would end before it begins")
    return (Contracted(department, program, started_on, ended_on),)


def _merge(reader: _Reader, first: Wanted, more: Wanted) -> Wanted:
    """Return two rows of one key as one; contradictions are left with the reader."""
    for column in ("name", "kind", "boundary_year", "areas", "geographies", "populations"):
        if reader.cell(column) and getattr(more, column) != getattr(first, column):
            reader.fault(f"{column}: row {first.row} says otherwise of {first.key!r}")
    spells = {(each.department, each.program, each.started_on) for each in first.contracts}
    if any((each.department, each.program, each.started_on) in spells for each in more.contracts):
        reader.fault(f"the same contract of {first.key!r} is there twice")
    contracts = first.contracts + more.contracts
    return Wanted(**{**vars(first), "contracts": contracts})


def _same_names(wanted: Iterable[Wanted]) -> Iterator[RowProblem]:
    """Yield a fault for each organization that has another one's name in the same table."""
    seen: dict[str, Wanted] = {}
    for each in wanted:
        other = seen.setdefault(search_key(each.name), each)
        if other is not each and each.name:
            yield RowProblem(each.row, f"name: row {other.row} has the same name under the key {other.key!r}")


def plan_import(wanted: Sequence[Wanted], present: Mapping[str, Present]) -> list[Change]:
    """Return what would change, in the order of the table; raise `BadInput` for what cannot be.

    `present` holds every organization by its key. One that already is as the table says is not in the answer.
    """
    kinds = {key: each.kind for key, each in present.items()}
    kinds |= {each.key: each.kind or "cbo" for each in wanted if each.key not in kinds}
    faults = [fault for each in wanted for fault in _plan_faults(each, present.get(each.key), kinds)]
    faults += _taken_names(wanted, present)
    if faults:
        raise BadInput(sorted(faults))
    changes = (_change(each, present.get(each.key)) for each in wanted)
    return [change for change in changes if change is not None]


def _plan_faults(wanted: Wanted, old: Present | None, kinds: Mapping[str, str]) -> Iterator[RowProblem]:
    if old is not None and wanted.kind not in (None, old.kind):
        yield RowProblem(wanted.row, f"kind: {wanted.key!r} is a {old.kind} here; a file cannot change that")
    for contract in wanted.contracts:
        if kinds.get(contract.department) != "department":
            yield RowProblem(wanted.row, f"department: there is no department with the key {contract.department!r}")


def _taken_names(wanted: Sequence[Wanted], present: Mapping[str, Present]) -> Iterator[RowProblem]:
    """Yield a fault for each new or changed name that an organization outside the table has, and keeps."""
    named = {each.key for each in wanted}
    kept = {search_key(each.name): key for key, each in present.items() if key not in named}
    for each in wanted:
        old = present.get(each.key)
        is_new = old is None or search_key(old.name) != search_key(each.name)
        if is_new and (other := kept.get(search_key(each.name))) is not None:
            hint = "use that key" if old is None else "choose another name"
            yield RowProblem(each.row, f"name: {each.name!r} is already here under the key {other!r}; {hint}")


def _change(wanted: Wanted, old: Present | None) -> Change | None:
    """Return the difference between what is wanted of one organization and what is there; None for none."""
    there = old or Present("", "")
    of_year = frozenset(spa for spa, year in there.areas if year == wanted.boundary_year)
    areas, geographies, populations = wanted.areas, wanted.geographies, wanted.populations
    open_days = {(each.department, each.program, each.started_on): each.ended_on for each in there.contracts}
    added = [each for each in wanted.contracts if (each.department, each.program, each.started_on) not in open_days]
    moved = [each for each in wanted.contracts if each.ended_on and each not in added and each not in there.contracts]
    change = Change(
        wanted=wanted,
        what="change" if old else "create",
        name=wanted.name if wanted.name != there.name else None,
        areas_added=(areas or frozenset()) - of_year,
        areas_removed=of_year - (of_year if areas is None else areas),
        geographies_added=(geographies or frozenset()) - there.geographies,
        geographies_removed=there.geographies - (there.geographies if geographies is None else geographies),
        populations_added=(populations or frozenset()) - there.populations,
        populations_removed=there.populations - (there.populations if populations is None else populations),
        contracts_added=tuple(added),
        contracts_ended=tuple(moved),
        old=old,
    )
    return change if any(True for _line in change.lines()) else None
