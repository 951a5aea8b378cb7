"""What answers tell of questions is kept: figures by version, language and wording, written anew every night."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables; the job fills them."""
    op.create_table(
        "quiz_analyses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module_key", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("alpha", sa.Double(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_quiz_analyses_revision_id_revisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_analyses")),
        sa.UniqueConstraint(
            "module_key", "version", "locale", name=op.f("uq_quiz_analyses_module_key_version_locale")
        ),
    )
    op.create_table(
        "item_analyses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module_key", sa.String(length=80), nullable=False),
        sa.Column("item_id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("wording", sa.String(length=32), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("locale_revision_id", sa.Integer(), nullable=True),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("with_english", sa.Integer(), nullable=False),
        sa.Column("facility", sa.Double(), nullable=False),
        sa.Column("facility_low", sa.Double(), nullable=False),
        sa.Column("facility_high", sa.Double(), nullable=False),
        sa.Column("discrimination", sa.Double(), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("effect", sa.String(length=1), nullable=True),
        sa.Column("log_odds", sa.Double(), nullable=True),
        sa.Column("log_odds_low", sa.Double(), nullable=True),
        sa.Column("log_odds_high", sa.Double(), nullable=True),
        sa.Column("shrunken", sa.Double(), nullable=True),
        sa.Column("chance", sa.Double(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("effect IN ('A', 'B', 'C')", name=op.f("ck_item_analyses_effect_known")),
        sa.CheckConstraint(
            "verdict IN ('differs', 'alike', 'too_few')", name=op.f("ck_item_analyses_verdict_known")
        ),
        sa.ForeignKeyConstraint(
            ["locale_revision_id"], ["revisions.id"], name=op.f("fk_item_analyses_locale_revision_id_revisions")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_item_analyses_revision_id_revisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_analyses")),
        sa.UniqueConstraint(
            "module_key",
            "item_id",
            "version",
            "locale",
            "wording",
            name=op.f("uq_item_analyses_module_key_item_id_version_locale_wording"),
        ),
    )


def downgrade() -> None:
    """Take the figures away; the answers that they are made of stay."""
    op.drop_table("item_analyses")
    op.drop_table("quiz_analyses")
