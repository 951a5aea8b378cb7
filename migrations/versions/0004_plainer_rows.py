"""Columns that nothing read go; figures for viewers are released anew, guarded by program and by overlaps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the columns, and the releases of the former shape: they are worked out again from what is recorded."""
    op.execute("DELETE FROM lesson_progress WHERE finished_at IS NULL")  # no program ever wrote such a row
    with op.batch_alter_table("lesson_progress") as batch:
        batch.alter_column("finished_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch.drop_column("seen_at")
        batch.drop_column("opened_at")
    with op.batch_alter_table("leases") as batch:
        batch.drop_column("epoch")
    op.execute("DELETE FROM report_releases")


def downgrade() -> None:
    """Go back; a lesson counts as opened when it was finished, which is what the former program recorded too."""
    op.execute("DELETE FROM report_releases")
    with op.batch_alter_table("leases") as batch:
        batch.add_column(sa.Column("epoch", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("leases") as batch:
        batch.alter_column("epoch", existing_type=sa.Integer(), server_default=None)
    with op.batch_alter_table("lesson_progress") as batch:
        batch.add_column(sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
        batch.alter_column("finished_at", existing_type=sa.DateTime(timezone=True), nullable=True)
    op.execute("UPDATE lesson_progress SET opened_at = finished_at, seen_at = finished_at")
    with op.batch_alter_table("lesson_progress") as batch:
        batch.alter_column("opened_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch.alter_column("seen_at", existing_type=sa.DateTime(timezone=True), nullable=False)
