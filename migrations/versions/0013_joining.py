"""Two records of one person may be joined: whose record goes on, and the log by which it can be undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

REFUSE = "BEGIN SELECT RAISE(ABORT, 'rows of {0} are never changed or deleted'); END"
MERGES = "id, public_id, kept_id, merged_id, merged_by, merged_at, client_id"
#: Tables that kept a row's person for ever: their columns but for it, and those that may be filled once.
ATTENDANCE = "id, group_session_id, {0}number, stays, way, sheet, makes_up_id, reason, recorded_by, recorded_at"
CREDITS = "id, public_id, group_session_id, towards_id, {0}done_on, present_minutes, credited_minutes, is_full, credited_at, credited_by"
CONSENTS = "id, {0}number, kind, way, wording, language, at"
RECOGNITIONS = (
    "id, public_id, training_id, round, {0}module_key, hours_kind, minutes, competencies, learned_on, recognized_on, "
    "recognized_at, first_by, second_by"
)
LOOSENED = {
    "attendance_entries": (ATTENDANCE, ()),
    "class_credits": (CREDITS, ("withdrawn_at", "withdrawn_by")),
    "sms_consents": (CONSENTS, ()),
    "recognitions": (RECOGNITIONS, ("withdrawn_at",)),
}


def upgrade() -> None:
    """Make the log, say on a person that her record was joined, and let a row's person change where a trigger kept it."""
    with op.batch_alter_table("people") as batch:
        batch.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_people_merged_into_id_people"), "people", ["merged_into_id"], ["id"])
        batch.create_index(op.f("ix_people_merged_into_id"), ["merged_into_id"])
    whole, instant = sa.Integer(), sa.DateTime(timezone=True)
    op.create_table(
        "person_merges",
        sa.Column("id", whole, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("kept_id", whole, nullable=False),
        sa.Column("merged_id", whole, nullable=False),
        sa.Column("merged_by", whole, nullable=False),
        sa.Column("merged_at", instant, nullable=False),
        sa.Column("client_id", sa.String(32), nullable=False),
        sa.Column("undone_at", instant, nullable=True),
        sa.Column("undone_by", whole, nullable=True),
        sa.ForeignKeyConstraint(["kept_id"], ["people.id"], name=op.f("fk_person_merges_kept_id_people")),
        sa.ForeignKeyConstraint(["merged_id"], ["people.id"], name=op.f("fk_person_merges_merged_id_people")),
        sa.ForeignKeyConstraint(["merged_by"], ["accounts.id"], name=op.f("fk_person_merges_merged_by_accounts")),
        sa.ForeignKeyConstraint(["undone_by"], ["accounts.id"], name=op.f("fk_person_merges_undone_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merges")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_merges_public_id")),
        sa.UniqueConstraint("merged_by", "client_id", name=op.f("uq_person_merges_merged_by_client_id")),
    )
    op.create_index(op.f("ix_person_merges_kept_id"), "person_merges", ["kept_id"])
    standing = sa.text("undone_at IS NULL")
    op.create_index(
        "uq_person_merges_standing",
        "person_merges",
        ["merged_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "person_merge_rows",
        sa.Column("id", whole, nullable=False),
        sa.Column("merge_id", whole, nullable=False),
        sa.Column("table_name", sa.String(63), nullable=False),
        sa.Column("row_id", whole, nullable=False),
        sa.Column("effect", sa.String(7), nullable=False),
        sa.Column("was", sa.JSON(), nullable=False),
        sa.Column("became", sa.JSON(), nullable=False),
        sa.Column("seal", sa.String(32), nullable=False),
        sa.Column("leaned_on", whole, nullable=False),
        sa.CheckConstraint("effect IN ('changed', 'made', 'removed')", name=op.f("ck_person_merge_rows_effect_known")),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["person_merges.id"], name=op.f("fk_person_merge_rows_merge_id_person_merges")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge_rows")),
        sa.UniqueConstraint(
            "merge_id", "table_name", "row_id", name=op.f("uq_person_merge_rows_merge_id_table_name_row_id")
        ),
    )
    _keep("person_merges", MERGES, ("undone_at", "undone_by"), other=False)
    _keep("person_merge_rows", "", (), other=False)
    for name, (fixed, filled) in LOOSENED.items():
        _let_go(name, filled)
        _keep(name, fixed.format(""), filled, other=True)


def downgrade() -> None:
    """Take all that back."""
    for name, (fixed, filled) in LOOSENED.items():
        _let_go(name, filled)
        _keep(name, fixed.format("person_id, ") if filled else "", filled, other=False)
    op.drop_table("person_merge_rows")
    op.drop_table("person_merges")
    with op.batch_alter_table("people") as batch:
        batch.drop_index(op.f("ix_people_merged_into_id"))
        batch.drop_constraint(op.f("fk_people_merged_into_id_people"), type_="foreignkey")
        batch.drop_column("merged_into_id")


def _keep(name: str, fixed: str, filled: tuple[str, ...], *, other: bool) -> None:
    """Make the triggers that keep a table's rows; `other` says that some column is neither fixed nor filled once."""
    run, refuse = op.get_bind().exec_driver_sql, REFUSE.format(name)
    if op.get_bind().dialect.name == "postgresql":
        listed = ", ".join([fixed, *filled]) if other or not filled else ""
        of = f" OF {listed}" if listed else ""
        said = ", ".join(f"'{each}'" for each in filled)
        when = f"BEFORE UPDATE{of} OR DELETE ON {name} FOR EACH ROW"
        run(f"CREATE TRIGGER keep_{name} {when} EXECUTE FUNCTION refuse_change({said})")
        return
    of = f" OF {fixed}" if fixed else ""
    run(f"CREATE TRIGGER keep_{name}_delete BEFORE DELETE ON {name} {refuse}")
    run(f"CREATE TRIGGER keep_{name}_update BEFORE UPDATE{of} ON {name} {refuse}")
    if filled:
        was = " OR ".join(f"OLD.{each} IS NOT NULL" for each in filled)
        run(f"CREATE TRIGGER keep_{name}_filled BEFORE UPDATE OF {', '.join(filled)} ON {name} WHEN {was} {refuse}")


def _let_go(name: str, filled: tuple[str, ...]) -> None:
    """Drop the triggers of a table."""
    if op.get_bind().dialect.name == "postgresql":
        op.get_bind().exec_driver_sql(f"DROP TRIGGER keep_{name} ON {name}")
        return
    for kind in ("delete", "update", *(("filled",) if filled else ())):
        op.get_bind().exec_driver_sql(f"DROP TRIGGER keep_{name}_{kind}")
