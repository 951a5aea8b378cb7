"""How changes of tracks and modules were labelled, and what each did to people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_REFUSE = "BEGIN SELECT RAISE(ABORT, 'rows of content_changes are never changed or deleted'); END"
SQLITE = (
    f"CREATE TRIGGER keep_content_changes_delete BEFORE DELETE ON content_changes {_REFUSE}",
    f"CREATE TRIGGER keep_content_changes_update BEFORE UPDATE ON content_changes {_REFUSE}",
)
POSTGRESQL = (
    "CREATE TRIGGER keep_content_changes BEFORE UPDATE OR DELETE ON content_changes "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
)


def upgrade() -> None:
    """Make the tables, and the triggers that keep what was chosen."""
    instant, key, whole = sa.DateTime(timezone=True), sa.String(80), sa.Integer()
    op.create_table(
        "content_changes",
        sa.Column("id", whole, nullable=False),
        sa.Column("publication_id", whole, nullable=False),
        sa.Column("kind", sa.String(6), nullable=False),
        sa.Column("key", key, nullable=False),
        sa.Column("label", sa.String(10), nullable=False),
        sa.Column("not_started", sa.String(5), nullable=False),
        sa.Column("under_way", sa.String(5), nullable=False),
        sa.Column("finished", sa.String(5), nullable=False),
        sa.Column("days", whole, nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("mark", sa.String(12), nullable=False),
        sa.Column("made_by", whole, nullable=True),
        sa.Column("made_at", instant, nullable=False),
        sa.CheckConstraint("kind IN ('track', 'module')", name=op.f("ck_content_changes_kind_known")),
        sa.CheckConstraint(
            "label IN ('editorial', 'equivalent', 'retraining')", name=op.f("ck_content_changes_label_known")
        ),
        sa.CheckConstraint("not_started IN ('move', 'stay')", name=op.f("ck_content_changes_not_started_known")),
        sa.CheckConstraint("under_way IN ('move', 'stay')", name=op.f("ck_content_changes_under_way_known")),
        sa.CheckConstraint("finished IN ('stay', 'renew')", name=op.f("ck_content_changes_finished_known")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_content_changes_publication_id_publications")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_content_changes_made_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_changes")),
        sa.UniqueConstraint("publication_id", "kind", "key", name=op.f("uq_content_changes_publication_id_kind_key")),
    )
    op.create_index("ix_content_changes_kind_key", "content_changes", ["kind", "key"])
    op.create_table(
        "change_effects",
        sa.Column("id", whole, nullable=False),
        sa.Column("publication_id", whole, nullable=False),
        sa.Column("person_id", whole, nullable=False),
        sa.Column("track_key", key, nullable=False),
        sa.Column("module_key", key, nullable=False),
        sa.Column("cycle", whole, nullable=False),
        sa.Column("deed", sa.String(10), nullable=False),
        sa.Column("done_before", whole, nullable=False),
        sa.Column("total_before", whole, nullable=False),
        sa.Column("done_after", whole, nullable=False),
        sa.Column("total_after", whole, nullable=False),
        sa.Column("completes", sa.Boolean(), nullable=False),
        sa.Column("applies", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("made_at", instant, nullable=False),
        sa.CheckConstraint(
            "deed IN ('moves', 'bound', 'renews', 'repeats', 'due', 'completes')",
            name=op.f("ck_change_effects_deed_known"),
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_change_effects_publication_id_publications")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_change_effects_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_effects")),
        sa.UniqueConstraint(
            "person_id",
            "publication_id",
            "track_key",
            "module_key",
            "cycle",
            name="uq_change_effects_each",
        ),
    )
    op.create_index("ix_change_effects_publication_id", "change_effects", ["publication_id"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else (POSTGRESQL,):
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index("ix_change_effects_publication_id", table_name="change_effects")
    op.drop_table("change_effects")
    op.drop_index("ix_content_changes_kind_key", table_name="content_changes")
    op.drop_table("content_changes")
