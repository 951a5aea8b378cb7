"""Keys for each use, places in status lists, files in open formats, and stages of making."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

#: What stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410).
ED25519 = bytes.fromhex("302a300506032b6570032100")
PURPOSES = "'badge', 'jwt', 'page', 'code'"
PAGES = "'pdf', 'pdf-a4', 'pdf-en', 'pdf-a4-en', 'pdf-own', 'pdf-a4-own'"
KEEP = {
    "sqlite": (
        "CREATE TRIGGER keep_{0}_delete BEFORE DELETE ON {0} BEGIN SELECT RAISE(ABORT, 'rows of {0} are never changed or deleted'); END",
        "CREATE TRIGGER keep_{0}_update BEFORE UPDATE ON {0} BEGIN SELECT RAISE(ABORT, 'rows of {0} are never changed or deleted'); END",
    ),
    "postgresql": (
        "CREATE TRIGGER keep_{0} BEFORE UPDATE OR DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
}
WAITING = {"sqlite_where": sa.text("done_at IS NULL"), "postgresql_where": sa.text("done_at IS NULL")}


def keep(*tables: str) -> None:
    """Make the triggers that keep the rows of these tables."""
    for table in tables:
        for statement in KEEP[op.get_bind().dialect.name]:
            op.get_bind().exec_driver_sql(statement.format(table))


def keep_again(*tables: str) -> None:
    """Make the triggers anew of tables that SQLite had to write anew."""
    if op.get_bind().dialect.name == "sqlite":
        keep(*tables)


def swap_check(batch: object, name: str, condition: str) -> None:
    """Replace a check of a table."""
    batch.drop_constraint(op.f(name), type_="check")
    batch.create_check_constraint(op.f(name), condition)


def upgrade() -> None:
    """Make the new tables; what was signed in the first format keeps its key and its files."""
    with op.batch_alter_table("signing_keys") as batch:
        batch.add_column(sa.Column("certificate", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("issuer_url", sa.String(length=200), nullable=False, server_default=""))
        batch.drop_constraint(op.f("ck_signing_keys_purpose_known"), type_="check")
    with op.batch_alter_table("signing_keys") as batch:
        batch.alter_column("issuer_url", server_default=None)
    keys = sa.table("signing_keys", sa.column("id"), sa.column("purpose"), sa.column("public_key", sa.LargeBinary()))
    for row in op.get_bind().execute(sa.select(keys.c.id, keys.c.public_key)).all():
        whole = {"purpose": "badge", "public_key": ED25519 + row.public_key}
        op.get_bind().execute(sa.update(keys).where(keys.c.id == row.id).values(whole))
    with op.batch_alter_table("signing_keys") as batch:
        batch.create_check_constraint(op.f("ck_signing_keys_purpose_known"), f"purpose IN ({PURPOSES}, 'root')")
    op.create_table(
        "edition_keys",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.CheckConstraint(f"purpose IN ({PURPOSES})", name=op.f("ck_edition_keys_purpose_known")),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_edition_keys_edition_id_editions")),
        sa.ForeignKeyConstraint(["key_id"], ["signing_keys.key_id"], name=op.f("fk_edition_keys_key_id_signing_keys")),
        sa.PrimaryKeyConstraint("edition_id", "purpose", name=op.f("pk_edition_keys")),
    )
    op.create_index(op.f("ix_edition_keys_key_id"), "edition_keys", ["key_id"], unique=False)
    op.execute(
        "INSERT INTO edition_keys (edition_id, purpose, key_id) SELECT id, 'badge', key_id FROM editions"
    )
    with op.batch_alter_table("editions") as batch:
        batch.drop_constraint(op.f("fk_editions_key_id_signing_keys"), type_="foreignkey")
        batch.drop_column("key_id")
    op.create_table(
        "status_lists",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_status_lists")),
    )
    op.create_table(
        "status_entries",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position >= 0 AND position < 131072", name=op.f("ck_status_entries_position_in_list")),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_status_entries_edition_id_editions")),
        sa.ForeignKeyConstraint(
            ["list_number"], ["status_lists.number"], name=op.f("fk_status_entries_list_number_status_lists")
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_status_entries")),
        sa.UniqueConstraint("list_number", "position", name=op.f("uq_status_entries_list_number_position")),
    )
    with op.batch_alter_table("artifacts") as batch:
        batch.alter_column("kind", existing_type=sa.String(length=4), type_=sa.String(length=12), existing_nullable=False)
        swap_check(batch, "ck_artifacts_kind_known", f"kind IN ({PAGES}, 'vc', 'jwt', 'code', 'json')")
    with op.batch_alter_table("issue_tasks") as batch:
        batch.add_column(sa.Column("stage", sa.String(length=12), nullable=False, server_default="credential"))
        batch.drop_constraint(op.f("pk_issue_tasks"), type_="primary")
        batch.create_primary_key(op.f("pk_issue_tasks"), ["edition_id", "stage"])
        batch.create_check_constraint(op.f("ck_issue_tasks_stage_known"), f"stage IN ('credential', {PAGES})")
    with op.batch_alter_table("issue_tasks") as batch:
        batch.alter_column("stage", server_default=None)
    keep("edition_keys", "status_entries")
    keep_again("editions", "artifacts")


def downgrade() -> None:
    """Take the new tables away; what was made in the new formats loses them."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        for table in ("edition_keys", "status_entries"):
            bind.exec_driver_sql(f"DROP TRIGGER keep_{table} ON {table}")
    with op.batch_alter_table("issue_tasks") as batch:
        batch.drop_constraint(op.f("ck_issue_tasks_stage_known"), type_="check")
    op.execute("DELETE FROM issue_tasks WHERE stage <> 'credential'")
    with op.batch_alter_table("issue_tasks") as batch:
        batch.drop_constraint(op.f("pk_issue_tasks"), type_="primary")
        batch.create_primary_key(op.f("pk_issue_tasks"), ["edition_id"])
        batch.drop_column("stage")
    _without_triggers(bind, "artifacts", "DELETE FROM artifacts WHERE kind NOT IN ('json', 'pdf')")
    with op.batch_alter_table("artifacts") as batch:
        swap_check(batch, "ck_artifacts_kind_known", "kind IN ('json', 'pdf')")
        batch.alter_column("kind", existing_type=sa.String(length=12), type_=sa.String(length=4), existing_nullable=False)
    op.drop_table("status_entries")
    op.drop_table("status_lists")
    with op.batch_alter_table("editions") as batch:
        batch.add_column(sa.Column("key_id", sa.String(length=64), nullable=True))
    _without_triggers(
        bind,
        "editions",
        "UPDATE editions SET key_id = (SELECT key_id FROM edition_keys"
        " WHERE edition_keys.edition_id = editions.id AND purpose = 'badge')",
    )
    with op.batch_alter_table("editions") as batch:
        batch.alter_column("key_id", existing_type=sa.String(length=64), nullable=False)
        batch.create_foreign_key(op.f("fk_editions_key_id_signing_keys"), "signing_keys", ["key_id"], ["key_id"])
    op.drop_table("edition_keys")
    with op.batch_alter_table("signing_keys") as batch:
        batch.drop_constraint(op.f("ck_signing_keys_purpose_known"), type_="check")
        batch.drop_column("issuer_url")
        batch.drop_column("certificate")
    op.execute("DELETE FROM signing_keys WHERE purpose <> 'badge'")
    keys = sa.table("signing_keys", sa.column("id"), sa.column("purpose"), sa.column("public_key", sa.LargeBinary()))
    for row in bind.execute(sa.select(keys.c.id, keys.c.public_key)).all():
        raw = {"purpose": "payload", "public_key": row.public_key.removeprefix(ED25519)}
        bind.execute(sa.update(keys).where(keys.c.id == row.id).values(raw))
    with op.batch_alter_table("signing_keys") as batch:
        batch.create_check_constraint(op.f("ck_signing_keys_purpose_known"), "purpose IN ('payload')")
    keep_again("editions", "artifacts")


def _without_triggers(bind: sa.Connection, table: str, statement: str) -> None:
    """Run a statement that the triggers of `table` would refuse. SQLite dropped them when it wrote the table anew."""
    if bind.dialect.name == "postgresql":
        bind.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER keep_{table}")
        bind.exec_driver_sql(statement)
        bind.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER keep_{table}")
        return
    for name in (f"keep_{table}_delete", f"keep_{table}_update"):
        bind.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    bind.exec_driver_sql(statement)
