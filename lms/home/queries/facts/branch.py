"""One branch of the statement: one kind of facts, in the columns that all kinds share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    Integer,
    Label,
    Select,
    String,
    Table,
    bindparam,
    cast,
    exists,
    literal_column,
    null,
    select,
)

from lms.db import UtcDateTime
from lms.home.queries.facts.people import Gathered
from lms.home.queries.facts.tables import TABLES

#: Returns the branch of one kind of facts.
Branch = Callable[[], Select[Any]]
#: Adds a row of one kind to what is known.
Reader = Callable[[Gathered, Any], None]
_MODULES = TABLES["module_completions"]

#: The columns of every branch, with the type that an empty one has.
_COLUMNS: dict[str, Any] = {
    "id": Integer,
    "key": String,
    "code": String,
    "other": String,
    "word": String,
    "n": Integer,
    "m": Integer,
    "at": UtcDateTime(),
    "then": UtcDateTime(),
    "day": Date,
    "until": Date,
    "data": JSON,
}


def branch_of(kind: str, table: Table, **columns: Any) -> Select[Any]:
    """Return the part of the statement for one kind of facts; what it has no column for is empty."""
    shaped: list[Label[Any]] = [
        (columns[name] if name in columns else cast(null(), type_)).label(name) for name, type_ in _COLUMNS.items()
    ]
    people = table.c.person_id.in_(bindparam("ids", expanding=True))
    return select(literal_column(f"'{kind}'").label("kind"), table.c.person_id, *shaped).where(people)


def is_completed(table: Table) -> ColumnElement[bool]:
    """Return the criterion of the rows of `table` whose module was completed in that round."""
    done, own = _MODULES.c, table.c
    same = (done.person_id == own.person_id) & (done.module_key == own.module_key) & (done.round == own.round)
    return exists().where(same)
