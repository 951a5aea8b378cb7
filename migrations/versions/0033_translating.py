"""What translators propose at the desk, and what community reviewers think of a wording."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lms.triggers import append_only_ddl

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("english", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("upon", sa.Text(), nullable=False),
        sa.Column("is_aside", sa.Boolean(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("written_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["written_by"], ["accounts.id"], name=op.f("fk_proposals_written_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("public_id", name=op.f("uq_proposals_public_id")),
        sa.UniqueConstraint("client_id", name=op.f("uq_proposals_client_id")),
    )
    op.create_index(
        "ix_proposals_locale_kind_key", "proposals", ["locale", "kind", "key", "address"], unique=False
    )
    op.create_table(
        "proposal_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=False),
        sa.Column("taken_at", AT, nullable=False),
        sa.CheckConstraint("step IN ('in review', 'reviewed', 'approved')", name=op.f("ck_proposal_steps_step_known")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_proposal_steps_proposal_id_proposals")
        ),
        sa.ForeignKeyConstraint(["taken_by"], ["accounts.id"], name=op.f("fk_proposal_steps_taken_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_steps")),
        sa.UniqueConstraint("proposal_id", "step", name=op.f("uq_proposal_steps_proposal_id_step")),
    )
    for table in ("proposals", "proposal_steps"):
        for statement in append_only_ddl(table, op.get_bind().dialect.name):
            op.execute(statement)
    op.create_table(
        "wording_ratings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("part", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("wording", sa.String(length=64), nullable=False),
        sa.Column("accuracy", sa.Integer(), nullable=False),
        sa.Column("fit", sa.Integer(), nullable=False),
        sa.Column("readability", sa.Integer(), nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("rated_at", AT, nullable=False),
        sa.CheckConstraint(
            "accuracy BETWEEN 1 AND 5 AND fit BETWEEN 1 AND 5 AND readability BETWEEN 1 AND 5",
            name=op.f("ck_wording_ratings_from_one_to_five"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_wording_ratings_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_ratings")),
        sa.UniqueConstraint(
            "person_id", "kind", "key", "part", "locale", "wording", name=op.f("uq_wording_ratings_once")
        ),
    )
    op.create_index(
        "ix_wording_ratings_kind_key_locale", "wording_ratings", ["kind", "key", "locale"], unique=False
    )


def downgrade() -> None:
    """Drop them, with what they hold."""
    op.drop_index("ix_wording_ratings_kind_key_locale", table_name="wording_ratings")
    op.drop_table("wording_ratings")
    op.drop_table("proposal_steps")
    op.drop_index("ix_proposals_locale_kind_key", table_name="proposals")
    op.drop_table("proposals")
