"""What certificates does when a lower feature announces a fact."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.certificates import service
from lms.tracks.events import TrackCompleted, track_completed


def connect() -> None:
    """Connect every handler of this feature to its signal."""
    track_completed.connect(on_track_completed)


def on_track_completed(fact: TrackCompleted, *, session: Session) -> None:
    """Open an application for each completed track that leads to a certificate."""
    service.open_applications(session, fact.subjects)
