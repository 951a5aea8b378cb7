"""Recording a table of earlier records: each part is judged anew behind its locks, and is whole or not there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.organizations.rules import TableRow
from lms.people.queries import find_identity, find_session_id
from lms.people.service import lock
from lms.training import policy, queries
from lms.training.models import TrainingImportRow
from lms.training.queries import ImportHead, ImportLine
from lms.training.rules.tables import fault
from lms.training.service.importing import Brought, people_of, plan_of, write_entries
from lms.training.service.staging import held_table, judged_rows, outcome_of, read_table, set_table

#: Rows of a part: some tenths of a second, so that nobody who writes waits long.
PART = 250


def apply_part(session: Session, public_id: str, *, most: int = PART, at: datetime) -> int:
    """Record the next rows of a table that was begun, and return how many are left; 0 too for one that was not.

    Each row is judged anew: what cannot be any more is refused with its reason. Who brought the table must still be
    allowed to.
    """
    found = held_table(session, public_id)
    if found.state != "applying":
        return 0
    lines = queries.list_lines(session, found.id, is_waiting=True, limit=most)
    created = _record_lines(session, found, lines, at) if lines else 0
    left = queries.count_lines(session, found.id)["waiting"]
    total = found.created + created
    set_table(session, found, created=total, **({} if left else {"state": "done", "applied_at": at}))
    if not left:
        counts = {"created": total, "recognized": 0}
        record(session, found.brought_by, "training.imported", "training_import", public_id, at=at, **counts)
    return left


def _record_lines(session: Session, found: ImportHead, lines: Sequence[ImportLine], at: datetime) -> int:
    """Judge rows behind the locks of whom they name, write what comes of them, and return how many entries are new."""
    rows = [TableRow(each.number, each.cells) for each in lines]
    brought = read_table(session, found.name, rows, at)
    if not _may_record(session, found.brought_by):
        brought = Brought(found.name, (), [fault(each.number, "role_lost") for each in rows])
    people, problems = people_of(session, brought)
    lock(session, people.values())
    plan = plan_of(session, brought, people)
    if plan.entries:
        write_entries(session, plan.entries, found, None, found.brought_by, at)
    judged = judged_rows(rows, people, plan, [*brought.problems, *problems])
    done = [{"id": line.id, "applied_at": at, **outcome_of(each)} for line, each in zip(lines, judged, strict=True)]
    session.execute(update(TrainingImportRow), done)
    return len(plan.entries)


def _may_record(session: Session, account_id: int | None) -> bool:
    """Return whether who brought a table may record one as she stands now."""
    session_id = find_session_id(session, account_id or 0)
    identity = find_identity(session, session_id) if session_id else None
    return identity is not None and not identity.roles.isdisjoint(policy.CONSORTIUM)
