"""Closing attempts whose time is up and whose readers did not come back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessments import queries, rules
from lms.assessments.service.closing import close_by_time
from lms.people.service import lock


def close_overdue(session: Session, person_ids: Collection[int], *, at: datetime) -> int:
    """Close by time the overdue attempts of these persons, and return how many.

    They are looked for again behind the lock: an attempt that its reader handed in meanwhile is left as it is.
    """
    lock(session, person_ids, also_joined=True)
    overdue = queries.list_open(session, person_ids, overdue_before=rules.overdue_before(at))
    return len(close_by_time(session, overdue, at=at))
