"""Triggers that keep the rows of append-only tables."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
  was jsonb = to_jsonb(OLD);
  becomes jsonb;
  filled text;
BEGIN
  IF TG_OP = 'UPDATE' AND TG_NARGS > 0 THEN
    becomes = to_jsonb(NEW);
    FOREACH filled IN ARRAY TG_ARGV LOOP
      IF was -> filled = CAST('null' AS jsonb) THEN
        was = was - filled;
        becomes = becomes - filled;
      END IF;
    END LOOP;
    IF was = becomes THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION USING ERRCODE = '23001', MESSAGE = 'rows of ' || TG_TABLE_NAME || ' are never changed or deleted';
END $body$
"""
SQLITE = (
    "CREATE TRIGGER keep_artifacts_delete BEFORE DELETE ON artifacts BEGIN SELECT RAISE(ABORT, 'rows of artifacts are never changed or deleted'); END",
    "CREATE TRIGGER keep_artifacts_update BEFORE UPDATE ON artifacts BEGIN SELECT RAISE(ABORT, 'rows of artifacts are never changed or deleted'); END",
    "CREATE TRIGGER keep_audit_events_delete BEFORE DELETE ON audit_events BEGIN SELECT RAISE(ABORT, 'rows of audit_events are never changed or deleted'); END",
    "CREATE TRIGGER keep_audit_events_update BEFORE UPDATE OF id, at, actor_account_id, action, subject_kind, subject_id, organization_id, details ON audit_events BEGIN SELECT RAISE(ABORT, 'rows of audit_events are never changed or deleted'); END",
    "CREATE TRIGGER keep_audit_events_filled BEFORE UPDATE OF chain_hash ON audit_events WHEN OLD.chain_hash IS NOT NULL BEGIN SELECT RAISE(ABORT, 'rows of audit_events are never changed or deleted'); END",
    "CREATE TRIGGER keep_decisions_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'rows of decisions are never changed or deleted'); END",
    "CREATE TRIGGER keep_decisions_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'rows of decisions are never changed or deleted'); END",
    "CREATE TRIGGER keep_editions_delete BEFORE DELETE ON editions BEGIN SELECT RAISE(ABORT, 'rows of editions are never changed or deleted'); END",
    "CREATE TRIGGER keep_editions_update BEFORE UPDATE ON editions BEGIN SELECT RAISE(ABORT, 'rows of editions are never changed or deleted'); END",
    "CREATE TRIGGER keep_replies_delete BEFORE DELETE ON replies BEGIN SELECT RAISE(ABORT, 'rows of replies are never changed or deleted'); END",
    "CREATE TRIGGER keep_replies_update BEFORE UPDATE ON replies BEGIN SELECT RAISE(ABORT, 'rows of replies are never changed or deleted'); END",
    "CREATE TRIGGER keep_status_events_delete BEFORE DELETE ON status_events BEGIN SELECT RAISE(ABORT, 'rows of status_events are never changed or deleted'); END",
    "CREATE TRIGGER keep_status_events_update BEFORE UPDATE ON status_events BEGIN SELECT RAISE(ABORT, 'rows of status_events are never changed or deleted'); END",
)
POSTGRESQL = (
    'CREATE TRIGGER keep_artifacts BEFORE UPDATE OR DELETE ON artifacts FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    "CREATE TRIGGER keep_audit_events BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION refuse_change('chain_hash')",
    'CREATE TRIGGER keep_decisions BEFORE UPDATE OR DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    'CREATE TRIGGER keep_editions BEFORE UPDATE OR DELETE ON editions FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    'CREATE TRIGGER keep_replies BEFORE UPDATE OR DELETE ON replies FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    'CREATE TRIGGER keep_status_events BEFORE UPDATE OR DELETE ON status_events FOR EACH ROW EXECUTE FUNCTION refuse_change()',
)
SQLITE_NAMES = ('keep_artifacts_delete', 'keep_artifacts_update', 'keep_audit_events_delete', 'keep_audit_events_update', 'keep_audit_events_filled', 'keep_decisions_delete', 'keep_decisions_update', 'keep_editions_delete', 'keep_editions_update', 'keep_replies_delete', 'keep_replies_update', 'keep_status_events_delete', 'keep_status_events_update')
POSTGRESQL_NAMES = (('keep_artifacts', 'artifacts'), ('keep_audit_events', 'audit_events'), ('keep_decisions', 'decisions'), ('keep_editions', 'editions'), ('keep_replies', 'replies'), ('keep_status_events', 'status_events'))


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.get_bind().exec_driver_sql(FUNCTION)
    for statement in SQLITE if sqlite else POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE_NAMES:
            op.get_bind().exec_driver_sql(f"DROP TRIGGER {name}")
        return
    for name, table in POSTGRESQL_NAMES:
        op.get_bind().exec_driver_sql(f"DROP TRIGGER {name} ON {table}")
    op.get_bind().exec_driver_sql("DROP FUNCTION refuse_change()")
