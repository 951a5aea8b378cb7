"""One statement over all sections: their columns side by side by type, so that all fit in one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CompoundSelect,
    Date,
    Integer,
    LargeBinary,
    Numeric,
    String,
    cast,
    literal_column,
    null,
    union_all,
)
from sqlalchemy.types import TypeEngine

from lms.db import UtcDateTime
from lms.home.queries.export.sections import sections

_SLOTS: tuple[TypeEngine[Any], ...] = (
    String(),
    Integer(),
    Boolean(),
    UtcDateTime(),
    Date(),
    Numeric(),
    JSON(),
    LargeBinary(),
)


@cache
def laid_out() -> tuple[CompoundSelect[Any], dict[str, list[tuple[str, int]]]]:
    """Return the statement over all sections, and by section the name and the place of each of its columns."""
    shown = {name: list(statement.selected_columns)[1:] for name, statement in sections().items()}
    kinds = {name: [_kind_of(column.type) for column in columns] for name, columns in shown.items()}
    slots = [kind for kind in range(len(_SLOTS)) for _ in range(max(each.count(kind) for each in kinds.values()))]
    parts, places = [], {}
    for number, (name, statement) in enumerate(sections().items()):
        taken = _lay_out(kinds[name], slots)
        columns = [cast(null(), _SLOTS[kind]).label(f"slot{place}") for place, kind in enumerate(slots)]
        for column, place in zip(shown[name], taken, strict=True):
            columns[place] = column.label(f"slot{place}")
        parts.append(
            statement.with_only_columns(
                literal_column(f"'{name}'").label("name"),
                literal_column(str(number)).label("section"),
                statement.selected_columns.row_id,
                *columns,
                maintain_column_froms=True,
            )
        )
        places[name] = [(str(column.key), 3 + place) for column, place in zip(shown[name], taken, strict=True)]
    return union_all(*parts).order_by("section", "row_id"), places


def _kind_of(type_: TypeEngine[Any]) -> int:
    """Return the number of the slot that holds values of this type."""
    return next(number for number, slot in enumerate(_SLOTS) if isinstance(type_, type(slot)))


def _lay_out(kinds: Sequence[int], slots: Sequence[int]) -> list[int]:
    """Return for each column of these kinds its place among `slots`."""
    free = {kind: [place for place, each in enumerate(slots) if each == kind] for kind in set(kinds)}
    return [free[kind].pop(0) for kind in kinds]
