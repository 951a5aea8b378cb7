"""Whether there is room for a further attempt."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.queries import AttemptRow
from lms.errors import RuleBroken


def require_place(
    session: Session, person_id: int, module_key: str, round_number: int, latest: AttemptRow | None
) -> None:
    """Raise `RuleBroken` unless a person may have a further attempt after her `latest`. One query at most.

    "already_passed"; "attempt_waits" while an assessor looks at it; "entry_waits" while a second person compares
    what a supervisor entered with its sheet.
    """
    if latest is not None and latest.passed:
        raise RuleBroken("already_passed")
    if latest is not None and latest.is_waiting:
        raise RuleBroken("attempt_waits")
    if queries.find_waiting_entry(session, person_id, module_key, round_number) is not None:
        raise RuleBroken("entry_waits")
