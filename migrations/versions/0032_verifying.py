"""Counts of checks that name no checker, and links by which holders show certificates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
WAYS = "'page', 'qr', 'json', 'file', 'batch', 'shared'"
OUTCOMES = "'valid', 'expired', 'replaced', 'suspended', 'revoked', 'unknown', 'mistyped', 'altered', 'foreign', "
OUTCOMES += "'compromised'"


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "verification_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"way IN ({WAYS})", name=op.f("ck_verification_checks_way_known")),
        sa.CheckConstraint(f"outcome IN ({OUTCOMES})", name=op.f("ck_verification_checks_outcome_known")),
        sa.CheckConstraint("number >= 0", name=op.f("ck_verification_checks_number_not_negative")),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_verification_checks_award_id_awards")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_checks")),
    )
    op.create_index(op.f("ix_verification_checks_day"), "verification_checks", ["day"], unique=False)
    for name, columns, where in (
        ("award", ["award_id", "day", "way", "outcome"], sa.text("award_id IS NOT NULL")),
        ("none", ["day", "way", "outcome"], sa.text("award_id IS NULL")),
    ):
        op.create_index(
            f"uq_verification_checks_{name}",
            "verification_checks",
            columns,
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )
    op.create_table(
        "share_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("ends_at", AT, nullable=False),
        sa.Column("withdrawn_at", AT, nullable=True),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("last_opened_on", sa.Date(), nullable=True),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("opened >= 0", name=op.f("ck_share_links_opened_not_negative")),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_share_links_award_id_awards")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_links")),
        sa.UniqueConstraint("public_id", name=op.f("uq_share_links_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_share_links_token_hash")),
        sa.UniqueConstraint("award_id", "client_id", name=op.f("uq_share_links_award_id_client_id")),
    )


def downgrade() -> None:
    """Drop them, with what they hold."""
    op.drop_table("share_links")
    op.drop_index("uq_verification_checks_none", table_name="verification_checks")
    op.drop_index("uq_verification_checks_award", table_name="verification_checks")
    op.drop_index(op.f("ix_verification_checks_day"), table_name="verification_checks")
    op.drop_table("verification_checks")
