"""Migrations: up, down and up again with data on both engines, equal to the models, and no child row lost."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.exc import IntegrityError

from lms.app import create_app
from lms.config import ROOT
from lms.db import SQLITE, Base, db
from tests.conftest import AT
from tests.databases import database_url, make_config, run_sql


@pytest.fixture
def empty_app(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """Return an application on a database without any table."""
    name = f"migrations_{tmp_path.name}".replace("-", "_").lower()[:50]
    server = ""
    if engine_name == "postgresql":
        server = request.getfixturevalue("postgresql_server")
        run_sql(server, f'DROP DATABASE IF EXISTS "{name}"')
        run_sql(server, f'CREATE DATABASE "{name}"')
        url = database_url(server, name)
    else:
        url = f"sqlite:///{tmp_path}/lms.sqlite3"
    app = create_app(make_config(tmp_path, url))
    with app.app_context():
        yield app
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    if server:
        run_sql(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def revisions() -> list[str]:
    """Return the revisions from the first to the newest."""
    script = ScriptDirectory(str(ROOT / "migrations"))
    assert len(script.get_heads()) == 1
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


def fill() -> dict[str, int]:
    """Write one row into every table, parents first, so that a migration that loses rows is seen; return the counts."""
    with db.engines["write"].begin() as connection:
        for table in Base.metadata.sorted_tables:
            connection.execute(table.insert().values(dict(row_of(table))))
    return counts()


def row_of(table: sa.Table) -> Iterator[tuple[str, Any]]:
    """Yield a value for each column that must have one: the first one allowed, or the same one for each type."""
    checks = " ".join(str(each.sqltext) for each in table.constraints if isinstance(each, sa.CheckConstraint))
    for column in table.columns:
        has_value = column.nullable or column.default is not None
        if allowed := re.search(rf"\b{column.name} IN \('([^']*)'", checks):
            yield column.name, allowed[1]
        elif not has_value:
            yield column.name, sample(column.type)


def sample(kind: Any) -> Any:
    """Return a value of a column's type."""
    if isinstance(kind, sa.JSON):
        return {}
    stored = kind.impl_instance if isinstance(kind, sa.TypeDecorator) else kind
    values: dict[type, Any] = {int: 1, float: 0.5, str: "x", bytes: b"x", bool: False, Decimal: 1}
    values |= {datetime: AT, date: AT.date(), time: AT.time()}
    return values[stored.python_type]


def counts() -> dict[str, int]:
    """Return how many rows each table holds that is there now."""
    with db.engines["write"].begin() as connection:
        there = set(sa.inspect(connection).get_table_names()) & set(Base.metadata.tables)
        query = sa.select(sa.func.count())
        return {name: connection.execute(query.select_from(sa.table(name))).scalar_one() for name in there}


#: Emptied on purpose when their shape changes: all in them is worked out from other rows.
DERIVED = {"report_releases"}


def test_up_down_and_up_again_with_data(empty_app: Flask) -> None:
    _first, *rest = revisions()
    upgrade()
    filled = fill()
    assert set(filled) == set(Base.metadata.tables)
    assert set(filled.values()) == {1}
    for _ in rest:
        downgrade()
    kept = counts()
    assert len(kept) > 40
    assert {name for name, count in kept.items() if count != 1} <= DERIVED, "a downgrade lost rows"
    upgrade()
    assert kept.items() <= counts().items(), "an upgrade lost rows"
    downgrade(revision="base")
    with db.engines["write"].connect() as connection:
        assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert set(counts().values()) == {0}


FAULTY = """
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None


def upgrade():
    op.execute("ALTER TABLE contacts ADD COLUMN later INTEGER")
    op.execute("DELETE FROM people")
"""


def test_a_migration_that_leaves_dangling_references_changes_nothing(empty_app: Flask, tmp_path: Path) -> None:
    """On PostgreSQL the statement itself is refused, on SQLite the check at the end; both leave all as it was."""
    head = revisions()[-1]
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder)
    (folder / "versions" / "9999_faulty.py").write_text(FAULTY.format(head=head))
    upgrade()
    fill()
    with pytest.raises((SystemExit, IntegrityError)):  # Flask-Migrate logs the first and exits
        upgrade(directory=str(folder))
    assert set(counts().values()) == {1}
    with db.engines["write"].connect() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all() == [head]
        assert "later" not in {column["name"] for column in sa.inspect(connection).get_columns("contacts")}


