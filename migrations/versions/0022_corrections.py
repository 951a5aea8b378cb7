"""Corrections of quizzes: what was decided, what it changed, attempts given back; and reports of wrong wordings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KEPT = ("regrade_changes", "attempt_restorations")


def upgrade() -> None:
    """Make the tables, with the triggers of those that are only added to."""
    _make_regrades()
    _make_changes()
    _make_reports()
    for table in KEPT:
        _keep(table)


def _make_regrades() -> None:
    op.create_table(
        "regrades",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("module_key", sa.String(length=80), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=True),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("decisions", sa.JSON(), nullable=False),
        sa.Column("taken", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", AT, nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", AT, nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("state IN ('proposed', 'applied', 'refused')", name=op.f("ck_regrades_state_known")),
        sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_regrades_decided_once")),
        sa.CheckConstraint("state <> 'applied' OR decided_by <> proposed_by", name=op.f("ck_regrades_two_people")),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_regrades_revision_id_revisions")),
        sa.ForeignKeyConstraint(["proposed_by"], ["accounts.id"], name=op.f("fk_regrades_proposed_by_accounts")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_regrades_decided_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrades")),
        sa.UniqueConstraint("public_id", name=op.f("uq_regrades_public_id")),
        sa.UniqueConstraint("proposed_by", "client_id", name=op.f("uq_regrades_proposed_by_client_id")),
    )
    op.create_index("ix_regrades_module_key_state", "regrades", ["module_key", "state"])


def _make_changes() -> None:
    whole = ("points_before", "max_points_before", "percent_before", "points_after", "max_points_after")
    op.create_table(
        "regrade_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regrade_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("effect", sa.String(length=10), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (*whole, "percent_after")),
        sa.Column("passed_before", sa.Boolean(), nullable=False),
        sa.Column("passed_after", sa.Boolean(), nullable=False),
        sa.Column("answers_before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["regrade_id"], ["regrades.id"], name=op.f("fk_regrade_changes_regrade_id_regrades")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_regrade_changes_attempt_id_attempts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrade_changes")),
        sa.UniqueConstraint("regrade_id", "attempt_id", name=op.f("uq_regrade_changes_regrade_id_attempt_id")),
    )
    op.create_index(op.f("ix_regrade_changes_attempt_id"), "regrade_changes", ["attempt_id"])
    op.create_table(
        "attempt_restorations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=80), nullable=False),
        sa.Column("restored_by", sa.Integer(), nullable=False),
        sa.Column("restored_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_restorations_attempt_id_attempts")
        ),
        sa.ForeignKeyConstraint(
            ["restored_by"], ["accounts.id"], name=op.f("fk_attempt_restorations_restored_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_restorations")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_attempt_restorations_attempt_id")),
    )


def _make_reports() -> None:
    faults = "'no-sense', 'other-meaning', 'disrespectful', 'misspelled', 'two-right', 'other'"
    names = ("person_id", "people"), ("revision_id", "revisions"), ("locale_revision_id", "revisions")
    links = (*names, ("attempt_id", "attempts"), ("decided_by", "accounts"))
    op.create_table(
        "wording_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("locale_revision_id", sa.Integer(), nullable=True),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("fault", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("reported_at", AT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("restored", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", AT, nullable=True),
        sa.CheckConstraint(f"fault IN ({faults})", name=op.f("ck_wording_reports_fault_known")),
        sa.CheckConstraint("state IN ('new', 'confirmed', 'not-wrong')", name=op.f("ck_wording_reports_state_known")),
        sa.CheckConstraint("(state = 'new') = (decided_at IS NULL)", name=op.f("ck_wording_reports_decided_once")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_wording_reports_{column}_{table}"))
            for column, table in links
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_reports")),
        sa.UniqueConstraint("public_id", name=op.f("uq_wording_reports_public_id")),
        sa.UniqueConstraint("person_id", "client_id", name=op.f("uq_wording_reports_person_id_client_id")),
    )
    op.create_index("ix_wording_reports_kind_key_locale_state", "wording_reports", ["kind", "key", "locale", "state"])


def _keep(table: str) -> None:
    run = op.get_bind().exec_driver_sql
    if op.get_bind().dialect.name == "postgresql":
        when = f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
        run(f"CREATE TRIGGER keep_{table} {when} EXECUTE FUNCTION refuse_change()")
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed or deleted'); END"
    run(f"CREATE TRIGGER keep_{table}_delete BEFORE DELETE ON {table} {refuse}")
    run(f"CREATE TRIGGER keep_{table}_update BEFORE UPDATE ON {table} {refuse}")


def downgrade() -> None:
    """Drop the tables."""
    for table in ("wording_reports", "attempt_restorations", "regrade_changes", "regrades"):
        op.drop_table(table)
