"""Lists of staff that wait to be applied, row by row; supervision that somebody lets another do for a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATES = "state IN ('ready', 'applying', 'done', 'withdrawn')"
OUTCOMES = "what IN ('create', 'start', 'change', 'unchanged', 'ask', 'refuse')"


def upgrade() -> None:
    """Add what the new pages need; nothing that is there changes."""
    with op.batch_alter_table("supervisions") as batch:
        batch.add_column(sa.Column("delegated_from_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_supervisions_delegated_from_id_supervisions"), "supervisions", ["delegated_from_id"], ["id"]
        )
        batch.create_index(op.f("ix_supervisions_delegated_from_id"), ["delegated_from_id"])
    op.create_table(
        "staff_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("invites", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(STATES, name=op.f("ck_staff_imports_state_known")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_staff_imports_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_imports")),
        sa.UniqueConstraint("client_id", name=op.f("uq_staff_imports_client_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_staff_imports_public_id")),
    )
    op.create_index(
        op.f("ix_staff_imports_account_id_created_at"), "staff_imports", ["account_id", "created_at"]
    )
    op.create_table(
        "staff_import_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("same_as", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(OUTCOMES, name=op.f("ck_staff_import_rows_what_known")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["staff_imports.id"], name=op.f("fk_staff_import_rows_import_id_staff_imports")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_staff_import_rows_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_import_rows")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_staff_import_rows_import_id_number")),
    )
    op.create_index(op.f("ix_staff_import_rows_import_id_what"), "staff_import_rows", ["import_id", "what"])
    op.create_index(op.f("ix_staff_import_rows_person_id"), "staff_import_rows", ["person_id"])


def downgrade() -> None:
    """Go back; lists that were not applied are gone, and delegated supervision is like any other."""
    op.drop_table("staff_import_rows")
    op.drop_table("staff_imports")
    with op.batch_alter_table("supervisions") as batch:
        batch.drop_index(op.f("ix_supervisions_delegated_from_id"))
        batch.drop_constraint(op.f("fk_supervisions_delegated_from_id_supervisions"), type_="foreignkey")
        batch.drop_column("delegated_from_id")
