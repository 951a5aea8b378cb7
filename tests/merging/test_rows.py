"""Every table with a person is thought of, and its rows go over on both databases, past the triggers that keep them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select

from lms.db import Base, write
from lms.merging import rules
from lms.merging.service.moving import Pair, move_rows
from lms.merging.service.rows import keys_of, read_rows, subjects
from tests.conftest import AT
from tests.factories import Make
from tests.house.test_migrations import row_of


def named(target: str) -> set[str]:
    return {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == target
    }


def test_every_column_that_names_a_person_moves_or_stays_for_a_reason(app: Any) -> None:
    people = named("people")
    assert len(people) > 30
    moved = {f"{name}.person_id" for name in rules.WAYS}
    assert people - moved - set(rules.STAYING) == set()
    assert moved - people == set()
    assert moved & set(rules.STAYING) == set()


def test_every_column_that_names_an_account_as_hers_is_thought_of(app: Any) -> None:
    """Others name who did something; that stays a fact: they end in "by" or say "actor"."""
    owned = {each for each in named("accounts") if not (each.endswith(("by", "_by")) or "actor" in each)}
    assert len(owned) > 5
    assert owned == {each for each in rules.STAYING if each.endswith("account_id")}


def test_ways_name_columns_that_are_there(app: Any) -> None:
    for name, way in rules.WAYS.items():
        columns = set(Base.metadata.tables[name].c.keys())
        assert {*way.first, *way.rank, way.closes, way.closer, way.number} - {""} <= columns, name
        assert (way.loser == "closed") == bool(way.closes), name


def fill(merged: int, kept: int) -> None:
    """Write a row of the merged record into every table, and what such rows name."""

    def fn(session: Any) -> None:
        done = {"people", "accounts", "person_merges", "person_merge_rows"}
        for table in Base.metadata.sorted_tables:
            if table.name not in done:
                row = dict(row_of(table))
                if "person_id" in row or "person_id" in table.c:
                    row["person_id"] = merged
                session.execute(insert(table).values(row))

    write(fn)


def test_rows_of_every_table_go_over(app: Any, make: Make) -> None:
    merged, kept = make.person("Ana"), make.person("Ana")
    assert merged.person_id == 1 == merged.account_id
    write(lambda session: session.execute(Base.metadata.tables["contacts"].delete()) and None)
    fill(merged.person_id, kept.person_id)

    def fn(session: Any) -> dict[str, int]:
        ids = (kept.person_id, merged.person_id)
        move_rows(session, Pair(*ids, read_rows(session, ids), False, kept.account_id, AT))
        own = {table.name: session.scalars(select(table.c.person_id)).all() for table in subjects()}
        return {name: found.count(merged.person_id) for name, found in own.items() if merged.person_id in found}

    assert write(fn) == {"accounts": 1, "calendar_feeds": 1}


@pytest.mark.parametrize("name", sorted(rules.WAYS))
def test_what_must_be_unique_is_read_from_the_tables(app: Any, name: str) -> None:
    for key in keys_of(name):
        assert set(key.columns) <= set(Base.metadata.tables[name].c.keys())
        assert key.live in ("", *Base.metadata.tables[name].c.keys()) or name == "contacts"
