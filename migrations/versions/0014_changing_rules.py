"""Standing rules can be changed, and may ask for renewals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_REFUSE = "BEGIN SELECT RAISE(ABORT, 'rows of assignment_rule_changes are never changed or deleted'); END"
SQLITE = (
    f"CREATE TRIGGER keep_assignment_rule_changes_delete BEFORE DELETE ON assignment_rule_changes {_REFUSE}",
    f"CREATE TRIGGER keep_assignment_rule_changes_update BEFORE UPDATE ON assignment_rule_changes {_REFUSE}",
)
POSTGRESQL = (
    "CREATE TRIGGER keep_assignment_rule_changes BEFORE UPDATE OR DELETE ON assignment_rule_changes "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
)
FORMER = "due_kind IN ('none', 'date', 'asked', 'employed')"
KNOWN = "due_kind IN ('none', 'date', 'asked', 'employed', 'renewal')"


def upgrade() -> None:
    """Make the tables, and say of each batch which version of its rule asked. Rules of before ask for no renewals."""
    whole, instant = sa.Integer(), sa.DateTime(timezone=True)
    with op.batch_alter_table("assignment_rules") as batch:
        batch.add_column(sa.Column("asks_renewals", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("version", whole, nullable=False, server_default="1"))
    with op.batch_alter_table("assignment_rules") as batch:
        batch.alter_column("asks_renewals", existing_type=sa.Boolean(), server_default=None)
        batch.alter_column("version", existing_type=whole, server_default=None)
    with op.batch_alter_table("assignment_batches") as batch:
        batch.add_column(sa.Column("rule_version", whole, nullable=True))
        batch.drop_constraint(batch.f("ck_assignment_batches_due_kind_known"), type_="check")
        batch.create_check_constraint(batch.f("ck_assignment_batches_due_kind_known"), KNOWN)
    op.execute("UPDATE assignment_batches SET rule_version = 1 WHERE rule_id IS NOT NULL")
    op.create_table(
        "assignment_rule_changes",
        sa.Column("id", whole, nullable=False),
        sa.Column("rule_id", whole, nullable=False),
        sa.Column("version", whole, nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("asks_renewals", sa.Boolean(), nullable=False),
        sa.Column("changed_by", whole, nullable=False),
        sa.Column("changed_at", instant, nullable=False),
        sa.Column("client_id", sa.String(32), nullable=False),
        sa.Column("due_kind", sa.String(8), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_days", whole, nullable=True),
        sa.Column("due_eased", sa.Boolean(), nullable=False),
        sa.CheckConstraint(FORMER, name=op.f("ck_assignment_rule_changes_due_kind_known")),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["assignment_rules.id"], name=op.f("fk_assignment_rule_changes_rule_id_assignment_rules")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["accounts.id"], name=op.f("fk_assignment_rule_changes_changed_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_rule_changes")),
        sa.UniqueConstraint("rule_id", "version", name=op.f("uq_assignment_rule_changes_rule_id_version")),
        sa.UniqueConstraint("changed_by", "client_id", name=op.f("uq_assignment_rule_changes_changed_by_client_id")),
    )
    op.create_table(
        "assignment_rule_renewals",
        sa.Column("id", whole, nullable=False),
        sa.Column("member_id", whole, nullable=False),
        sa.Column("cycle", whole, nullable=False),
        sa.Column("asked_at", instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["assignment_rule_members.id"],
            name=op.f("fk_assignment_rule_renewals_member_id_assignment_rule_members"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_rule_renewals")),
        sa.UniqueConstraint("member_id", "cycle", name=op.f("uq_assignment_rule_renewals_member_id_cycle")),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else (POSTGRESQL,):
        op.execute(statement)


def downgrade() -> None:
    """Go back. What rules said before goes; each assignment keeps its own date, and a batch of renewals no rule of it."""
    op.drop_table("assignment_rule_renewals")
    op.drop_table("assignment_rule_changes")
    op.execute("UPDATE assignment_batches SET due_kind = 'none' WHERE due_kind = 'renewal'")
    with op.batch_alter_table("assignment_batches") as batch:
        batch.drop_constraint(batch.f("ck_assignment_batches_due_kind_known"), type_="check")
        batch.create_check_constraint(batch.f("ck_assignment_batches_due_kind_known"), FORMER)
        batch.drop_column("rule_version")
    with op.batch_alter_table("assignment_rules") as batch:
        batch.drop_column("version")
        batch.drop_column("asks_renewals")
