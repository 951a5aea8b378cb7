"""Attempts have a deadline and may be closed by it; accommodations of a person; attempts given beyond the limit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lms.triggers import append_only_ddl

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

#: Rows that are never changed, but for whose they are: two records of one person may be joined.
KEPT = {
    "accommodations": "id version bilingual audio own_percent time_percent often oral valid_from valid_until "
    "reason_class granted_by granted_at client_id",
    "attempt_grants": "id module_key round after_number reason granted_by granted_at client_id",
}


def upgrade() -> None:
    """Add the columns and tables. What was handed in before was handed in by its reader."""
    with op.batch_alter_table("attempts") as batch:
        batch.add_column(sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("extensions", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("closed_by", sa.String(length=10), nullable=True))
        batch.create_check_constraint(batch.f("ck_attempts_extensions_plausible"), "extensions >= 0")
        batch.create_check_constraint(batch.f("ck_attempts_closed_by_known"), "closed_by IN ('submitted', 'time')")
    op.execute("UPDATE attempts SET closed_by = 'submitted' WHERE submitted_at IS NOT NULL")
    is_open = sa.text("submitted_at IS NULL")
    op.create_index(
        "ix_attempts_deadline_at", "attempts", ["deadline_at"], sqlite_where=is_open, postgresql_where=is_open
    )
    _make_accommodations()
    _make_grants()
    dialect = op.get_bind().dialect.name
    for table, fixed in KEPT.items():
        for statement in append_only_ddl(table, dialect, fixed=fixed.split(), changing=("person_id",)):
            op.execute(statement)


def _make_accommodations() -> None:
    name = "accommodations"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("bilingual", sa.Boolean(), nullable=False),
        sa.Column("audio", sa.Boolean(), nullable=False),
        sa.Column("own_percent", sa.Integer(), nullable=False),
        sa.Column("time_percent", sa.Integer(), nullable=False),
        sa.Column("often", sa.Boolean(), nullable=False),
        sa.Column("oral", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reason_class", sa.String(length=10), nullable=True),
        sa.Column("granted_by", sa.Integer(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("own_percent BETWEEN 100 AND 150", name=op.f(f"ck_{name}_own_percent_plausible")),
        sa.CheckConstraint("time_percent BETWEEN 100 AND 1000", name=op.f(f"ck_{name}_time_percent_plausible")),
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name=op.f(f"ck_{name}_valid_in_order")),
        sa.CheckConstraint(
            "reason_class IN ('agreed', 'letter', 'passing', 'other')", name=op.f(f"ck_{name}_reason_class_known")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{name}_person_id_people")),
        sa.ForeignKeyConstraint(["granted_by"], ["accounts.id"], name=op.f(f"fk_{name}_granted_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("person_id", "version", name=op.f(f"uq_{name}_person_id_version")),
        sa.UniqueConstraint("person_id", "client_id", name=op.f(f"uq_{name}_person_id_client_id")),
    )
    name = "accommodation_wishes"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('time', 'oral')", name=op.f(f"ck_{name}_kind_known")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{name}_person_id_people")),
        sa.ForeignKeyConstraint(["settled_by"], ["accounts.id"], name=op.f(f"fk_{name}_settled_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_person_id"), name, ["person_id"])
    is_open = sa.text("settled_at IS NULL")
    op.create_index(
        f"uq_{name}_open", name, ["person_id", "kind"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )


def _make_grants() -> None:
    name = "attempt_grants"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("module_key", sa.String(length=80), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("after_number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{name}_person_id_people")),
        sa.ForeignKeyConstraint(["granted_by"], ["accounts.id"], name=op.f(f"fk_{name}_granted_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("person_id", "client_id", name=op.f(f"uq_{name}_person_id_client_id")),
        sa.UniqueConstraint(
            "person_id",
            "module_key",
            "round",
            "after_number",
            name=op.f(f"uq_{name}_person_id_module_key_round_after_number"),
        ),
    )


def downgrade() -> None:
    """Take the tables and columns away."""
    for table in ("attempt_grants", "accommodation_wishes", "accommodations"):
        op.drop_table(table)
    op.drop_index("ix_attempts_deadline_at", "attempts")
    with op.batch_alter_table("attempts") as batch:
        batch.drop_constraint(batch.f("ck_attempts_closed_by_known"), type_="check")
        batch.drop_constraint(batch.f("ck_attempts_extensions_plausible"), type_="check")
        batch.drop_column("closed_by")
        batch.drop_column("extensions")
        batch.drop_column("deadline_at")
