"""Workers confirm how their names stand on certificates; until when a certificate waits for that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lms.triggers import append_only_ddl

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

#: Fourteen days by the day in Greenwich: at most a day longer than by the local one. It was promised to nobody yet.
FILL = {
    "sqlite": "UPDATE applications SET name_until = date(opened_at, '+14 days')",
    "postgresql": "UPDATE applications SET name_until = (opened_at AT TIME ZONE 'UTC' + interval '14 days')::date",
}


def upgrade() -> None:
    """Make the table, and give each application its date."""
    dialect = op.get_bind().dialect.name
    with op.batch_alter_table("applications") as batch:
        batch.add_column(sa.Column("name_until", sa.Date(), nullable=False, server_default="2000-01-01"))
        batch.add_column(sa.Column("certified_name", sa.String(length=200), nullable=True))
    op.execute(FILL[dialect])
    with op.batch_alter_table("applications") as batch:
        batch.alter_column("name_until", existing_type=sa.Date(), existing_nullable=False, server_default=None)
    op.create_table(
        "name_confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("has_same_letters", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_name_confirmations_application_id_applications")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_confirmations")),
        sa.UniqueConstraint("application_id", "client_id", name=op.f("uq_name_confirmations_application_id_client_id")),
    )
    for statement in append_only_ddl("name_confirmations", dialect):
        op.execute(statement)


def downgrade() -> None:
    """Take both away, with what was confirmed."""
    op.drop_table("name_confirmations")
    with op.batch_alter_table("applications") as batch:
        batch.drop_column("certified_name")
        batch.drop_column("name_until")
