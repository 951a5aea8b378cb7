"""That a number was given for an invitation by text, and which texts of ours were heard, each once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
TABLES = ("invitation_consents", "inbound_texts")


def upgrade() -> None:
    """Make the tables with the triggers that keep their rows."""
    op.create_table(
        "invitation_consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("wording", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_invitation_consents_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["accounts.id"], name=op.f("fk_invitation_consents_recorded_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_consents")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_invitation_consents_contact_id")),
    )
    op.create_table(
        "inbound_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("message_id", sa.String(length=100), nullable=False),
        sa.Column("wanted", sa.String(length=5), nullable=False),
        sa.Column("sent_at", AT, nullable=False),
        sa.Column("heard_at", AT, nullable=False),
        sa.CheckConstraint("wanted IN ('stop', 'start', 'help')", name=op.f("ck_inbound_texts_wanted_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_texts")),
        sa.UniqueConstraint("number", "message_id", name=op.f("uq_inbound_texts_number_message_id")),
    )
    for table in TABLES:
        _keep(table)


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
    """Take the tables back; their triggers go with them."""
    for table in reversed(TABLES):
        op.drop_table(table)
