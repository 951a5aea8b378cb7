"""Reading a file of people to be asked: which row means whom, and why a row cannot be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from lms.ids import PUBLIC_ID_LENGTH
from lms.people.rules import Identifier, normal_email, normal_identifier, normal_phone, search_key

COLUMNS = ("name", "email", "phone", "person", "organization")
#: What each column may be called, folded: in English, Spanish, Tongan and Samoan.
_NAMES = {
    "name": "name,full name,worker,nombre,nombre completo,nombre y apellido,hingoa,igoa,igoa atoa",
    "email": "email,e mail,email address,mail,correo,correo electronico,meili,imeili,imeli,tuatusi imeili",
    "phone": "phone,telephone,phone number,cell,mobile,telefono,celular,telefoni,numera telefoni,fika telefoni",
    "person": "person,person id,id,persona,tokotaha,tagata",
    "organization": "organization,organisation,cbo,organizacion,kautaha,faalapotopotoga,organization key",
}
_COLUMN_OF = {word: name for name, words in _NAMES.items() for word in words.split(",")}
LONGEST_CELL = 254
#: Of a name that is not written as on the staff, so many who may be meant are offered.
MOST_OFFERED = 5
#: The fault of a row that waits to be judged.
UNREAD = "unread"
#: A word of a name that tells somebody from others has so many letters (`organizations.rules.is_likely_same`).
_TELLING = 3


@dataclass(frozen=True)
class FileRow:
    """One row: its number as a spreadsheet shows it, what stood in it, whom it names, and its fault."""

    number: int
    cells: Mapping[str, str]
    identifiers: tuple[Identifier, ...] = ()
    person: str = ""
    name: str = ""
    organization: str = ""
    fault: str | None = None


@dataclass(frozen=True)
class Meant:
    """A row whose person was looked for: who she is, which organization asks her, since when she works there.

    `offered` are those who may be meant by a name, the likeliest first ("which-person").
    """

    row: FileRow
    fault: str | None = None
    person_id: int | None = None
    organization_id: int | None = None
    began_on: date | None = None
    offered: tuple[int, ...] = ()


@dataclass(frozen=True)
class Known:
    """What rows are compared with: contacts and public ids of staff, their spells, and organizations by key and name.

    `spells` holds by person the organizations where she works, with the first day. Who works elsewhere is not in it.
    """

    holders: Mapping[Identifier, Collection[int]]
    people: Mapping[str, int]
    spells: Mapping[int, Mapping[int, date]]
    organizations: Mapping[str, int]
    #: The staff by folded name, and by each telling word of it; empty where nobody may be found by her name.
    names: Mapping[str, Sequence[int]] = field(default_factory=dict)
    words: Mapping[str, Collection[int]] = field(default_factory=dict)


def read_people(grid: Sequence[tuple[int, Sequence[str]]], *, is_pasted: bool = False) -> list[FileRow] | None:
    """Return the rows of a table of people; None when neither its headers nor its cells say what they are.

    Columns may stand in any order, under a name in any of our languages; others are passed over. Without headers
    every cell is an e-mail address, a phone number or a person's id by its look. Of lines that were pasted other words
    are a name, then an organization; of a file, where they may be anything, an organization.
    """
    if not grid:
        return []
    headers = [_COLUMN_OF.get(_folded(cell), "") for cell in grid[0][1]]
    if set(headers) & {"name", "email", "phone", "person"}:
        return [read_row(number, _by_header(headers, cells)) for number, cells in grid[1:]]
    looks = [_look(cell) for cell in grid[0][1] if cell]
    if not is_pasted and not any(look != "word" for look in looks):
        return None
    words = ("name", "organization") if is_pasted else ("organization",)
    return [read_row(number, _by_look(cells, words)) for number, cells in grid]


def _folded(cell: str) -> str:
    return " ".join(search_key(cell).replace("_", " ").replace("-", " ").split())


def _by_header(headers: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    pairs = zip(headers, cells, strict=False)
    return {name: cell.strip()[:LONGEST_CELL] for name, cell in pairs if name and cell.strip()}


def _by_look(cells: Sequence[str], words: Sequence[str]) -> dict[str, str]:
    """Return cells without headers by column; words without a look of their own are `words`, in order."""
    found: dict[str, str] = {}
    for cell in (each.strip()[:LONGEST_CELL] for each in cells if each.strip()):
        look = _look(cell)
        if look == "word":
            look = next((name for name in words if name not in found), words[-1])
        found[look] = cell
    return found


def _look(cell: str) -> str:
    """Return which column a cell without a header belongs to; "word" where that cannot be seen."""
    found = normal_identifier(cell)
    if found is not None:
        return found.kind
    if "@" in cell:
        return "email"
    if any(map(str.isdigit, cell)) and not any(map(str.isalpha, cell)):
        return "phone"
    return "person" if len(cell) == PUBLIC_ID_LENGTH and cell.isascii() and cell.isalnum() else "word"


def read_row(number: int, cells: Mapping[str, str]) -> FileRow:
    """Return what a row's cells, by column, name."""
    person, name, organization = (cells.get(column, "") for column in ("person", "name", "organization"))
    row = FileRow(number, cells, person=person, name=name, organization=organization)
    found = []
    for kind, normal in (("email", normal_email), ("phone", normal_phone)):
        if typed := cells.get(kind):
            if (value := normal(typed)) is None:
                return replace(row, fault=f"bad-{kind}")
            found.append(Identifier(kind, value))
    if not found and not row.person and not row.name:
        return replace(row, fault="nobody-named")
    return replace(row, identifiers=tuple(found))


