"""Tables of earlier records are kept row by row, looked at, and recorded in parts; their files are kept no more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of rows. What was brought before is done, or is to be brought again."""
    with op.batch_alter_table("training_imports") as batch:
        batch.add_column(sa.Column("client_id", sa.String(length=32), nullable=True))
        batch.add_column(sa.Column("state", sa.String(length=10), nullable=False, server_default="done"))
        batch.drop_column("sha256")
    with op.batch_alter_table("training_imports") as batch:
        batch.alter_column("state", existing_type=sa.String(length=10), existing_nullable=False, server_default=None)
        batch.create_unique_constraint(batch.f("uq_training_imports_client_id"), ["client_id"])
        batch.create_check_constraint(
            batch.f("ck_training_imports_state_known"), "state IN ('ready', 'applying', 'done')"
        )
    op.create_table(
        "training_import_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("what IN ('new', 'same', 'refuse')", name=op.f("ck_training_import_rows_what_known")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["training_imports.id"], name=op.f("fk_training_import_rows_import_id_training_imports")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_training_import_rows_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_import_rows")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_training_import_rows_import_id_number")),
    )
    op.create_index(op.f("ix_training_import_rows_person_id"), "training_import_rows", ["person_id"])
    op.create_index("ix_training_import_rows_import_id_what", "training_import_rows", ["import_id", "what"])


def downgrade() -> None:
    """Take the rows away; the files of tables do not come back."""
    op.drop_table("training_import_rows")
    with op.batch_alter_table("training_imports") as batch:
        batch.drop_constraint(batch.f("ck_training_imports_state_known"), type_="check")
        batch.drop_constraint(batch.f("uq_training_imports_client_id"), type_="unique")
        batch.drop_column("state")
        batch.drop_column("client_id")
        batch.add_column(sa.Column("sha256", sa.String(length=64), nullable=True))
