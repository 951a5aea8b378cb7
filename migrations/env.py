"""Runs migrations on a connection of their own, with SQLite's foreign keys off and checked at the end.

Alembic's batch mode copies a table and drops the old one; with foreign keys on, the drop would cascade and
silently delete child rows. tests/house/test_migrations.py guards this.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection, create_engine, event, text

from lms.config import Config
from lms.db import SQLITE, Base, UtcDateTime

LOCK = 7241  # any constant: two upgrades at once wait for each other on PostgreSQL


def make_engine(config: Config) -> Any:
    """Return an engine for migrations alone."""
    if not config.is_sqlite:
        return create_engine(config.database_url)
    engine = create_engine(config.database_url, module=SQLITE, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _connect(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA foreign_keys=OFF")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | bool:
    """Render our own column types by what they store."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Run the migrations asked for, in one transaction."""
    engine = make_engine(current_app.config["LMS"])
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=render_item,
            transactional_ddl=True,  # SQLite has it too, where the driver does not begin transactions of its own
        )
        with context.begin_transaction():
            if not sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            context.run_migrations()
            if sqlite and (bad := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                raise RuntimeError(f"the migration leaves dangling references: {bad[:5]}")
    engine.dispose()


run()
