"""What tracks does when a lower feature announces a fact."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.content.library import current
from lms.courses.events import ModuleCompleted, module_completed
from lms.tracks import service


def connect() -> None:
    """Connect every handler of this feature to its signal."""
    module_completed.connect(on_module_completed)


def on_module_completed(fact: ModuleCompleted, *, session: Session) -> None:
    """Complete the tracks whose last open item was one of these modules."""
    person_ids = {credit.person_id for credit in fact.subjects}
    service.refresh(session, current(session), person_ids, at=max(each.completed_at for each in fact.subjects))
