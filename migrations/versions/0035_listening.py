"""Files of published revisions, recordings that people made, and who would rather listen than read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
CHECKS = {
    "kind_known": "kind IN ('module')",
    "state_known": "state IN ('offered', 'accepted', 'withdrawn')",
    "accepted_by_somebody": "(accepted_by IS NULL) = (accepted_at IS NULL)",
    "withdrawn_by_somebody": "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)",
    "withdrawn_once": "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)",
    "accepted_once": "state <> 'accepted' OR accepted_at IS NOT NULL",
    "holds_something": "size > 0 AND seconds > 0",
}


def upgrade() -> None:
    """Make the two tables and the column; who is there already reads."""
    with op.batch_alter_table("people") as batch:
        batch.add_column(sa.Column("listens", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("people") as batch:
        batch.alter_column("listens", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
    op.create_table(
        "revision_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_revision_files_revision_id_revisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision_files")),
        sa.UniqueConstraint("revision_id", "address", name=op.f("uq_revision_files_revision_id_address")),
    )
    op.create_index(op.f("ix_revision_files_sha256"), "revision_files", ["sha256"], unique=False)
    named = (("person_id", "people"), ("accepted_by", "accounts"), ("withdrawn_by", "accounts"))
    op.create_table(
        "recordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("shown_name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("words_sha256", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.Column("accepted_at", AT, nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", AT, nullable=True),
        *(sa.CheckConstraint(check, name=op.f(f"ck_recordings_{name}")) for name, check in CHECKS.items()),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_recordings_{column}_{table}"))
            for column, table in named
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recordings_public_id")),
        sa.UniqueConstraint("person_id", "client_id", name=op.f("uq_recordings_person_id_client_id")),
    )
    op.create_index(op.f("ix_recordings_sha256"), "recordings", ["sha256"], unique=False)
    op.create_index(
        "ix_recordings_kind_key_locale_state", "recordings", ["kind", "key", "locale", "state"], unique=False
    )


def downgrade() -> None:
    """Drop them, with what they hold; the files stay until they are swept."""
    op.drop_index("ix_recordings_kind_key_locale_state", table_name="recordings")
    op.drop_index(op.f("ix_recordings_sha256"), table_name="recordings")
    op.drop_table("recordings")
    op.drop_index(op.f("ix_revision_files_sha256"), table_name="revision_files")
    op.drop_table("revision_files")
    with op.batch_alter_table("people") as batch:
        batch.drop_column("listens")
