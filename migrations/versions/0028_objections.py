"""What workers say against results that were entered for them, and what they are answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
EMPTY = "(answered_at IS NULL)"
FILLED = "outcome, answered_by, answered_at, answer"
REFUSE = "BEGIN SELECT RAISE(ABORT, 'rows of entry_objections are never changed or deleted'); END"
KEEP = {
    "sqlite": (
        f"CREATE TRIGGER keep_entry_objections_delete BEFORE DELETE ON entry_objections {REFUSE}",
        "CREATE TRIGGER keep_entry_objections_update BEFORE UPDATE OF id, entry_id, words, objected_at, client_id "
        f"ON entry_objections {REFUSE}",
        f"CREATE TRIGGER keep_entry_objections_filled BEFORE UPDATE OF {FILLED} ON entry_objections "
        "WHEN OLD.outcome IS NOT NULL OR OLD.answered_by IS NOT NULL OR OLD.answered_at IS NOT NULL "
        f"OR OLD.answer IS NOT NULL {REFUSE}",
    ),
    "postgresql": (
        "CREATE TRIGGER keep_entry_objections BEFORE UPDATE OR DELETE ON entry_objections FOR EACH ROW "
        "EXECUTE FUNCTION refuse_change('outcome', 'answered_by', 'answered_at', 'answer')",
    ),
}


def upgrade() -> None:
    """Make the table, to which rows are only added; an answer is filled in once."""
    op.create_table(
        "entry_objections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("objected_at", AT, nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", AT, nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "outcome = 'kept' OR outcome = 'withdrawn'", name=op.f("ck_entry_objections_outcome_known")
        ),
        sa.CheckConstraint(
            f"{EMPTY} = (outcome IS NULL) AND {EMPTY} = (answered_by IS NULL) AND {EMPTY} = (answer IS NULL)",
            name=op.f("ck_entry_objections_answered_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["result_entries.id"], name=op.f("fk_entry_objections_entry_id_result_entries")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["accounts.id"], name=op.f("fk_entry_objections_answered_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_objections")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_entry_objections_entry_id")),
    )
    for statement in KEEP[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("entry_objections")
