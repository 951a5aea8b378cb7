"""Tables that are only ever added to: triggers that refuse to change or delete their rows, on both engines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Connection, Table, event
from sqlalchemy.orm import DeclarativeBase

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
  was jsonb = to_jsonb(OLD);
  becomes jsonb;
  filled text;
BEGIN
  IF TG_OP = 'UPDATE' AND TG_NARGS > 0 THEN
    becomes = to_jsonb(NEW);
    FOREACH filled IN ARRAY TG_ARGV LOOP
      IF was -> filled = CAST('null' AS jsonb) THEN
        was = was - filled;
        becomes = becomes - filled;
      END IF;
    END LOOP;
    IF was = becomes THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION USING ERRCODE = '23001', MESSAGE = 'rows of ' || TG_TABLE_NAME || ' are never changed or deleted';
END $body$
"""


def append_only(model: type[DeclarativeBase], *, fill_once: Sequence[str] = (), changing: Sequence[str] = ()) -> None:
    """Have the table of `model` made with triggers that keep its rows.

    Columns of `fill_once` may be filled once, those of `changing` may change.
    """
    table = cast("Table", model.__table__)
    fixed = [column.name for column in table.columns if column.name not in (*fill_once, *changing)]
    table.info["append_only"] = {"fill_once": tuple(fill_once), "fixed": tuple(fixed)}

    @event.listens_for(table, "after_create")
    def _create(_table: Table, connection: Connection, **_: Any) -> None:
        named = fixed if fill_once or changing else []
        kept = {"fill_once": fill_once, "fixed": named, "changing": changing}
        for statement in append_only_ddl(table.name, connection.dialect.name, **kept):
            connection.exec_driver_sql(statement)


def append_only_ddl(
    table_name: str,
    dialect: str,
    *,
    fill_once: Sequence[str] = (),
    fixed: Sequence[str] = (),
    changing: Sequence[str] = (),
) -> list[str]:
    """Return the statements that make a table append-only on "sqlite" or "postgresql", for a migration too.

    With `fill_once`, an empty value of those columns may be filled. `fixed` names the columns that never change; what
    neither names may, and `changing` says that there is such a column.
    """
    kept = f" OF {', '.join(fixed)}" if fixed else ""
    if dialect == "postgresql":
        arguments = ", ".join(f"'{name}'" for name in fill_once)
        if fill_once:  # the function refuses every change that it sees, but to fill: it is not asked of other columns
            kept = f" OF {', '.join([*fixed, *fill_once])}" if changing else ""
        when = f"BEFORE UPDATE{kept} OR DELETE ON {table_name} FOR EACH ROW"
        return [_FUNCTION, f"CREATE TRIGGER keep_{table_name} {when} EXECUTE FUNCTION refuse_change({arguments})"]
    refuse = f"BEGIN SELECT RAISE(ABORT, 'rows of {table_name} are never changed or deleted'); END"
    statements = [f"CREATE TRIGGER keep_{table_name}_delete BEFORE DELETE ON {table_name} {refuse}"]
    if not fill_once:
        return [*statements, f"CREATE TRIGGER keep_{table_name}_update BEFORE UPDATE{kept} ON {table_name} {refuse}"]
    filled = f"ON {table_name} WHEN " + " OR ".join(f"OLD.{name} IS NOT NULL" for name in fill_once)
    return [
        *statements,
        f"CREATE TRIGGER keep_{table_name}_update BEFORE UPDATE{kept} ON {table_name} {refuse}",
        f"CREATE TRIGGER keep_{table_name}_filled BEFORE UPDATE OF {', '.join(fill_once)} {filled} {refuse}",
    ]
