"""Corrections reach attempts that are graded after they were decided: for which versions, and which rows came so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. Corrections that were decided before name no versions, and go on being offered by hand.

    Without a batch, which would make the table anew on SQLite and lose its triggers.
    """
    op.add_column("regrades", sa.Column("versions", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column(
        "regrade_changes", sa.Column("on_grading", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    """Forget for which versions a correction was decided, and which results it met when they were graded."""
    op.drop_column("regrade_changes", "on_grading")
    op.drop_column("regrades", "versions")
