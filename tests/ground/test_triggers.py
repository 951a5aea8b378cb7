"""Tables that are only added to, on both engines."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from lms.audit.models import AuditEvent
from lms.db import Base, db, reading, write
from lms.triggers import append_only_ddl
from tests.conftest import AT

KEPT = {"editions", "artifacts", "status_events", "decisions", "replies", "audit_events"}
KEPT |= {
    "hours_entries",
    "hours_events",
    "hours_hosts",
    "observations",
    "observation_events",
    "attendance_entries",
    "class_credits",
}
KEPT |= {"hours_hosts", "recognitions", "training_replies", "training_reviews", "sms_consents", "content_changes"}
KEPT |= {"attempt_scorings", "item_scores", "paper_forms"}
KEPT |= {"person_merges", "person_merge_rows", "assignment_rule_changes", "invitation_consents", "inbound_texts"}
KEPT |= {"regrade_changes", "attempt_restorations"}
KEPT |= {"survey_findings", "entry_objections", "wording_demands"}
KEPT |= {"name_confirmations"}
KEPT |= {"proposals", "proposal_steps", "step_withdrawals"}
KEPT |= {"accommodations", "attempt_grants", "edition_keys", "status_entries"}


def add_event() -> int:
    statement = insert(AuditEvent).values(
        at=AT, action="tested", subject_kind="test", subject_id="1", details={"a": [1, None]}
    )
    return write(lambda session: session.execute(statement.returning(AuditEvent.id)).scalar_one())


def refused(change: object) -> str:
    with pytest.raises(DBAPIError) as raised:
        write(lambda session: session.execute(change) and None)
    return str(raised.value.orig)


def test_every_kept_table_has_its_triggers(app: Flask) -> None:
    assert {name for name, table in Base.metadata.tables.items() if "append_only" in table.info} == KEPT
    sqlite = "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'keep_%'"
    postgresql = "SELECT DISTINCT event_object_table FROM information_schema.triggers WHERE trigger_name LIKE 'keep_%'"
    dialect = db.engines["write"].dialect.name
    with db.engines["write"].connect() as connection:
        found = connection.exec_driver_sql(sqlite if dialect == "sqlite" else postgresql.replace("%", "%%"))
        assert {row[0] for row in found} == KEPT


def test_a_kept_row_is_neither_changed_nor_deleted(app: Flask) -> None:
    event_id = add_event()
    where = AuditEvent.id == event_id
    assert "never changed or deleted" in refused(update(AuditEvent).where(where).values(action="forged"))
    assert "never changed or deleted" in refused(delete(AuditEvent).where(where))
    assert reading().execute(select(AuditEvent.action)).scalar_one() == "tested"


def test_a_kept_row_is_not_replaced_either(app: Flask) -> None:
    """SQLite's INSERT OR REPLACE deletes what is in its way."""
    if db.engines["write"].dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no such statement")
    forged = {"id": add_event(), "at": AT, "action": "forged", "subject_kind": "t", "subject_id": "1", "details": {}}
    assert "never changed or deleted" in refused(insert(AuditEvent).prefix_with("OR REPLACE").values(**forged))
    assert reading().execute(select(AuditEvent.action)).scalar_one() == "tested"


def test_a_column_that_is_filled_later_is_filled_once(app: Flask) -> None:
    where = AuditEvent.id == add_event()
    write(lambda session: session.execute(update(AuditEvent).where(where).values(chain_hash="a" * 64)) and None)
    assert reading().execute(select(AuditEvent.chain_hash)).scalar_one() == "a" * 64
    reading().rollback()
    assert "never changed" in refused(update(AuditEvent).where(where).values(chain_hash="b" * 64))
    assert "never changed" in refused(update(AuditEvent).where(where).values(chain_hash=None))


def test_filling_a_column_changes_no_other(app: Flask) -> None:
    where = AuditEvent.id == add_event()
    assert "never changed" in refused(update(AuditEvent).where(where).values(chain_hash="a" * 64, action="forged"))


def test_a_table_without_columns_to_fill_has_plain_triggers() -> None:
    assert len(append_only_ddl("kept", "sqlite")) == 2
    assert append_only_ddl("kept", "postgresql")[1].endswith("refuse_change()")
