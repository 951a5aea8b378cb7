"""What answers earned by the key that was shown, before any correction."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.items import Grade
from lms.assessments.models import RegradeChange


def first_grades(session: Session, attempt_ids: Collection[int]) -> dict[int, dict[str, Grade]]:
    """Return {attempt id: {question: what its answer earned at first}} of answers that were corrected. One query."""
    rows = (
        select(RegradeChange.attempt_id, RegradeChange.answers_before)
        .where(RegradeChange.attempt_id.in_(attempt_ids))
        .order_by(RegradeChange.id.desc())  # as they were done, the first one last: what stood before it counts
    )
    found: dict[int, dict[str, Grade]] = {}
    for attempt_id, before in session.execute(rows):
        had = {key: Grade(each[0], correct=bool(each[1])) for key, each in before.items() if each}
        found.setdefault(attempt_id, {}).update(had)
    return found
