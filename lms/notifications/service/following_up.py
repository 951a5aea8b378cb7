"""Whom follow-ups ask: after a track as its file says, and after its certificate. The letter is a reminder.

Each is asked once (`surveys.service.invite`); a day on which the job did not run is made up for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from sqlalchemy.orm import Session

from lms.certificates.queries.awarded import list_awarded
from lms.content.library import Library
from lms.surveys.queries import after_certificate, after_track
from lms.surveys.service import Asking, invite
from lms.tracks.events import TrackDone
from lms.tracks.queries.completed import list_completed
from lms.tracks.specs import TrackSpec

#: Follow-ups are made up for so many days; what fell due earlier is asked no more, such as in loaded history.
LATE_DAYS = 14
#: Returns (person id, cycle, local date) of an event from a first to a last day.
_Find = Callable[[Session, str, date, date], list[tuple[int, int, date]]]
_EVENTS: dict[str, tuple[_Find, Callable[[str], str]]] = {
    "completion": (list_completed, after_track),
    "certification": (list_awarded, after_certificate),
}


def plan_follow_ups(session: Session, library: Library, *, today: date) -> int:
    """Ask everybody whose follow-ups fall due on the local date `today`; return how many are newly asked.

    Three queries for each follow-up that a track has, however many people there are.
    """
    count = 0
    for track in _tracks(library):
        for survey_key, days, after in _occasions(track):
            find, subject = _EVENTS[after]
            last = today - timedelta(days=days)
            found = find(session, track.key, last - timedelta(days=LATE_DAYS), last)
            due = timedelta(days=days)
            count += invite(session, survey_key, [(who, subject(track.key), n, day + due) for who, n, day in found])
    return count


def ask_at_the_end(session: Session, library: Library, completed: Iterable[TrackDone]) -> int:
    """Ask those who have just completed a track the survey at its end; return how many are newly asked."""
    surveys = {track.key: track.survey for track in _tracks(library) if track.survey}
    askings: dict[str, list[Asking]] = {}
    for each in completed:
        if each.track_key in surveys:
            asking = (each.person_id, after_track(each.track_key), each.cycle, each.completed_on)
            askings.setdefault(surveys[each.track_key], []).append(asking)
    return sum(invite(session, survey_key, each) for survey_key, each in askings.items())


def _tracks(library: Library) -> Iterator[TrackSpec]:
    return (library.spec(TrackSpec, "track", key) for key in library.keys("track"))


def _occasions(track: TrackSpec) -> Iterator[tuple[str, int, str]]:
    """Yield survey, days and event of all that a track asks, in order."""
    if track.survey:
        yield track.survey, 0, "completion"
    yield from ((each.survey, each.days, each.after) for each in track.follow_ups)
