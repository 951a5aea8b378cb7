"""Reports of a survey's wordings without a name, from who came by a letter's link."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

FAULTS = "'no-sense', 'other-meaning', 'disrespectful', 'misspelled', 'two-right', 'other'"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "unsigned_reports",
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("locale_revision_id", sa.Integer(), nullable=True),
        sa.Column("fault", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"fault IN ({FAULTS})", name=op.f("ck_unsigned_reports_fault_known")),
        sa.CheckConstraint(
            "state IN ('new', 'confirmed', 'not-wrong')", name=op.f("ck_unsigned_reports_state_known")
        ),
        sa.CheckConstraint("(state = 'new') = (decided_at IS NULL)", name=op.f("ck_unsigned_reports_decided_once")),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_unsigned_reports_revision_id_revisions")),
        sa.ForeignKeyConstraint(
            ["locale_revision_id"], ["revisions.id"], name=op.f("fk_unsigned_reports_locale_revision_id_revisions")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_unsigned_reports_decided_by_accounts")),
        sa.PrimaryKeyConstraint("public_id", name=op.f("pk_unsigned_reports")),
        sa.UniqueConstraint("client_id", name=op.f("uq_unsigned_reports_client_id")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_unsigned_reports_key_locale", "unsigned_reports", ["key", "locale"], unique=False)


def downgrade() -> None:
    """Take it away, with what was reported."""
    op.drop_index("ix_unsigned_reports_key_locale", table_name="unsigned_reports")
    op.drop_table("unsigned_reports")