def words_of(names: Mapping[str, Collection[int]]) -> dict[str, set[int]]:
    """Return people by each telling word of their folded names."""
    found: dict[str, set[int]] = {}
    for name, people in names.items():
        for word in _telling(name):
            found.setdefault(word, set()).update(people)
    return found


def _telling(name: str) -> set[str]:
    return {word for word in name.split() if len(word) >= _TELLING}


def find_meant(rows: Iterable[FileRow], known: Known, chosen: Mapping[int, int] | None = None) -> list[Meant]:
    """Return whom each row means, or why that cannot be told or done.

    `chosen` says by a row's number who of those that were offered is meant.
    """
    return [_meant(row, known, (chosen or {}).get(row.number)) for row in rows]


def without_repeats(found: Iterable[Meant], earlier: Collection[tuple[int, int]] = ()) -> list[Meant]:
    """Return rows with a fault for each that means the same person at the same organization as an earlier one.

    `earlier` are those of rows before these.
    """
    seen: set[tuple[int | None, int | None]] = set(earlier)
    told = []
    for meant in found:
        address = (meant.person_id, meant.organization_id)
        is_repeated = meant.fault is None and address in seen
        told.append(replace(meant, fault="named-twice") if is_repeated else meant)
        if meant.fault is None:
            seen.add(address)
    return told


def _meant(row: FileRow, known: Known, chosen: int | None) -> Meant:
    if row.fault:
        return Meant(row, row.fault)
    name, place = _words(row, known)
    if not row.identifiers and not row.person:
        offered = _named(name, known)
        if chosen is not None and chosen in offered:
            return _at(row, known, chosen, place)
        exact = known.names.get(search_key(name), ())
        if len(exact) != 1:
            return Meant(row, "which-person" if offered else "not-found", offered=offered)
        return _at(row, known, exact[0], place)
    sets = [set(known.holders.get(each, ())) & known.spells.keys() for each in row.identifiers]
    if row.person:
        sets.append({known.people[row.person]} if row.person in known.people else set())
    people = set.intersection(*sets)
    if len(people) != 1:
        unknown = not all(sets)
        return Meant(row, "not-found" if unknown else "differ" if not people else "shared")
    return _at(row, known, people.pop(), place)


def _words(row: FileRow, known: Known) -> tuple[str, str]:
    """Return the name and the organization of a row: who pastes lines writes them in any order, or "López, Ana"."""
    name, place = row.name, row.organization
    is_place = [search_key(each) in known.organizations for each in (name, place)]
    if not place and is_place[0] and (row.identifiers or row.person):
        return "", name
    if place and is_place == [True, False]:
        return place, name
    if name and place and not is_place[1] and not row.identifiers and search_key(name) not in known.names:
        return f"{name} {place}", ""
    return name, place


def _named(name: str, known: Known) -> tuple[int, ...]:
    """Return who of the staff may be meant by a name: those called so, then those who share most words with it."""
    key = search_key(name)
    shared = Counter(person_id for word in _telling(key) for person_id in known.words.get(word, ()))
    exact = set(known.names.get(key, ()))
    ranked = sorted({*exact, *shared}, key=lambda each: (each not in exact, -shared[each], each))
    return tuple(ranked[:MOST_OFFERED])


def _at(row: FileRow, known: Known, person_id: int, place: str) -> Meant:
    """Return a row whose person is found, with the organization that asks her."""
    spells = known.spells[person_id]
    if not place:
        if len(spells) > 1:
            return Meant(row, "which-organization")
        organization_id = next(iter(spells))
    else:
        named = known.organizations.get(search_key(place))
        if named is None:
            return Meant(row, "no-organization")
        if named not in spells:
            return Meant(row, "works-elsewhere")
        organization_id = named
    return Meant(row, None, person_id, organization_id, spells[organization_id])
