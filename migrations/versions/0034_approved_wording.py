"""Tracks may ask for approved wording, and somebody without it may learn on another route."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lms.triggers import append_only_ddl

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the two tables; without a row no track asks."""
    op.create_table(
        "wording_demands",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("track_key", sa.String(length=80), nullable=False),
        sa.Column("is_asked", sa.Boolean(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", AT, nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["set_by"], ["accounts.id"], name=op.f("fk_wording_demands_set_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_demands")),
        sa.UniqueConstraint("set_by", "client_id", name=op.f("uq_wording_demands_set_by_client_id")),
    )
    op.create_index(op.f("ix_wording_demands_track_key"), "wording_demands", ["track_key"], unique=False)
    for statement in append_only_ddl("wording_demands", op.get_bind().dialect.name):
        op.execute(statement)
    op.create_table(
        "wording_routes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("track_key", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("route", sa.String(length=8), nullable=False),
        sa.Column("chosen_by", sa.Integer(), nullable=True),
        sa.Column("chosen_at", AT, nullable=False),
        sa.CheckConstraint("route IN ('oral', 'session', 'both')", name=op.f("ck_wording_routes_route_known")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_wording_routes_assignment_id_assignments")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_wording_routes_person_id_people")),
        sa.ForeignKeyConstraint(["chosen_by"], ["accounts.id"], name=op.f("fk_wording_routes_chosen_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_routes")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_wording_routes_assignment_id")),
    )
    op.create_index(op.f("ix_wording_routes_person_id"), "wording_routes", ["person_id"], unique=False)


def downgrade() -> None:
    """Drop them, with what they hold."""
    op.drop_index(op.f("ix_wording_routes_person_id"), table_name="wording_routes")
    op.drop_table("wording_routes")
    op.drop_index(op.f("ix_wording_demands_track_key"), table_name="wording_demands")
    op.drop_table("wording_demands")
