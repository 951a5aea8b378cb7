"""Tests before the first lesson: what somebody knew before a module."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "pretests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("module_key", sa.String(length=80), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("shown_language", sa.String(length=5), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("earned", sa.JSON(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("max_points", sa.Integer(), nullable=False),
        sa.CheckConstraint("points BETWEEN 0 AND max_points", name=op.f("ck_pretests_points_plausible")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_pretests_person_id_people")),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_pretests_revision_id_revisions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pretests")),
        sa.UniqueConstraint("person_id", "module_key", "round", name=op.f("uq_pretests_person_id_module_key_round")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pretests_public_id")),
    )
    op.create_index(op.f("ix_pretests_module_key"), "pretests", ["module_key"])
    op.create_table(
        "quiz_gains",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module_key", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("competency", sa.String(length=160), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("before", sa.Double(), nullable=False),
        sa.Column("after", sa.Double(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_gains")),
        sa.UniqueConstraint(
            "module_key", "language", "competency", name=op.f("uq_quiz_gains_module_key_language_competency")
        ),
    )


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("quiz_gains")
    op.drop_table("pretests")
