"""What tracks does when a lower feature announces a fact."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.content.library import current
from lms.courses.events import ModuleCompleted, module_completed
from lms.fieldwork.events import FieldworkCredited, fieldwork_credited
from lms.tracks import service
from lms.training.events import TrainingRecognized, training_recognized


def connect() -> None:
    """Connect every handler of this feature to its signal."""
    module_completed.connect(on_module_completed)
    fieldwork_credited.connect(on_fieldwork_credited)
    training_recognized.connect(on_training_recognized)


def on_module_completed(fact: ModuleCompleted, *, session: Session) -> None:
    """Complete the tracks whose last open item was one of these modules."""
    person_ids = {credit.person_id for credit in fact.subjects}
    service.refresh(session, current(session), person_ids, at=max(each.completed_at for each in fact.subjects))


def on_fieldwork_credited(fact: FieldworkCredited, *, session: Session) -> None:
    """Complete the tracks that waited for these hours or sign-offs."""
    service.refresh(session, current(session), fact.person_ids, at=fact.at)


def on_training_recognized(fact: TrainingRecognized, *, session: Session) -> None:
    """Complete the tracks that waited for this training from elsewhere."""
    service.refresh(session, current(session), fact.person_ids, at=fact.at)
