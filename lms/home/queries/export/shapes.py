"""How a section of the download is read: a select with the names that she reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import FromClause, Integer, Select, Table, bindparam, select

from lms.home.queries.facts import TABLES

ME: Any = bindparam("person", type_=Integer)


def as_section(source: FromClause, own: Table, columns: Sequence[Any], place: str) -> Select[Any]:
    """Return a section of rows of `own`; `place`, where given, is the table whose rows name an organization."""
    if place:
        organizations = TABLES["organizations"]
        source = source.outerjoin(organizations, organizations.c.id == TABLES[place].c.organization_id)
        columns = [*columns, organizations.c.name.label("organization")]
    return select(own.c.id.label("row_id"), *columns).select_from(source)


def own_rows(table: str, *columns: str, place: str = "", **renamed: str) -> Select[Any]:
    """Return a section of a table that has a column `person_id`; `place` is as in `as_section`."""
    own = TABLES[table]
    shown = [own.c[name] for name in columns] + [own.c[name].label(label) for label, name in renamed.items()]
    return as_section(own, own, shown, place).where(own.c.person_id == ME)


def rows_below(parent: str, table: str, link: str, *columns: str, place: str = "", **parents: str) -> Select[Any]:
    """Return a section of a table that names, by its column `link`, a row of a table that names the person."""
    own, above = TABLES[table], TABLES[parent]
    shown = [above.c[name].label(label) for label, name in parents.items()] + [own.c[name] for name in columns]
    joined = above.join(own, own.c[link] == above.c.id)
    found = as_section(joined, own, shown, place)
    return found.where(above.c.person_id == ME)
