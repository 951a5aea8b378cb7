"""When a certificate is to be renewed, and whether it was: by the rules of its track as they are taught now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from lms.certificates.rules.lives import Phase, phase_of
from lms.content.library import current
from lms.tracks import queries as tracks
from lms.tracks.rules import Renewal, renewal_of
from lms.tracks.specs import TrackSpec


@dataclass(frozen=True)
class Renewing:
    """What the holder can do about the end of a certificate today, and the days that it goes by."""

    phase: Phase
    renewal: Renewal | None


def renewing_of(session: Session, person_id: int, track_key: str, cycle: int, *, today: date) -> Renewing:
    """Return how the renewal of one round of a track stands on the local date `today`. One query, and the content."""
    library = current(session)
    done = {row.cycle: row.completed_on for row in tracks.list_completions(session, {person_id}, {track_key})}
    if library.find("track", track_key) is None:
        return Renewing("endless", None)
    track = library.spec(TrackSpec, "track", track_key)
    renewal = renewal_of(track, [done[each] for each in sorted(done) if each <= cycle])
    return Renewing(phase_of(renewal, today, is_renewed=max(done, default=cycle) > cycle), renewal)
