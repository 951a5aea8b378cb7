"""What competencies does when a lower feature announces a fact."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.competencies import service
from lms.content.library import current
from lms.courses.events import ModuleCompleted, module_completed


def connect() -> None:
    """Connect every handler of this feature to its signal."""
    module_completed.connect(on_module_completed)


def on_module_completed(fact: ModuleCompleted, *, session: Session) -> None:
    """Credit the completed modules towards their competencies."""
    service.credit_modules(session, current(session), fact.subjects)
