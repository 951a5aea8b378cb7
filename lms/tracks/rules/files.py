"""Reading a file of people to be asked: which row means whom, and why a row cannot be done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from lms.ids import PUBLIC_ID_LENGTH
from lms.people.rules import Identifier, normal_email, normal_identifier, normal_phone, search_key

COLUMNS = ("email", "phone", "person", "organization")
#: What each column may be called, folded: in English, Spanish, Tongan and Samoan.
_NAMES = {
    "email": "email,e mail,email address,mail,correo,correo electronico,meili,imeili,imeli,tuatusi imeili",
    "phone": "phone,telephone,phone number,cell,mobile,telefono,celular,telefoni,numera telefoni,fika telefoni",
    "person": "person,person id,id,persona,tokotaha,tagata",
    "organization": "organization,organisation,cbo,organizacion,kautaha,faalapotopotoga,organization key",
}
_COLUMN_OF = {word: name for name, words in _NAMES.items() for word in words.split(",")}
LONGEST_CELL = 254


@dataclass(frozen=True)
class FileRow:
    """One row: its number as a spreadsheet shows it, what stood in it, whom it names, and its fault."""

    number: int
    cells: Mapping[str, str]
    identifiers: tuple[Identifier, ...] = ()
    person: str = ""
    organization: str = ""
    fault: str | None = None


@dataclass(frozen=True)
class Meant:
    """A row whose person was looked for: who she is, which organization asks her, since when she works there."""

    row: FileRow
    fault: str | None = None
    person_id: int | None = None
    organization_id: int | None = None
    began_on: date | None = None


@dataclass(frozen=True)
class Known:
    """What rows are compared with: contacts and public ids of staff, their spells, and organizations by key and name.

    `spells` holds by person the organizations where she works, with the first day. Who works elsewhere is not in it.
    """

    holders: Mapping[Identifier, Collection[int]]
    people: Mapping[str, int]
    spells: Mapping[int, Mapping[int, date]]
    organizations: Mapping[str, int]


def read_people(grid: Sequence[tuple[int, Sequence[str]]]) -> list[FileRow] | None:
    """Return the rows of a table of people; None when neither its headers nor its cells say what they are.

    Columns may stand in any order, under a name in any of our languages; others are passed over. Without headers
    every cell is an e-mail address, a phone number or a person's id by its look, and anything else an organization.
    """
    if not grid:
        return []
    headers = [_COLUMN_OF.get(_folded(cell), "") for cell in grid[0][1]]
    if set(headers) & {"email", "phone", "person"}:
        return [_row(number, _by_header(headers, cells)) for number, cells in grid[1:]]
    looks = [_look(cell) for cell in grid[0][1] if cell]
    if not any(look != "organization" for look in looks):
        return None
    return [_row(number, _by_look(cells)) for number, cells in grid]


def _folded(cell: str) -> str:
    return " ".join(search_key(cell).replace("_", " ").replace("-", " ").split())


def _by_header(headers: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    pairs = zip(headers, cells, strict=False)
    return {name: cell.strip()[:LONGEST_CELL] for name, cell in pairs if name and cell.strip()}


def _by_look(cells: Sequence[str]) -> dict[str, str]:
    return {_look(cell): cell.strip()[:LONGEST_CELL] for cell in cells if cell.strip()}


def _look(cell: str) -> str:
    """Return which column a cell without a header belongs to."""
    found = normal_identifier(cell)
    if found is not None:
        return found.kind
    if "@" in cell:
        return "email"
    if any(map(str.isdigit, cell)) and not any(map(str.isalpha, cell)):
        return "phone"
    return "person" if len(cell) == PUBLIC_ID_LENGTH and cell.isascii() and cell.isalnum() else "organization"


def _row(number: int, cells: dict[str, str]) -> FileRow:
    """Return what a row's cells name."""
    row = FileRow(number, cells, person=cells.get("person", ""), organization=cells.get("organization", ""))
    found = []
    for kind, normal in (("email", normal_email), ("phone", normal_phone)):
        if typed := cells.get(kind):
            if (value := normal(typed)) is None:
                return replace(row, fault=f"bad-{kind}")
            found.append(Identifier(kind, value))
    if not found and not row.person:
        return replace(row, fault="nobody-named")
    return replace(row, identifiers=tuple(found))


def find_meant(rows: Iterable[FileRow], known: Known) -> list[Meant]:
    """Return whom each row means, or why that cannot be told or done."""
    return [_meant(row, known) for row in rows]


def without_repeats(found: Iterable[Meant]) -> list[Meant]:
    """Return rows with a fault for each that means the same person at the same organization as an earlier one."""
    seen: set[tuple[int | None, int | None]] = set()
    told = []
    for meant in found:
        address = (meant.person_id, meant.organization_id)
        is_repeated = meant.fault is None and address in seen
        told.append(replace(meant, fault="named-twice") if is_repeated else meant)
        seen.add(address)
    return told


def _meant(row: FileRow, known: Known) -> Meant:
    if row.fault:
        return Meant(row, row.fault)
    sets = [set(known.holders.get(each, ())) & known.spells.keys() for each in row.identifiers]
    if row.person:
        sets.append({known.people[row.person]} if row.person in known.people else set())
    people = set.intersection(*sets)
    if len(people) != 1:
        unknown = not all(sets)
        return Meant(row, "not-found" if unknown else "differ" if not people else "shared")
    person_id = people.pop()
    spells = known.spells[person_id]
    if not row.organization:
        if len(spells) > 1:
            return Meant(row, "which-organization")
        organization_id = next(iter(spells))
    else:
        named = known.organizations.get(search_key(row.organization))
        if named is None:
            return Meant(row, "no-organization")
        if named not in spells:
            return Meant(row, "works-elsewhere")
        organization_id = named
    return Meant(row, None, person_id, organization_id, spells[organization_id])
