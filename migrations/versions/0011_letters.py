"""Reminders as data, how each reader wants her letters, consent to text messages, addresses that refuse them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
REFUSE = "BEGIN SELECT RAISE(ABORT, 'rows of sms_consents are never changed or deleted'); END"
SQLITE = (
    f"CREATE TRIGGER keep_sms_consents_delete BEFORE DELETE ON sms_consents {REFUSE}",
    f"CREATE TRIGGER keep_sms_consents_update BEFORE UPDATE ON sms_consents {REFUSE}",
)
POSTGRESQL = (
    "CREATE TRIGGER keep_sms_consents BEFORE UPDATE OR DELETE ON sms_consents "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("falls_on", sa.Date(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("planned_at", AT, nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_reminders_letter_id_letters")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reminders_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint(
            "person_id",
            "kind",
            "subject",
            "falls_on",
            "step",
            name=op.f("uq_reminders_person_id_kind_subject_falls_on_step"),
        ),
    )
    op.create_index(op.f("ix_reminders_letter_id"), "reminders", ["letter_id"])
    op.create_table(
        "letter_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=5), nullable=True),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.Column("wants_digest", sa.Boolean(), nullable=False),
        sa.Column("changed_at", AT, nullable=False),
        sa.CheckConstraint("channel IN ('email', 'sms', 'none')", name=op.f("ck_letter_choices_channel_known")),
        sa.CheckConstraint(
            "quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23",
            name=op.f("ck_letter_choices_hours_of_a_day"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_letter_choices_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_choices")),
        sa.UniqueConstraint("person_id", name=op.f("uq_letter_choices_person_id")),
    )
    op.create_table(
        "sms_consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("wording", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.CheckConstraint("kind IN ('given', 'withdrawn')", name=op.f("ck_sms_consents_kind_known")),
        sa.CheckConstraint("way IN ('page', 'text')", name=op.f("ck_sms_consents_way_known")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sms_consents_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_consents")),
    )
    op.create_index(op.f("ix_sms_consents_person_id"), "sms_consents", ["person_id"])
    op.create_index("ix_sms_consents_number", "sms_consents", ["number"])
    op.create_table(
        "bounces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=5), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("problem", sa.String(length=500), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("cleared_at", AT, nullable=True),
        sa.CheckConstraint("channel IN ('email', 'sms')", name=op.f("ck_bounces_channel_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bounces_public_id")),
    )
    is_open = sa.text("cleared_at IS NULL")
    op.create_index(
        "uq_bounces_open", "bounces", ["address"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables, and with them who agreed to text messages."""
    for table in ("bounces", "sms_consents", "letter_choices", "reminders"):
        op.drop_table(table)
