"""Where hours of a practicum were done, and whether the worker asks the host to countersign them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = "hours_hosts"
REFUSE = f"BEGIN SELECT RAISE(ABORT, 'rows of {TABLE} are never changed or deleted'); END"


def upgrade() -> None:
    """Make the table with the triggers that keep its rows."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("is_asked", sa.Boolean(), nullable=False),
        sa.CheckConstraint("organization_id IS NULL OR name = ''", name=op.f("ck_hours_hosts_one_or_the_other")),
        sa.CheckConstraint("organization_id IS NOT NULL OR NOT is_asked", name=op.f("ck_hours_hosts_asked_is_known")),
        sa.ForeignKeyConstraint(["entry_id"], ["hours_entries.id"], name=op.f("fk_hours_hosts_entry_id_hours_entries")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_hours_hosts_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_hosts")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_hours_hosts_entry_id")),
    )
    op.create_index(op.f("ix_hours_hosts_organization_id"), TABLE, ["organization_id"])
    run = op.get_bind().exec_driver_sql
    if op.get_bind().dialect.name == "postgresql":
        when = f"BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW"
        run(f"CREATE TRIGGER keep_{TABLE} {when} EXECUTE FUNCTION refuse_change()")
        return
    run(f"CREATE TRIGGER keep_{TABLE}_delete BEFORE DELETE ON {TABLE} {REFUSE}")
    run(f"CREATE TRIGGER keep_{TABLE}_update BEFORE UPDATE ON {TABLE} {REFUSE}")


def downgrade() -> None:
    """Take the table back; its triggers go with it."""
    op.drop_table(TABLE)
