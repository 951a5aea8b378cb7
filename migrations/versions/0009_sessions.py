"""Group sessions, cohorts, attendance with the minutes that count, and addresses of calendars."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STANDING = sa.text("withdrawn_at IS NULL")
NOT_LEFT = sa.text("left_at IS NULL")
SQLITE = (
    "CREATE TRIGGER keep_attendance_entries_delete BEFORE DELETE ON attendance_entries BEGIN SELECT RAISE(ABORT, 'rows of attendance_entries are never changed or deleted'); END",
    "CREATE TRIGGER keep_attendance_entries_update BEFORE UPDATE ON attendance_entries BEGIN SELECT RAISE(ABORT, 'rows of attendance_entries are never changed or deleted'); END",
    "CREATE TRIGGER keep_class_credits_delete BEFORE DELETE ON class_credits BEGIN SELECT RAISE(ABORT, 'rows of class_credits are never changed or deleted'); END",
    "CREATE TRIGGER keep_class_credits_update BEFORE UPDATE OF id, public_id, group_session_id, towards_id, person_id, done_on, present_minutes, credited_minutes, is_full, credited_at, credited_by ON class_credits BEGIN SELECT RAISE(ABORT, 'rows of class_credits are never changed or deleted'); END",
    "CREATE TRIGGER keep_class_credits_filled BEFORE UPDATE OF withdrawn_at, withdrawn_by ON class_credits WHEN OLD.withdrawn_at IS NOT NULL OR OLD.withdrawn_by IS NOT NULL BEGIN SELECT RAISE(ABORT, 'rows of class_credits are never changed or deleted'); END",
)
POSTGRESQL = (
    "CREATE TRIGGER keep_attendance_entries BEFORE UPDATE OR DELETE ON attendance_entries FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER keep_class_credits BEFORE UPDATE OR DELETE ON class_credits FOR EACH ROW EXECUTE FUNCTION refuse_change('withdrawn_at', 'withdrawn_by')",
)
TABLES = (
    "calendar_feeds",
    "cohorts",
    "cohort_members",
    "cohort_organizations",
    "group_sessions",
    "attendance_entries",
    "class_credits",
    "session_teachers",
    "sign_ups",
)


def upgrade() -> None:
    """Add the tables, and the triggers that keep entries and credits as they were written."""
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_calendar_feeds_account_id_accounts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_calendar_feeds_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("public_id", name=op.f("uq_calendar_feeds_public_id")),
    )
    op.create_index(
        "uq_calendar_feeds_open",
        "calendar_feeds",
        ["person_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )

    op.create_table(
        "cohorts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("module_key", sa.String(length=80), nullable=True),
        sa.Column("track_key", sa.String(length=80), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_cohorts_made_by_accounts")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_cohorts_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts")),
        sa.UniqueConstraint("made_by", "client_id", name=op.f("uq_cohorts_made_by_client_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cohorts_public_id")),
    )
    op.create_index(op.f("ix_cohorts_organization_id"), "cohorts", ["organization_id"], unique=False)

    op.create_table(
        "cohort_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_members_cohort_id_cohorts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_cohort_members_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_members")),
    )
    op.create_index(op.f("ix_cohort_members_person_id"), "cohort_members", ["person_id"], unique=False)
    op.create_index(
        "uq_cohort_members_open",
        "cohort_members",
        ["cohort_id", "person_id"],
        unique=True,
        sqlite_where=NOT_LEFT,
        postgresql_where=NOT_LEFT,
    )

    op.create_table(
        "cohort_organizations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_organizations_cohort_id_cohorts")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_cohort_organizations_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_organizations")),
        sa.UniqueConstraint(
            "cohort_id", "organization_id", name=op.f("uq_cohort_organizations_cohort_id_organization_id")
        ),
    )
    op.create_index(
        op.f("ix_cohort_organizations_organization_id"), "cohort_organizations", ["organization_id"], unique=False
    )

    op.create_table(
        "group_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("module_key", sa.String(length=80), nullable=True),
        sa.Column("track_key", sa.String(length=80), nullable=True),
        sa.Column("competencies", sa.JSON(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("interpreters", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("minimum_share", sa.Integer(), nullable=False),
        sa.Column("finishes_lessons", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("stamp", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("language IN ('en', 'es', 'to', 'sm')", name=op.f("ck_group_sessions_language_known")),
        sa.CheckConstraint(
            "state IN ('planned', 'held', 'closed', 'cancelled')", name=op.f("ck_group_sessions_state_known")
        ),
        sa.CheckConstraint("capacity >= 1", name=op.f("ck_group_sessions_capacity_positive")),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_group_sessions_ends_in_order")),
        sa.CheckConstraint("minimum_share BETWEEN 1 AND 100", name=op.f("ck_group_sessions_minimum_share_percent")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_group_sessions_cohort_id_cohorts")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_group_sessions_made_by_accounts")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_group_sessions_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_sessions")),
        sa.UniqueConstraint("made_by", "client_id", name=op.f("uq_group_sessions_made_by_client_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_group_sessions_public_id")),
    )
    op.create_index(op.f("ix_group_sessions_cohort_id"), "group_sessions", ["cohort_id"], unique=False)
    op.create_index(op.f("ix_group_sessions_day"), "group_sessions", ["day"], unique=False)
    op.create_index(op.f("ix_group_sessions_organization_id"), "group_sessions", ["organization_id"], unique=False)

    op.create_table(
        "attendance_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stays", sa.JSON(), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("sheet", sa.String(length=40), nullable=True),
        sa.Column("makes_up_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "way IN ('code', 'list', 'sheet', 'correction')", name=op.f("ck_attendance_entries_way_known")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_attendance_entries_number_positive")),
        sa.ForeignKeyConstraint(
            ["group_session_id"],
            ["group_sessions.id"],
            name=op.f("fk_attendance_entries_group_session_id_group_sessions"),
        ),
        sa.ForeignKeyConstraint(
            ["makes_up_id"], ["group_sessions.id"], name=op.f("fk_attendance_entries_makes_up_id_group_sessions")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_attendance_entries_person_id_people")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["accounts.id"], name=op.f("fk_attendance_entries_recorded_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_entries")),
        sa.UniqueConstraint(
            "group_session_id",
            "person_id",
            "number",
            name=op.f("uq_attendance_entries_group_session_id_person_id_number"),
        ),
    )
    op.create_index(op.f("ix_attendance_entries_person_id"), "attendance_entries", ["person_id"], unique=False)

    op.create_table(
        "class_credits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("group_session_id", sa.Integer(), nullable=False),
        sa.Column("towards_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("present_minutes", sa.Integer(), nullable=False),
        sa.Column("credited_minutes", sa.Integer(), nullable=False),
        sa.Column("is_full", sa.Boolean(), nullable=False),
        sa.Column("credited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("credited_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["credited_by"], ["accounts.id"], name=op.f("fk_class_credits_credited_by_accounts")),
        sa.ForeignKeyConstraint(
            ["group_session_id"], ["group_sessions.id"], name=op.f("fk_class_credits_group_session_id_group_sessions")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_class_credits_person_id_people")),
        sa.ForeignKeyConstraint(
            ["towards_id"], ["group_sessions.id"], name=op.f("fk_class_credits_towards_id_group_sessions")
        ),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["accounts.id"], name=op.f("fk_class_credits_withdrawn_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_credits")),
        sa.UniqueConstraint("public_id", name=op.f("uq_class_credits_public_id")),
    )
    op.create_index("ix_class_credits_person_id_towards_id", "class_credits", ["person_id", "towards_id"], unique=False)
    op.create_index(
        "uq_class_credits_standing",
        "class_credits",
        ["group_session_id", "person_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )

    op.create_table(
        "session_teachers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_session_id"],
            ["group_sessions.id"],
            name=op.f("fk_session_teachers_group_session_id_group_sessions"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_session_teachers_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_teachers")),
        sa.UniqueConstraint(
            "group_session_id", "person_id", name=op.f("uq_session_teachers_group_session_id_person_id")
        ),
    )
    op.create_index(op.f("ix_session_teachers_person_id"), "session_teachers", ["person_id"], unique=False)

    op.create_table(
        "sign_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("needs_interpreter", sa.Boolean(), nullable=False),
        sa.Column("signed_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_up_by", sa.Integer(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("language IN ('en', 'es', 'to', 'sm')", name=op.f("ck_sign_ups_language_known")),
        sa.ForeignKeyConstraint(
            ["group_session_id"], ["group_sessions.id"], name=op.f("fk_sign_ups_group_session_id_group_sessions")
        ),
        sa.ForeignKeyConstraint(["left_by"], ["accounts.id"], name=op.f("fk_sign_ups_left_by_accounts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_ups_person_id_people")),
        sa.ForeignKeyConstraint(["signed_up_by"], ["accounts.id"], name=op.f("fk_sign_ups_signed_up_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ups")),
    )
    op.create_index(op.f("ix_sign_ups_person_id"), "sign_ups", ["person_id"], unique=False)
    op.create_index(
        "uq_sign_ups_open",
        "sign_ups",
        ["group_session_id", "person_id"],
        unique=True,
        sqlite_where=NOT_LEFT,
        postgresql_where=NOT_LEFT,
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables, children first; their triggers and indexes go with them."""
    for table in reversed(TABLES):
        op.drop_table(table)
