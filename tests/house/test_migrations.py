"""Migrations: up, down and up again with data on both engines, equal to the models, and no child row lost."""

from __future__ import annotations

from collections.abc import Iterator
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

from lms.app import create_app
from lms.config import ROOT
from lms.db import SQLITE, Base, db
from tests.conftest import AT
from tests.databases import database_url, make_config, run_sql

#: One row in every table, parents first, so that a migration that loses rows is seen.
CHAIN = ("people", "accounts", "contacts", "organizations", "employments", "employment_terms", "supervisions")


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
    """Write one row into each table of the chain and return the counts."""
    values: dict[str, dict[str, Any]] = {
        "people": {"id": 1, "public_id": "p1", "name": "ʻAna", "search_key": "ana", "language": "to",
                   "is_demonstration": False, "created_at": AT},
        "accounts": {"id": 1, "public_id": "a1", "person_id": 1, "security_stamp": "s", "created_at": AT},
        "contacts": {"id": 1, "person_id": 1, "kind": "email", "value": "a@b.example", "is_work": False,
                     "added_at": AT},
        "organizations": {"id": 1, "public_id": "o1", "key": "o", "name": "O", "search_key": "o", "kind": "cbo",
                          "is_demonstration": False, "created_at": AT},
        "employments": {"id": 1, "public_id": "e1", "person_id": 1, "organization_id": 1, "started_on": AT.date()},
        "employment_terms": {"id": 1, "employment_id": 1, "since": AT.date(), "title": "T", "kind": "employee"},
        "supervisions": {"id": 1, "employment_id": 1, "organization_id": 1, "started_on": AT.date()},
    }  # fmt: skip
    with db.engines["write"].begin() as connection:
        for name in CHAIN:
            connection.execute(Base.metadata.tables[name].insert().values(**values[name]))
    return counts()


def counts() -> dict[str, int]:
    """Return how many rows each table of the chain holds."""
    with db.engines["write"].begin() as connection:
        return {
            name: connection.execute(sa.select(sa.func.count()).select_from(Base.metadata.tables[name])).scalar_one()
            for name in CHAIN
        }


def test_up_down_and_up_again_with_data(empty_app: Flask) -> None:
    first, *rest = revisions()
    upgrade()
    filled = fill()
    assert set(filled.values()) == {1}
    for _ in rest:
        downgrade()
    assert counts() == filled, "a downgrade lost rows"
    upgrade()
    assert counts() == filled, "an upgrade lost rows"
    downgrade(revision="base")
    with db.engines["write"].connect() as connection:
        assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert set(counts().values()) == {0}
    assert first


def test_the_migrated_schema_equals_the_models(empty_app: Flask) -> None:
    upgrade()
    with db.engines["write"].connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
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
    env = (ROOT / "migrations" / "env.py").read_text(encoding="utf-8")
    assert "PRAGMA foreign_keys=OFF" in env
    assert "PRAGMA foreign_key_check" in env
