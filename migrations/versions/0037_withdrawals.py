"""Let a review or an approval of a proposal be withdrawn, and taken again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lms.triggers import append_only_ddl

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Count the rounds of steps, and make the table."""
    dialect = op.get_bind().dialect.name
    with op.batch_alter_table("proposal_steps") as batch:
        batch.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default="0"))
        batch.drop_constraint(op.f("uq_proposal_steps_proposal_id_step"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_proposal_steps_proposal_id_step_round"), ["proposal_id", "step", "round"]
        )
    with op.batch_alter_table("proposal_steps") as batch:
        batch.alter_column("round", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
    _keep_steps(dialect)
    op.create_table(
        "step_withdrawals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["step_id"], ["proposal_steps.id"], name=op.f("fk_step_withdrawals_step_id_proposal_steps")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["accounts.id"], name=op.f("fk_step_withdrawals_withdrawn_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_withdrawals")),
        sa.UniqueConstraint("client_id", name=op.f("uq_step_withdrawals_client_id")),
        sa.UniqueConstraint("step_id", name=op.f("uq_step_withdrawals_step_id")),
    )
    for statement in append_only_ddl("step_withdrawals", dialect):
        op.execute(statement)


def downgrade() -> None:
    """Drop what was withdrawn: without the table it would count again. Only decisions are withdrawn."""
    dialect = op.get_bind().dialect.name
    gone = list(op.get_bind().execute(sa.text("SELECT step_id FROM step_withdrawals")).scalars())
    op.drop_table("step_withdrawals")
    _let_steps_go(dialect)
    steps = sa.table("proposal_steps", sa.column("id"), sa.column("step"))
    op.execute(sa.delete(steps).where(steps.c.id.in_(gone), steps.c.step != "in review"))
    with op.batch_alter_table("proposal_steps") as batch:
        batch.drop_constraint(op.f("uq_proposal_steps_proposal_id_step_round"), type_="unique")
        batch.drop_column("round")
        batch.create_unique_constraint(op.f("uq_proposal_steps_proposal_id_step"), ["proposal_id", "step"])
    _keep_steps(dialect)


def _keep_steps(dialect: str) -> None:
    """Make the triggers of the steps anew: SQLite drops them with the table that it writes again."""
    _let_steps_go(dialect)
    for statement in append_only_ddl("proposal_steps", dialect):
        op.execute(statement)


def _let_steps_go(dialect: str) -> None:
    if dialect == "postgresql":
        op.execute("DROP TRIGGER IF EXISTS keep_proposal_steps ON proposal_steps")
        return
    for kind in ("delete", "update"):
        op.execute(f"DROP TRIGGER IF EXISTS keep_proposal_steps_{kind}")
