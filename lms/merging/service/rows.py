"""Reading every row that belongs to some people, in whatever table, and what became of it between two readings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Column, LargeBinary, Numeric, Table, TypeDecorator, UniqueConstraint, select
from sqlalchemy.orm import Session

from lms.db import Base, among
from lms.merging import rules
from lms.merging.rules import Key

#: Rows by table and id.
Rows = Mapping[str, Mapping[int, Mapping[str, Any]]]
_OWN = frozenset({"person_merges", "person_merge_rows"})
_READ: Mapping[type, Any] = {datetime: datetime.fromisoformat, date: date.fromisoformat, time: time.fromisoformat}


def table(name: str) -> Table:
    """Return a table by its name."""
    return Base.metadata.tables[name]


@cache
def subjects() -> tuple[Table, ...]:
    """Return every table whose rows belong to a person, parents first, without the log of joining."""
    found = [each for each in Base.metadata.sorted_tables if each.name not in _OWN and "person_id" in each.c]
    return tuple(each for each in found if names(each.c.person_id, "people"))


@cache
def leaning() -> tuple[tuple[Table, Column[Any], str], ...]:
    """Return each column that names a row of such a table: its own table, the column, and the other's name."""
    parents = {each.name for each in subjects()} - {"accounts"}
    return tuple(
        (each, column, key.column.table.name)
        for each in Base.metadata.sorted_tables
        for column in each.c
        for key in column.foreign_keys
        if key.column.table.name in parents
    )


def names(column: Column[Any], other: str) -> bool:
    """Return whether a column names a row of the table `other`."""
    return any(key.column.table.name == other for key in column.foreign_keys)


@cache
def keys_of(name: str, owner: str = "person_id") -> tuple[Key, ...]:
    """Return what must be unique in a table for one `owner`, as its constraints and indexes say."""
    own = table(name)
    whole = [[each.name for each in one.columns] for one in own.constraints if isinstance(one, UniqueConstraint)]
    found = [Key(tuple(each for each in columns if each != owner)) for columns in whole if owner in columns]
    for index in own.indexes:
        columns = [column.name for column in index.columns]
        if index.unique and owner in columns:
            live = str(index.dialect_options["sqlite"]["where"]).split(maxsplit=1)[0]
            found.append(Key(tuple(each for each in columns if each != owner), live))
    return tuple(sorted(found, key=lambda key: (key.live, key.columns)))


def read_rows(session: Session, person_ids: Collection[int]) -> Rows:
    """Return every row of these people, and those that name one of them. A query for each table, however many rows."""
    found: dict[str, dict[int, Mapping[str, Any]]] = {}
    people = table("people")
    _read(session, found, people, people.c.id, person_ids)
    for each in subjects():
        _read(session, found, each, each.c.person_id, person_ids)
    for each, column, parent in leaning():
        _read(session, found, each, column, sorted(found[parent]))
    return found


def _read(
    session: Session,
    found: dict[str, dict[int, Mapping[str, Any]]],
    own: Table,
    column: Column[Any],
    values: Collection[int],
) -> None:
    rows = found.setdefault(own.name, {})
    if values:
        for row in session.execute(select(own).where(among(session, column, list(values)))).mappings():
            rows[row["id"]] = dict(row)


def of_person(rows: Rows, name: str, person_id: int) -> list[Mapping[str, Any]]:
    """Return the rows of one person in a table, in the order of ids."""
    found = rows.get(name, {})
    return [found[each] for each in sorted(found) if found[each]["person_id"] == person_id]


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as JSON can hold it."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value.hex() if isinstance(value, bytes) else value


def restored(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a table's columns that `plain` wrote."""
    return {each: _restored(table(name).c[each], value) for each, value in row.items()}


def _restored(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, LargeBinary):
        return bytes.fromhex(value)
    if isinstance(column.type, Numeric):
        return Decimal(value)
    stored = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    read = _READ.get(stored.python_type)
    return read(value) if read else value


@dataclass(frozen=True)
class Change:
    """What became of one row: "changed", "made" or "removed"; the values that tell, and its seal afterwards."""

    table_name: str
    row_id: int
    effect: str
    was: Mapping[str, Any]
    became: Mapping[str, Any]
    seal: str = ""
    leaned_on: int = 0


def changes(before: Rows, after: Rows) -> list[Change]:
    """Return what became of each row between two readings, by table and id."""
    return list(_changes(before, after, leaned(after)))


def leaned(rows: Rows) -> Counter[tuple[str, int]]:
    """Return how many rows name each row, by its table and id. What lives by itself does not count."""
    return Counter(
        (parent, row[column.name])
        for each, column, parent in leaning()
        if each.name not in rules.LIVING and parent not in rules.LIVING
        for row in rows.get(each.name, {}).values()
        if row[column.name] is not None
    )


def _changes(before: Rows, after: Rows, lean: Mapping[tuple[str, int], int]) -> Iterator[Change]:
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, {}), after.get(name, {})
        for each in sorted(old.keys() | new.keys()):
            was, became = plain(old.get(each, {})), plain(new.get(each, {}))
            if was == became:
                continue
            effect = "removed" if not became else "changed" if was else "made"
            if effect == "changed":
                other = [key for key in was if was[key] != became[key]]
                was, short = {key: was[key] for key in other}, {key: became[key] for key in other}
            else:
                short = {}
            sealed = rules.seal(became) if became else ""
            yield Change(name, each, effect, was, short, sealed, lean.get((name, each), 0))


def mark_of(kept_id: int, merged_id: int, rows: Rows) -> str:
    """Return what tells this plan from another."""
    return rules.mark(kept_id, merged_id, {n: {i: plain(row) for i, row in found.items()} for n, found in rows.items()})


def rank_of(names_: Iterable[str]) -> Sequence[str]:
    """Return names of tables in the order in which rows may be put in: what is named before what names it."""
    order = {each.name: number for number, each in enumerate(Base.metadata.sorted_tables)}
    return sorted(set(names_), key=order.__getitem__)