def test_the_migrated_schema_equals_the_models(empty_app: Flask) -> None:
    upgrade()
    with db.engines["write"].connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
        migrated = triggers_and_checks(connection)
    downgrade(revision="base")
    Base.metadata.create_all(db.engines["write"])
    with db.engines["write"].connect() as connection:
        created = triggers_and_checks(connection)
    assert len(created["triggers"]) > 5
    assert len(created["checks"]) > 20
    assert migrated == created


def triggers_and_checks(connection: sa.Connection) -> dict[str, list[Any]]:
    """Return the names of triggers, and every table's CHECK constraints."""
    inspector = sa.inspect(connection)
    checks = sorted(
        (table, str(check["name"]))
        for table in inspector.get_table_names()
        for check in inspector.get_check_constraints(table)
    )
    sql = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1"
        if connection.dialect.name == "sqlite"
        else "SELECT DISTINCT trigger_name FROM information_schema.triggers ORDER BY 1"
    )
    return {"checks": checks, "triggers": [row[0] for row in connection.exec_driver_sql(sql)]}


def _parent_and_child(path: Path, *, guarded: bool) -> int:
    """Widen a parent's column in batch mode and return how many child rows are left."""
    engine = sa.create_engine(f"sqlite:///{path}", module=SQLITE)

    @sa.event.listens_for(engine, "connect")
    def _connect(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        raw.execute(f"PRAGMA foreign_keys={'OFF' if guarded else 'ON'}")

    with engine.connect() as connection:
        for statement in (
            "CREATE TABLE parent (id INTEGER PRIMARY KEY, name VARCHAR(5))",
            "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id) ON DELETE CASCADE)",
            "INSERT INTO parent VALUES (1, 'a')",
            "INSERT INTO child VALUES (1, 1), (2, 1), (3, 1)",
        ):
            connection.exec_driver_sql(statement)
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("parent") as batch:
            batch.alter_column("name", type_=sa.String(50))
        left = connection.exec_driver_sql("SELECT count(*) FROM child").scalar_one()
        connection.rollback()
    engine.dispose()
    return int(left)


def test_batch_mode_would_delete_children_but_for_our_guard(tmp_path: Path) -> None:
    """The trap is real (it fires without the guard), and `migrations/env.py` sets the guard."""
    assert _parent_and_child(tmp_path / "bare.sqlite3", guarded=False) == 0
    assert _parent_and_child(tmp_path / "safe.sqlite3", guarded=True) == 3
    assert "PRAGMA foreign_keys=OFF" in (ROOT / "migrations" / "env.py").read_text(encoding="utf-8")


def test_a_withdrawn_decision_is_not_alive_again_after_going_down(empty_app: Flask) -> None:
    upgrade()
    fill()
    steps, withdrawals = (Base.metadata.tables[name] for name in ("proposal_steps", "step_withdrawals"))
    with db.engines["write"].begin() as connection:
        for id_, step, round_ in ((2, "reviewed", 0), (3, "approved", 0), (4, "approved", 1)):
            row = {"id": id_, "proposal_id": 1, "step": step, "round": round_, "taken_by": 1, "taken_at": AT}
            connection.execute(steps.insert().values(**row))
        row = {"id": 2, "step_id": 3, "client_id": "c" * 32, "why": "x", "withdrawn_by": 1, "withdrawn_at": AT}
        connection.execute(withdrawals.insert().values(**row))
    downgrade(revision="0036")
    kept = sa.text("SELECT id, step FROM proposal_steps ORDER BY id")
    with db.engines["write"].connect() as connection:
        assert list(map(tuple, connection.execute(kept))) == [(1, "in review"), (2, "reviewed"), (4, "approved")]
    for statement in ("UPDATE proposal_steps SET taken_by = 2", "DELETE FROM proposal_steps"):
        with db.engines["write"].connect() as connection, pytest.raises(sa.exc.DBAPIError, match="never changed"):
            connection.execute(sa.text(statement))
    upgrade()
    with db.engines["write"].connect() as connection:
        assert [row.round for row in connection.execute(sa.select(steps))] == [0, 0, 0]
    for statement in ("UPDATE proposal_steps SET round = 2", "DELETE FROM proposal_steps"):
        with db.engines["write"].connect() as connection, pytest.raises(sa.exc.DBAPIError, match="never changed"):
            connection.execute(sa.text(statement))
