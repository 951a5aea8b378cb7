"""Earlier training: what is told and proven of it, how it is judged, what is recognized, and imports of many."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEPT = ("training_reviews", "training_replies")
REFUSE = "BEGIN SELECT RAISE(ABORT, 'rows of {0} are never changed or deleted'); END"
FIXED = (
    "id, public_id, training_id, round, person_id, module_key, hours_kind, minutes, competencies, learned_on, "
    "recognized_on, recognized_at, first_by, second_by"
)
SQLITE = (
    *(f"CREATE TRIGGER keep_{name}_delete BEFORE DELETE ON {name} {REFUSE.format(name)}" for name in KEPT),
    *(f"CREATE TRIGGER keep_{name}_update BEFORE UPDATE ON {name} {REFUSE.format(name)}" for name in KEPT),
    f"CREATE TRIGGER keep_recognitions_delete BEFORE DELETE ON recognitions {REFUSE.format('recognitions')}",
    f"CREATE TRIGGER keep_recognitions_update BEFORE UPDATE OF {FIXED} ON recognitions {REFUSE.format('recognitions')}",
    "CREATE TRIGGER keep_recognitions_filled BEFORE UPDATE OF withdrawn_at ON recognitions "
    f"WHEN OLD.withdrawn_at IS NOT NULL {REFUSE.format('recognitions')}",
)
POSTGRESQL = (
    *(
        f"CREATE TRIGGER keep_{name} BEFORE UPDATE OR DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for name in KEPT
    ),
    "CREATE TRIGGER keep_recognitions BEFORE UPDATE OR DELETE ON recognitions "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change('withdrawn_at')",
)


def upgrade() -> None:
    """Make the tables, and the triggers that keep what was said."""
    op.create_table(
        "training_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("brought_by", sa.Integer(), nullable=True),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_by", sa.Integer(), nullable=True),
        sa.Column("second_by", sa.Integer(), nullable=True),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("recognized", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["brought_by"], ["accounts.id"], name=op.f("fk_training_imports_brought_by_accounts")),
        sa.ForeignKeyConstraint(["first_by"], ["accounts.id"], name=op.f("fk_training_imports_first_by_accounts")),
        sa.ForeignKeyConstraint(["second_by"], ["accounts.id"], name=op.f("fk_training_imports_second_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_imports")),
        sa.UniqueConstraint("public_id", name=op.f("uq_training_imports_public_id")),
    )
    op.create_table(
        "earlier_trainings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("alike_key", sa.String(length=400), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("learned_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("module_key", sa.String(length=80), nullable=True),
        sa.Column("hours_kind", sa.String(length=20), nullable=True),
        sa.Column("competencies", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("import_key", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "hours_kind IN ('class', 'simulation', 'practicum', 'supervised', 'work-paid', 'work-volunteer')",
            name=op.f("ck_earlier_trainings_hours_kind_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('course', 'certificate', 'experience-paid', 'experience-volunteer', 'other')",
            name=op.f("ck_earlier_trainings_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'waiting', 'asked', 'refused', 'appealed', 'recognized', 'revoked', 'withdrawn')",
            name=op.f("ck_earlier_trainings_state_known"),
        ),
        sa.CheckConstraint(
            "from_on IS NULL OR from_on <= learned_on", name=op.f("ck_earlier_trainings_ends_after_start")
        ),
        sa.CheckConstraint(
            "minutes IS NULL OR minutes BETWEEN 1 AND 1200000", name=op.f("ck_earlier_trainings_minutes_plausible")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["accounts.id"], name=op.f("fk_earlier_trainings_entered_by_accounts")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["training_imports.id"], name=op.f("fk_earlier_trainings_import_id_training_imports")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_earlier_trainings_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_earlier_trainings_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_trainings")),
        sa.UniqueConstraint("person_id", "client_id", name=op.f("uq_earlier_trainings_person_id_client_id")),
        sa.UniqueConstraint("person_id", "import_key", name=op.f("uq_earlier_trainings_person_id_import_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_earlier_trainings_public_id")),
    )
    with op.batch_alter_table("earlier_trainings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_earlier_trainings_alike_key"), ["alike_key"], unique=False)
        batch_op.create_index(
            "ix_earlier_trainings_entered_by_recorded_at", ["entered_by", "recorded_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_earlier_trainings_import_id"), ["import_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_earlier_trainings_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index("ix_earlier_trainings_state_sent_at", ["state", "sent_at"], unique=False)

    op.create_table(
        "recognitions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("module_key", sa.String(length=80), nullable=True),
        sa.Column("hours_kind", sa.String(length=20), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("competencies", sa.JSON(), nullable=False),
        sa.Column("learned_on", sa.Date(), nullable=False),
        sa.Column("recognized_on", sa.Date(), nullable=False),
        sa.Column("recognized_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_by", sa.Integer(), nullable=False),
        sa.Column("second_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "hours_kind IN ('class', 'simulation', 'practicum', 'supervised', 'work-paid', 'work-volunteer')",
            name=op.f("ck_recognitions_hours_kind_known"),
        ),
        sa.CheckConstraint("(module_key IS NULL) <> (hours_kind IS NULL)", name=op.f("ck_recognitions_one_worth")),
        sa.ForeignKeyConstraint(["first_by"], ["accounts.id"], name=op.f("fk_recognitions_first_by_accounts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recognitions_person_id_people")),
        sa.ForeignKeyConstraint(["second_by"], ["accounts.id"], name=op.f("fk_recognitions_second_by_accounts")),
        sa.ForeignKeyConstraint(
            ["training_id"], ["earlier_trainings.id"], name=op.f("fk_recognitions_training_id_earlier_trainings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognitions")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recognitions_public_id")),
        sa.UniqueConstraint("training_id", "round", name=op.f("uq_recognitions_training_id_round")),
    )
    with op.batch_alter_table("recognitions", schema=None) as batch_op:
        batch_op.create_index("ix_recognitions_person_id_learned_on", ["person_id", "learned_on"], unique=False)

    op.create_table(
        "training_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=30), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["accounts.id"], name=op.f("fk_training_files_added_by_accounts")),
        sa.ForeignKeyConstraint(
            ["training_id"], ["earlier_trainings.id"], name=op.f("fk_training_files_training_id_earlier_trainings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_files")),
        sa.UniqueConstraint("public_id", name=op.f("uq_training_files_public_id")),
        sa.UniqueConstraint("training_id", "sha256", name=op.f("uq_training_files_training_id_sha256")),
    )
    with op.batch_alter_table("training_files", schema=None) as batch_op:
        batch_op.create_index("ix_training_files_added_by_added_at", ["added_by", "added_at"], unique=False)

    op.create_table(
        "training_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("is_appeal", sa.Boolean(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["training_id"], ["earlier_trainings.id"], name=op.f("fk_training_replies_training_id_earlier_trainings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_replies")),
        sa.UniqueConstraint("training_id", "client_id", name=op.f("uq_training_replies_training_id_client_id")),
    )
    with op.batch_alter_table("training_replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_replies_training_id"), ["training_id"], unique=False)

    op.create_table(
        "training_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("module_key", sa.String(length=80), nullable=True),
        sa.Column("hours_kind", sa.String(length=20), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("competencies", sa.JSON(), nullable=False),
        sa.Column("learned_on", sa.Date(), nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'accept') = ((module_key IS NULL) <> (hours_kind IS NULL))",
            name=op.f("ck_training_reviews_accepted_as_one"),
        ),
        sa.CheckConstraint(
            "hours_kind IN ('class', 'simulation', 'practicum', 'supervised', 'work-paid', 'work-volunteer')",
            name=op.f("ck_training_reviews_hours_kind_known"),
        ),
        sa.CheckConstraint("outcome IN ('accept', 'ask', 'refuse')", name=op.f("ck_training_reviews_outcome_known")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_training_reviews_decided_by_accounts")),
        sa.ForeignKeyConstraint(
            ["training_id"], ["earlier_trainings.id"], name=op.f("fk_training_reviews_training_id_earlier_trainings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_reviews")),
        sa.UniqueConstraint(
            "training_id", "decided_by", "client_id", name=op.f("uq_training_reviews_training_id_decided_by_client_id")
        ),
    )
    with op.batch_alter_table("training_reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_reviews_training_id"), ["training_id"], unique=False)

    op.create_table(
        "training_shares",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'declined', 'withdrawn')", name=op.f("ck_training_shares_outcome_known")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_training_shares_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["accounts.id"], name=op.f("fk_training_shares_settled_by_accounts")),
        sa.ForeignKeyConstraint(
            ["training_id"], ["earlier_trainings.id"], name=op.f("fk_training_shares_training_id_earlier_trainings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_shares")),
        sa.UniqueConstraint("public_id", name=op.f("uq_training_shares_public_id")),
    )
    with op.batch_alter_table("training_shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_shares_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_shares_training_id"), ["training_id"], unique=False)
        batch_op.create_index(
            "uq_training_shares_open",
            ["training_id", "organization_id"],
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "recognition_withdrawals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("recognition_id", sa.Integer(), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recognition_id"], ["recognitions.id"], name=op.f("fk_recognition_withdrawals_recognition_id_recognitions")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["accounts.id"], name=op.f("fk_recognition_withdrawals_requested_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["accounts.id"], name=op.f("fk_recognition_withdrawals_settled_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition_withdrawals")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recognition_withdrawals_public_id")),
    )
    with op.batch_alter_table("recognition_withdrawals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recognition_withdrawals_recognition_id"), ["recognition_id"], unique=False)
        batch_op.create_index(
            "uq_recognition_withdrawals_open",
            ["recognition_id"],
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables with all that was told."""
    for name in (
        "recognition_withdrawals",
        "training_shares",
        "training_reviews",
        "training_replies",
        "training_files",
        "recognitions",
        "earlier_trainings",
        "training_imports",
    ):
        op.drop_table(name)
