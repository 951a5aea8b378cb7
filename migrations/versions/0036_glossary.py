"""Let the glossary be published, as a kind of content object of its own."""

from __future__ import annotations

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

KINDS = ("framework", "module", "survey", "track", "certificate", "checklist")


def upgrade() -> None:
    """Let the kind stand in revisions."""
    _let_kinds(*KINDS, "glossary")


def downgrade() -> None:
    """Drop what was published of the glossary."""
    gone = "SELECT id FROM revisions WHERE kind = 'glossary'"
    op.execute(f"DELETE FROM publication_items WHERE revision_id IN ({gone})")
    op.execute("DELETE FROM revisions WHERE kind = 'glossary'")
    _let_kinds(*KINDS)


def _let_kinds(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("revisions") as batch:
        batch.drop_constraint(op.f("ck_revisions_kind_known"), type_="check")
        batch.create_check_constraint(op.f("ck_revisions_kind_known"), f"kind IN ({listed})")
