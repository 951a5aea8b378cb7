"""What `lms doctor` and the nightly recompute look for: entries that do not stand as their newest event says."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.content.library import Library
from lms.differences import Difference
from lms.fieldwork.models import HoursEntry, HoursEvent
from lms.fieldwork.rules.hours import state_after
from lms.people.service import lock


def recompute_hours(
    session: Session,
    library: Library,  # noqa: ARG001 -- as every feature's
    *,
    at: datetime,
    person_ids: Collection[int] | None,
) -> list[Difference]:
    """Let every entry of these people (None: of everybody) stand as its newest event says, and return what did not."""
    entries = select(HoursEntry.id, HoursEntry.person_id)
    if person_ids is not None:
        entries = entries.where(HoursEntry.person_id.in_(person_ids))
    found = entries.subquery()
    lock(session, session.scalars(select(found.c.person_id).distinct()))
    newest = select(func.max(HoursEvent.id)).join(found, found.c.id == HoursEvent.entry_id)
    rows = session.execute(
        select(
            HoursEntry.id, HoursEntry.public_id, HoursEntry.state, HoursEntry.state_at, HoursEvent.kind, HoursEvent.at
        )
        .join(HoursEvent, HoursEvent.entry_id == HoursEntry.id)
        .where(HoursEvent.id.in_(newest.group_by(HoursEvent.entry_id)))
        .order_by(HoursEntry.id)
    ).all()
    wrong = [row for row in rows if (row.state, row.state_at) != (state_after(row.kind), row.at)]
    for row in wrong:
        stands = {"state": state_after(row.kind), "state_at": row.at}
        session.execute(update(HoursEntry).where(HoursEntry.id == row.id).values(stands))
        record(session, None, "fieldwork.hours_mended", "hours_entry", row.public_id, at=at, was=row.state)
    return [Difference(f"entry {row.id} stood as {row.state}, and its newest event is {row.kind}") for row in wrong]
