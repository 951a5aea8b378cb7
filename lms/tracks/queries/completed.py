"""Who completed a track in a span of days: whom its follow-ups ask."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.tracks.models import TrackCompletion


def list_completed(session: Session, track_key: str, first: date, last: date) -> list[tuple[int, int, date]]:
    """Return (person id, cycle, local date) of each completion of a track from `first` to `last`. One query."""
    columns = (TrackCompletion.person_id, TrackCompletion.cycle, TrackCompletion.completed_on)
    wanted = (TrackCompletion.track_key == track_key, TrackCompletion.completed_on.between(first, last))
    rows = session.execute(select(*columns).where(*wanted).order_by(TrackCompletion.id))
    return [(row[0], row[1], row[2]) for row in rows]
