"""Waivers of what a track asks for, and further rounds of modules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    instant, key = sa.DateTime(timezone=True), sa.String(80)
    op.create_table(
        "module_rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("module_key", key, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("opened_at", instant, nullable=False),
        sa.CheckConstraint("round >= 1", name=op.f("ck_module_rounds_round_positive")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_module_rounds_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module_rounds")),
        sa.UniqueConstraint("person_id", "module_key", "round", name=op.f("uq_module_rounds_person_id_module_key_round")),
    )
    op.create_table(
        "waivers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("track_key", key, nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("requirement", sa.String(100), nullable=False),
        sa.Column("reason_code", sa.String(20), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=False),
        sa.Column("granted_at", instant, nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", instant, nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.String(32), nullable=False),
        sa.CheckConstraint(
            "reason_code IN ('experience', 'earlier-training', 'not-offered', 'accommodation', 'other')",
            name=op.f("ck_waivers_reason_code_known"),
        ),
        sa.ForeignKeyConstraint(["granted_by"], ["accounts.id"], name=op.f("fk_waivers_granted_by_accounts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_waivers_person_id_people")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["accounts.id"], name=op.f("fk_waivers_withdrawn_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waivers")),
        sa.UniqueConstraint("granted_by", "client_id", name=op.f("uq_waivers_granted_by_client_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_waivers_public_id")),
    )
    op.create_index(
        "uq_waivers_open",
        "waivers",
        ["person_id", "track_key", "cycle", "requirement"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index("uq_waivers_open", table_name="waivers")
    op.drop_table("waivers")
    op.drop_table("module_rounds")
