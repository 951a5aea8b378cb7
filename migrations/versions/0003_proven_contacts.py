"""Contacts belong to whoever has proven them; recoveries to one organization; spare codes for a second factor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

IN_USE = sa.text("kind = 'email' AND ended_at IS NULL")
PROVEN = sa.text("kind = 'email' AND ended_at IS NULL AND confirmed_at IS NOT NULL")
PURPOSES = "purpose IN ('invitation', 'reset', 'recovery')"
FORMER_PURPOSES = "purpose IN ('invitation', 'reset', 'recovery', 'confirm')"


def upgrade() -> None:
    """Change the rule of one owner for an e-mail from any use to proven use; nothing is lost."""
    op.create_table(
        "spare_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_spare_codes_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spare_codes")),
        sa.UniqueConstraint("account_id", "code_hash", name=op.f("uq_spare_codes_account_id_code_hash")),
    )
    op.drop_index("uq_contacts_email_in_use", "contacts")
    op.create_index(
        "uq_contacts_email_proven", "contacts", ["value"], unique=True, sqlite_where=PROVEN, postgresql_where=PROVEN
    )
    with op.batch_alter_table("recoveries") as batch:
        batch.add_column(sa.Column("organization_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_recoveries_organization_id_organizations"), "organizations", ["organization_id"], ["id"]
        )
    # A link of this purpose was never made.
    with op.batch_alter_table("access_links") as batch:
        batch.drop_constraint(op.f("ck_access_links_purpose_known"), type_="check")
        batch.create_check_constraint(op.f("ck_access_links_purpose_known"), PURPOSES)


def downgrade() -> None:
    """Go back; a claim to an e-mail that is somebody else's too ends, and spare codes are gone."""
    with op.batch_alter_table("access_links") as batch:
        batch.drop_constraint(op.f("ck_access_links_purpose_known"), type_="check")
        batch.create_check_constraint(op.f("ck_access_links_purpose_known"), FORMER_PURPOSES)
    with op.batch_alter_table("recoveries") as batch:
        batch.drop_constraint(op.f("fk_recoveries_organization_id_organizations"), type_="foreignkey")
        batch.drop_column("organization_id")
    op.drop_index("uq_contacts_email_proven", "contacts")
    op.execute(
        """
        UPDATE contacts SET ended_at = added_at
        WHERE kind = 'email' AND ended_at IS NULL AND confirmed_at IS NULL AND EXISTS (
            SELECT 1 FROM contacts AS other
            WHERE other.kind = 'email' AND other.ended_at IS NULL AND other.value = contacts.value
            AND other.id <> contacts.id AND (other.confirmed_at IS NOT NULL OR other.id < contacts.id))
        """
    )
    op.create_index(
        "uq_contacts_email_in_use", "contacts", ["value"], unique=True, sqlite_where=IN_USE, postgresql_where=IN_USE
    )
    op.drop_table("spare_codes")
