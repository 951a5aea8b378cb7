"""Standing rules of assigning, due dates told as rules, people from a file, and teams."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; a batch so far had a fixed date or none."""
    op.create_table(
        "teams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("search_key", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_teams_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("client_id", name=op.f("uq_teams_client_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_teams_public_id")),
    )
    with op.batch_alter_table("teams") as batch:
        batch.create_index(
            "uq_teams_open",
            ["organization_id", "search_key"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "assignment_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("track_key", sa.String(length=80), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("due_kind", sa.String(length=8), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_days", sa.Integer(), nullable=True),
        sa.Column("due_eased", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "due_kind IN ('none', 'date', 'asked', 'employed')", name=op.f("ck_assignment_rules_due_kind_known")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=op.f("fk_assignment_rules_ended_by_accounts")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_assignment_rules_made_by_accounts")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_assignment_rules_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_rules")),
        sa.UniqueConstraint("made_by", "client_id", name=op.f("uq_assignment_rules_made_by_client_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_assignment_rules_public_id")),
    )
    with op.batch_alter_table("assignment_rules") as batch:
        batch.create_index(batch.f("ix_assignment_rules_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "assignment_uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("track_key", sa.String(length=80), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_kind", sa.String(length=8), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_days", sa.Integer(), nullable=True),
        sa.Column("due_eased", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "due_kind IN ('none', 'date', 'asked', 'employed')", name=op.f("ck_assignment_uploads_due_kind_known")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_assignment_uploads_made_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_uploads")),
        sa.UniqueConstraint("made_by", "client_id", name=op.f("uq_assignment_uploads_made_by_client_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_assignment_uploads_public_id")),
    )
    op.create_table(
        "team_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("employment_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["employment_id"], ["employments.id"], name=op.f("fk_team_members_employment_id_employments")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_members")),
    )
    with op.batch_alter_table("team_members") as batch:
        batch.create_index(batch.f("ix_team_members_employment_id"), ["employment_id"], unique=False)
        batch.create_index(
            "uq_team_members_open",
            ["team_id", "employment_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "assignment_rule_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_assignment_rule_members_person_id_people")),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["assignment_rules.id"], name=op.f("fk_assignment_rule_members_rule_id_assignment_rules")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_rule_members")),
    )
    with op.batch_alter_table("assignment_rule_members") as batch:
        batch.create_index(batch.f("ix_assignment_rule_members_person_id"), ["person_id"], unique=False)
        batch.create_index(
            "uq_assignment_rule_members_open",
            ["rule_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "assignment_upload_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("began_on", sa.Date(), nullable=True),
        sa.Column("fault", sa.String(length=30), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_assignment_upload_rows_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_assignment_upload_rows_person_id_people")),
        sa.ForeignKeyConstraint(
            ["upload_id"],
            ["assignment_uploads.id"],
            name=op.f("fk_assignment_upload_rows_upload_id_assignment_uploads"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_upload_rows")),
        sa.UniqueConstraint("upload_id", "number", name=op.f("uq_assignment_upload_rows_upload_id_number")),
    )
    with op.batch_alter_table("assignment_upload_rows") as batch:
        batch.create_index(batch.f("ix_assignment_upload_rows_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("assignment_batches") as batch:
        batch.add_column(sa.Column("rule_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("due_kind", sa.String(length=8), nullable=False, server_default="none"))
        batch.add_column(sa.Column("due_days", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("due_eased", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.alter_column("made_by", existing_type=sa.INTEGER(), nullable=True)
        batch.create_index(batch.f("ix_assignment_batches_rule_id"), ["rule_id"], unique=False)
        batch.create_foreign_key(
            batch.f("fk_assignment_batches_rule_id_assignment_rules"), "assignment_rules", ["rule_id"], ["id"]
        )
        batch.create_check_constraint("due_kind_known", "due_kind IN ('none', 'date', 'asked', 'employed')")
    op.execute("UPDATE assignment_batches SET due_kind = 'date' WHERE due_on IS NOT NULL")
    with op.batch_alter_table("assignment_batches") as batch:
        batch.alter_column("due_kind", existing_type=sa.String(length=8), server_default=None)
        batch.alter_column("due_eased", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    """Go back. Rules, teams and waiting files go; each assignment keeps its own date."""
    # The former program knows no batch of the command: it goes to the first account, as if its holder had run it.
    op.execute("UPDATE assignment_batches SET made_by = (SELECT min(id) FROM accounts) WHERE made_by IS NULL")
    with op.batch_alter_table("assignment_batches") as batch:
        batch.drop_constraint(batch.f("ck_assignment_batches_due_kind_known"), type_="check")
        batch.drop_constraint(batch.f("fk_assignment_batches_rule_id_assignment_rules"), type_="foreignkey")
        batch.drop_index(batch.f("ix_assignment_batches_rule_id"))
        batch.alter_column("made_by", existing_type=sa.INTEGER(), nullable=False)
        batch.drop_column("due_eased")
        batch.drop_column("due_days")
        batch.drop_column("due_kind")
        batch.drop_column("rule_id")

    with op.batch_alter_table("assignment_upload_rows") as batch:
        batch.drop_index(batch.f("ix_assignment_upload_rows_person_id"))

    op.drop_table("assignment_upload_rows")
    with op.batch_alter_table("assignment_rule_members") as batch:
        batch.drop_index(
            "uq_assignment_rule_members_open",
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )
        batch.drop_index(batch.f("ix_assignment_rule_members_person_id"))

    op.drop_table("assignment_rule_members")
    with op.batch_alter_table("team_members") as batch:
        batch.drop_index(
            "uq_team_members_open", sqlite_where=sa.text("until IS NULL"), postgresql_where=sa.text("until IS NULL")
        )
        batch.drop_index(batch.f("ix_team_members_employment_id"))

    op.drop_table("team_members")
    op.drop_table("assignment_uploads")
    with op.batch_alter_table("assignment_rules") as batch:
        batch.drop_index(batch.f("ix_assignment_rules_organization_id"))

    op.drop_table("assignment_rules")
    with op.batch_alter_table("teams") as batch:
        batch.drop_index(
            "uq_teams_open", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
        )

    op.drop_table("teams")
