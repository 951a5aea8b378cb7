"""An organization may say which levels of the ladder it uses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; without a row every level is used."""
    op.create_table(
        "organization_levels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(80), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_organization_levels_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_levels")),
        sa.UniqueConstraint(
            "organization_id", "level", name=op.f("uq_organization_levels_organization_id_level")
        ),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("organization_levels")
