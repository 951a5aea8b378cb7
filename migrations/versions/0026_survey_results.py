"""Results of surveys: counted cells and figures, what became of texts, comments, findings and what was changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

REFUSE = "BEGIN SELECT RAISE(ABORT, 'rows of survey_findings are never changed or deleted'); END"
KEEP = {
    "sqlite": (
        f"CREATE TRIGGER keep_survey_findings_delete BEFORE DELETE ON survey_findings {REFUSE}",
        f"CREATE TRIGGER keep_survey_findings_update BEFORE UPDATE ON survey_findings {REFUSE}",
    ),
    "postgresql": (
        "CREATE TRIGGER keep_survey_findings BEFORE UPDATE OR DELETE ON survey_findings "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
}


def upgrade() -> None:
    """Make the tables. Cells that are released already are counted by the next nightly run."""
    for table in ("survey_answers", "survey_words"):
        op.create_index(op.f(f"ix_{table}_batch"), table, ["batch"])
    op.create_table(
        "survey_figures",
        sa.Column("survey_key", sa.String(length=80), nullable=False),
        sa.Column("subject_key", sa.String(length=100), nullable=False),
        sa.Column("version_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("question_id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint(
            "survey_key",
            "subject_key",
            "version_id",
            "language",
            "question_id",
            "kind",
            "value",
            name=op.f("pk_survey_figures"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_readings",
        sa.Column("word_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("english", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('shown', 'flagged', 'passed', 'removed')", name=op.f("ck_survey_readings_state_known")
        ),
        sa.PrimaryKeyConstraint("word_id", name=op.f("pk_survey_readings")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_cells",
        sa.Column("batch", sa.String(length=20), nullable=False),
        sa.Column("survey_key", sa.String(length=80), nullable=False),
        sa.Column("subject_key", sa.String(length=100), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["revisions.id"], name=op.f("fk_survey_cells_version_id_revisions")),
        sa.PrimaryKeyConstraint("batch", name=op.f("pk_survey_cells")),
    )
    op.create_index(
        "ix_survey_cells_survey_key_subject_key", "survey_cells", ["survey_key", "subject_key"], unique=False
    )
    op.create_table(
        "survey_comments",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("subject_key", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("answer = '' OR person_id IS NOT NULL", name=op.f("ck_survey_comments_answer_needs_a_name")),
        sa.CheckConstraint("state IN ('new', 'seen', 'answered')", name=op.f("ck_survey_comments_state_known")),
        sa.ForeignKeyConstraint(["answered_by"], ["accounts.id"], name=op.f("fk_survey_comments_answered_by_accounts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_survey_comments_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_comments")),
        sa.UniqueConstraint("client_id", name=op.f("uq_survey_comments_client_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_survey_comments_public_id")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_survey_comments_person_id"), "survey_comments", ["person_id"], unique=False)
    op.create_table(
        "survey_findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("survey_key", sa.String(length=80), nullable=False),
        sa.Column("subject_key", sa.String(length=100), nullable=False),
        sa.Column("question_id", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("found_by", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["found_by"], ["accounts.id"], name=op.f("fk_survey_findings_found_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_findings")),
        sa.UniqueConstraint("client_id", name=op.f("uq_survey_findings_client_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_survey_findings_public_id")),
    )
    op.create_table(
        "survey_parts",
        sa.Column("batch", sa.String(length=20), nullable=False),
        sa.Column("question_id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["survey_cells.batch"], name=op.f("fk_survey_parts_batch_survey_cells")),
        sa.PrimaryKeyConstraint("batch", "question_id", "kind", name=op.f("pk_survey_parts")),
    )
    op.create_table(
        "change_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=1000), nullable=False),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.Column("by_whom", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'answered') = (publication_id IS NOT NULL)", name=op.f("ck_change_notes_answered_by_a_version")
        ),
        sa.CheckConstraint("state IN ('open', 'answered', 'declined')", name=op.f("ck_change_notes_state_known")),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["survey_findings.id"], name=op.f("fk_change_notes_finding_id_survey_findings")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_change_notes_made_by_accounts")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_change_notes_publication_id_publications")
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["accounts.id"], name=op.f("fk_change_notes_settled_by_accounts")),
        sa.ForeignKeyConstraint(["version_id"], ["revisions.id"], name=op.f("fk_change_notes_version_id_revisions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_notes")),
        sa.UniqueConstraint("finding_id", name=op.f("uq_change_notes_finding_id")),
    )
    for statement in KEEP[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Take them away: figures can be counted again, the rest is lost."""
    op.drop_table("change_notes")
    op.drop_table("survey_parts")
    op.drop_table("survey_findings")
    op.drop_index(op.f("ix_survey_comments_person_id"), table_name="survey_comments")
    op.drop_table("survey_comments")
    op.drop_index("ix_survey_cells_survey_key_subject_key", table_name="survey_cells")
    op.drop_table("survey_cells")
    op.drop_table("survey_readings")
    op.drop_table("survey_figures")
    for table in ("survey_words", "survey_answers"):
        op.drop_index(op.f(f"ix_{table}_batch"), table_name=table)
