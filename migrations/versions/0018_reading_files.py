"""A long file of people to be asked is read in parts: when all of its rows were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say of each file when it was read; those that are there were read when they came."""
    with op.batch_alter_table("assignment_uploads") as batch:
        batch.add_column(sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE assignment_uploads SET read_at = made_at")


def downgrade() -> None:
    """Forget when files were read; those that were not go with their rows, which nobody looked at."""
    unread = "SELECT id FROM assignment_uploads WHERE read_at IS NULL"
    op.execute(f"DELETE FROM assignment_upload_rows WHERE upload_id IN ({unread})")  # noqa: S608 -- no value
    op.execute("DELETE FROM assignment_uploads WHERE read_at IS NULL")
    with op.batch_alter_table("assignment_uploads") as batch:
        batch.drop_column("read_at")
