"""Attempts wait for an assessor's scores; sheets of paper are numbered; results may be entered for a worker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lms.triggers import append_only_ddl

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_FORMER = "(submitted_at IS NULL) = (passed IS NULL)"
_SOURCES = "source IN ('online', 'paper', 'oral')"


def upgrade() -> None:
    """Make the tables. What was handed in before was typed by the worker, and graded at once."""
    _make_sheets()
    with op.batch_alter_table("attempts") as batch:
        batch.drop_constraint(batch.f("ck_attempts_graded_when_submitted"), type_="check")
        batch.add_column(sa.Column("graded_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("source", sa.String(length=6), nullable=False, server_default="online"))
        batch.add_column(sa.Column("entered_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("paper_form_id", sa.Integer(), nullable=True))
    op.execute("UPDATE attempts SET graded_at = submitted_at WHERE passed IS NOT NULL")
    with op.batch_alter_table("attempts") as batch:
        batch.alter_column("source", existing_type=sa.String(length=6), existing_nullable=False, server_default=None)
        batch.create_foreign_key(batch.f("fk_attempts_entered_by_accounts"), "accounts", ["entered_by"], ["id"])
        batch.create_foreign_key(
            batch.f("fk_attempts_paper_form_id_paper_forms"), "paper_forms", ["paper_form_id"], ["id"]
        )
        batch.create_unique_constraint(
            batch.f("uq_attempts_person_id_paper_form_id"), ["person_id", "paper_form_id"]
        )
        batch.create_check_constraint(
            batch.f("ck_attempts_graded_when_submitted"), "passed IS NULL OR submitted_at IS NOT NULL"
        )
        batch.create_check_constraint(batch.f("ck_attempts_graded_at_once"), "(passed IS NULL) = (graded_at IS NULL)")
        batch.create_check_constraint(
            batch.f("ck_attempts_entered_by_somebody"), "(source = 'online') = (entered_by IS NULL)"
        )
        batch.create_check_constraint(batch.f("ck_attempts_source_known"), _SOURCES)
        batch.create_index(batch.f("ix_attempts_paper_form_id"), ["paper_form_id"])
    _make_entries()
    _make_scores()
    dialect = op.get_bind().dialect.name
    for name in ("attempt_scorings", "item_scores"):
        for statement in append_only_ddl(name, dialect):
            op.execute(statement)
    for statement in append_only_ddl("paper_forms", dialect, fixed=_FIXED, changing=("person_id",)):
        op.execute(statement)


_FIXED = (
    "id",
    "public_id",
    "number",
    "module_key",
    "revision_id",
    "locale_revision_id",
    "language",
    "form",
    "made_by",
    "made_on",
    "made_at",
    "client_id",
)


def _make_sheets() -> None:
    name = "paper_forms"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("module_key", sa.String(length=80), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("locale_revision_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f(f"fk_{name}_revision_id_revisions")),
        sa.ForeignKeyConstraint(
            ["locale_revision_id"], ["revisions.id"], name=op.f(f"fk_{name}_locale_revision_id_revisions")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{name}_person_id_people")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f(f"fk_{name}_made_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
        sa.UniqueConstraint("number", name=op.f(f"uq_{name}_number")),
        sa.UniqueConstraint("made_by", "client_id", name=op.f(f"uq_{name}_made_by_client_id")),
        info={"append_only": {"fill_once": (), "fixed": _FIXED}},
    )
    op.create_index(op.f(f"ix_{name}_person_id"), name, ["person_id"])


def _make_entries() -> None:
    name = "result_entries"
    waits = sa.text("settled_at IS NULL")
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("paper_form_id", sa.Integer(), nullable=False),
        sa.Column("module_key", sa.String(length=80), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=6), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("sheet_sha256", sa.String(length=64), nullable=True),
        sa.Column("sheet_type", sa.String(length=30), nullable=True),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("source IN ('paper', 'oral')", name=op.f(f"ck_{name}_source_known")),
        sa.CheckConstraint(
            "outcome = 'direct' OR outcome = 'confirmed' OR outcome = 'rejected'", name=op.f(f"ck_{name}_outcome_known")
        ),
        sa.CheckConstraint(
            "organization_id IS NULL OR sheet_sha256 IS NOT NULL", name=op.f(f"ck_{name}_supervisor_shows_sheet")
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (outcome IS NULL)", name=op.f(f"ck_{name}_settled_with_outcome")
        ),
        sa.CheckConstraint(
            "outcome <> 'direct' OR organization_id IS NULL", name=op.f(f"ck_{name}_second_person")
        ),
        sa.CheckConstraint("settled_by <> entered_by", name=op.f(f"ck_{name}_another_settles")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{name}_person_id_people")),
        sa.ForeignKeyConstraint(
            ["paper_form_id"], ["paper_forms.id"], name=op.f(f"fk_{name}_paper_form_id_paper_forms")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["accounts.id"], name=op.f(f"fk_{name}_entered_by_accounts")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f(f"fk_{name}_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f(f"fk_{name}_attempt_id_attempts")),
        sa.ForeignKeyConstraint(["settled_by"], ["accounts.id"], name=op.f(f"fk_{name}_settled_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
        sa.UniqueConstraint("attempt_id", name=op.f(f"uq_{name}_attempt_id")),
        sa.UniqueConstraint("entered_by", "client_id", name=op.f(f"uq_{name}_entered_by_client_id")),
    )
    for column in ("person_id", "paper_form_id", "organization_id"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])
    op.create_index(
        "uq_result_entries_waiting",
        name,
        ["person_id", "module_key", "round"],
        unique=True,
        sqlite_where=waits,
        postgresql_where=waits,
    )


def _make_scores() -> None:
    name = "attempt_scorings"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scored_by", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("interpreter", sa.String(length=20), nullable=False),
        sa.Column("has_consent", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("wants_second", sa.Boolean(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "interpreter IN ('none', 'professional', 'bilingual')", name=op.f(f"ck_{name}_interpreter_known")
        ),
        sa.CheckConstraint("number >= 1", name=op.f(f"ck_{name}_number_positive")),
        sa.CheckConstraint(
            "interpreter <> 'professional' OR has_consent", name=op.f(f"ck_{name}_interpreter_agreed")
        ),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f(f"fk_{name}_attempt_id_attempts")),
        sa.ForeignKeyConstraint(["scored_by"], ["accounts.id"], name=op.f(f"fk_{name}_scored_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("attempt_id", "number", name=op.f(f"uq_{name}_attempt_id_number")),
        sa.UniqueConstraint("attempt_id", "scored_by", name=op.f(f"uq_{name}_attempt_id_scored_by")),
        info={"append_only": {"fill_once": (), "fixed": ()}},
    )
    op.create_table(
        "item_scores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scoring_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=80), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("correct", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scoring_id"], ["attempt_scorings.id"], name=op.f("fk_item_scores_scoring_id_attempt_scorings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_scores")),
        sa.UniqueConstraint("scoring_id", "item_id", name=op.f("uq_item_scores_scoring_id_item_id")),
    )


def downgrade() -> None:
    """Take all of it away; what waits counts as not passed, and how answers came is forgotten."""
    for name in ("item_scores", "attempt_scorings", "result_entries"):
        op.drop_table(name)
    op.execute("UPDATE attempts SET passed = false, graded_at = submitted_at WHERE submitted_at IS NOT NULL AND passed IS NULL")
    with op.batch_alter_table("attempts") as batch:
        batch.drop_index(batch.f("ix_attempts_paper_form_id"))
        for check in ("source_known", "entered_by_somebody", "graded_at_once", "graded_when_submitted"):
            batch.drop_constraint(batch.f(f"ck_attempts_{check}"), type_="check")
        batch.drop_constraint(batch.f("uq_attempts_person_id_paper_form_id"), type_="unique")
        batch.drop_constraint(batch.f("fk_attempts_paper_form_id_paper_forms"), type_="foreignkey")
        batch.drop_constraint(batch.f("fk_attempts_entered_by_accounts"), type_="foreignkey")
        for column in ("paper_form_id", "entered_by", "source", "graded_at"):
            batch.drop_column(column)
        batch.create_check_constraint(batch.f("ck_attempts_graded_when_submitted"), _FORMER)
    op.drop_table("paper_forms")
