"""The hours ledger, and sign-offs by observation with their checklists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KINDS = ("framework", "module", "survey", "track", "certificate")
#: Tables whose rows are kept, with the columns that are fixed; none: all of them.
KEPT = {
    "hours_entries": (
        "id, public_id, organization_id, done_on, site, kind, competencies, minutes, begins, ends, note, source, "
        "sheet_on, is_of_supervisor, replaces_id, entered_by, entered_at, client_id"
    ),
    "hours_events": "",
    "observations": (
        "id, public_id, organization_id, checklist_key, revision_id, observed_by, observed_on, place, language, "
        "with_interpreter, levels, comment, passed, valid_until, is_independent, signed_at, client_id"
    ),
    "observation_events": "",
}


def upgrade() -> None:
    """Make the tables with the triggers that keep their rows, and let checklists be published."""
    op.create_table(
        "hours_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_hours_acts_made_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_acts")),
        sa.UniqueConstraint("made_by", "client_id", name=op.f("uq_hours_acts_made_by_client_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_hours_acts_public_id")),
    )
    op.create_table(
        "hours_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("site", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("competencies", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=True),
        sa.Column("ends", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=5), nullable=False),
        sa.Column("sheet_on", sa.Date(), nullable=True),
        sa.Column("is_of_supervisor", sa.Boolean(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=13), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('simulation', 'practicum', 'supervised', 'work-paid', 'work-volunteer')",
            name=op.f("ck_hours_entries_kind_known"),
        ),
        sa.CheckConstraint("source IN ('self', 'paper')", name=op.f("ck_hours_entries_source_known")),
        sa.CheckConstraint(
            "state IN ('sent', 'countersigned', 'returned', 'disputed', 'withdrawn', 'replaced')",
            name=op.f("ck_hours_entries_state_known"),
        ),
        sa.CheckConstraint("begins IS NULL OR ends > begins", name=op.f("ck_hours_entries_ends_after_it_begins")),
        sa.CheckConstraint("ends IS NULL OR (begins >= 0 AND ends < 1440)", name=op.f("ck_hours_entries_within_a_day")),
        sa.CheckConstraint(
            "minutes BETWEEN 15 AND 960 AND minutes % 5 = 0", name=op.f("ck_hours_entries_minutes_plausible")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["accounts.id"], name=op.f("fk_hours_entries_entered_by_accounts")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_hours_entries_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_hours_entries_person_id_people")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["hours_entries.id"], name=op.f("fk_hours_entries_replaces_id_hours_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_entries")),
        sa.UniqueConstraint("person_id", "client_id", name=op.f("uq_hours_entries_person_id_client_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_hours_entries_public_id")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_hours_entries_replaces_id")),
    )
    with op.batch_alter_table("hours_entries") as batch_op:
        batch_op.create_index("ix_hours_entries_organization_id_state", ["organization_id", "state"], unique=False)
        batch_op.create_index("ix_hours_entries_person_id_done_on", ["person_id", "done_on"], unique=False)

    op.create_table(
        "observation_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("observed_by", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("checklist_key", sa.String(length=80), nullable=False),
        sa.Column("noted", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["observed_by"], ["accounts.id"], name=op.f("fk_observation_drafts_observed_by_accounts")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_observation_drafts_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation_drafts")),
        sa.UniqueConstraint(
            "observed_by",
            "person_id",
            "checklist_key",
            name=op.f("uq_observation_drafts_observed_by_person_id_checklist_key"),
        ),
    )
    with op.batch_alter_table("observation_drafts") as batch_op:
        batch_op.create_index(batch_op.f("ix_observation_drafts_person_id"), ["person_id"], unique=False)

    op.create_table(
        "observations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("checklist_key", sa.String(length=80), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("observed_by", sa.Integer(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("with_interpreter", sa.Boolean(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("is_independent", sa.Boolean(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["observed_by"], ["accounts.id"], name=op.f("fk_observations_observed_by_accounts")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_observations_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_observations_person_id_people")),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_observations_revision_id_revisions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observations")),
        sa.UniqueConstraint("observed_by", "client_id", name=op.f("uq_observations_observed_by_client_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_observations_public_id")),
    )
    with op.batch_alter_table("observations") as batch_op:
        batch_op.create_index(batch_op.f("ix_observations_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index("ix_observations_person_id_checklist_key", ["person_id", "checklist_key"], unique=False)

    op.create_table(
        "hours_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=13), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('entered', 'countersigned', 'reopened', 'returned', 'disputed', 'withdrawn', 'replaced')",
            name=op.f("ck_hours_events_kind_known"),
        ),
        sa.ForeignKeyConstraint(["act_id"], ["hours_acts.id"], name=op.f("fk_hours_events_act_id_hours_acts")),
        sa.ForeignKeyConstraint(["by"], ["accounts.id"], name=op.f("fk_hours_events_by_accounts")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["hours_entries.id"], name=op.f("fk_hours_events_entry_id_hours_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_events")),
    )
    with op.batch_alter_table("hours_events") as batch_op:
        batch_op.create_index(batch_op.f("ix_hours_events_act_id"), ["act_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hours_events_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "observation_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("observation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("kind IN ('answered', 'withdrawn')", name=op.f("ck_observation_events_kind_known")),
        sa.ForeignKeyConstraint(["by"], ["accounts.id"], name=op.f("fk_observation_events_by_accounts")),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observations.id"], name=op.f("fk_observation_events_observation_id_observations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation_events")),
        sa.UniqueConstraint("observation_id", "kind", name=op.f("uq_observation_events_observation_id_kind")),
    )
    for table, fixed in KEPT.items():
        _keep(table, f" OF {fixed}" if fixed else "")
    _let_kinds(*KINDS, "checklist")


def downgrade() -> None:
    """Drop the tables, with the triggers that go with them, and what was published of checklists."""
    for table in (
        "observation_events",
        "hours_events",
        "observations",
        "observation_drafts",
        "hours_entries",
        "hours_acts",
    ):
        op.drop_table(table)
    gone = "SELECT id FROM revisions WHERE kind = 'checklist'"
    op.execute(f"DELETE FROM publication_items WHERE revision_id IN ({gone})")
    op.execute("DELETE FROM revisions WHERE kind = 'checklist'")
    _let_kinds(*KINDS)


def _keep(table: str, fixed: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        when = f"BEFORE UPDATE{fixed} OR DELETE ON {table} FOR EACH ROW"
        connection.exec_driver_sql(f"CREATE TRIGGER keep_{table} {when} EXECUTE FUNCTION refuse_change()")
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed or deleted'); END"
    connection.exec_driver_sql(f"CREATE TRIGGER keep_{table}_delete BEFORE DELETE ON {table} {refuse}")
    connection.exec_driver_sql(f"CREATE TRIGGER keep_{table}_update BEFORE UPDATE{fixed} ON {table} {refuse}")


def _let_kinds(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("revisions") as batch:
        batch.drop_constraint(op.f("ck_revisions_kind_known"), type_="check")
        batch.create_check_constraint(op.f("ck_revisions_kind_known"), f"kind IN ({listed})")
