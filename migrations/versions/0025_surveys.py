"""Answers wait sealed and are released in cells, free text apart from its sheet; follow-ups are kept, each once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_REVISIONS = "fk_{}_{}_revisions"


def upgrade() -> None:
    """Make the tables. Sheets that are there have no cell ("") until the next night takes them into the pool."""
    op.create_table(
        "survey_waiting",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("survey_key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('sheet', 'words')", name=op.f("ck_survey_waiting_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_waiting")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_survey_waiting_survey_key"), "survey_waiting", ["survey_key"])
    op.create_table(
        "survey_words",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("batch", sa.String(length=20), nullable=False),
        sa.Column("survey_key", sa.String(length=80), nullable=False),
        sa.Column("subject_key", sa.String(length=100), nullable=True),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("subject_revision_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("question_id", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], ["revisions.id"], name=op.f(_REVISIONS.format("survey_words", name)))
            for name in ("revision_id", "subject_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_words")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_survey_words_survey_key"), "survey_words", ["survey_key"])
    op.create_table(
        "survey_invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("survey_key", sa.String(length=80), nullable=False),
        sa.Column("subject_key", sa.String(length=100), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_survey_invitations_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_invitations")),
        sa.UniqueConstraint("public_id", name=op.f("uq_survey_invitations_public_id")),
        sa.UniqueConstraint(
            "person_id",
            "survey_key",
            "subject_key",
            "round",
            name=op.f("uq_survey_invitations_person_id_survey_key_subject_key_round"),
        ),
    )
    op.create_index(op.f("ix_survey_invitations_due_on"), "survey_invitations", ["due_on"])
    with op.batch_alter_table("survey_answers", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.add_column(sa.Column("batch", sa.String(length=20), nullable=False, server_default=""))
        batch.add_column(sa.Column("subject_revision_id", sa.Integer(), nullable=True))
        batch.alter_column("subject_key", existing_type=sa.String(length=100), nullable=True)
        batch.alter_column("revision_id", existing_type=sa.Integer(), nullable=True)
        batch.alter_column("language", existing_type=sa.String(length=5), nullable=True)
        batch.create_foreign_key(
            batch.f(_REVISIONS.format("survey_answers", "subject_revision_id")),
            "revisions",
            ["subject_revision_id"],
            ["id"],
        )
    with op.batch_alter_table("survey_answers", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.alter_column("batch", existing_type=sa.String(length=20), existing_nullable=False, server_default=None)


def downgrade() -> None:
    """Take the tables away. What waits is lost with its box; labels that were given up become the first there are."""
    run = op.get_bind().exec_driver_sql
    run("UPDATE survey_answers SET subject_key = '' WHERE subject_key IS NULL")
    run("UPDATE survey_answers SET language = 'en' WHERE language IS NULL")
    run("UPDATE survey_answers SET revision_id = (SELECT min(id) FROM revisions) WHERE revision_id IS NULL")
    with op.batch_alter_table("survey_answers", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.drop_constraint(batch.f(_REVISIONS.format("survey_answers", "subject_revision_id")), type_="foreignkey")
        batch.alter_column("language", existing_type=sa.String(length=5), nullable=False)
        batch.alter_column("revision_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("subject_key", existing_type=sa.String(length=100), nullable=False)
        batch.drop_column("subject_revision_id")
        batch.drop_column("batch")
    op.drop_table("survey_invitations")
    op.drop_table("survey_words")
    op.drop_table("survey_waiting")
