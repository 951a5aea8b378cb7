"""What `lms doctor` and the nightly recompute look for: states, and completions that are missing or have no basis."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.content.library import Library
from lms.db import among, chunks
from lms.differences import Difference
from lms.people.service import lock
from lms.tracks import queries, rules
from lms.tracks.models import Enrolment, TrackCompletion
from lms.tracks.service.enrolling import list_met, record_met

_SAME = (
    (TrackCompletion.person_id == Enrolment.person_id)
    & (TrackCompletion.track_key == Enrolment.track_key)
    & (TrackCompletion.cycle == Enrolment.cycle)
)


def recompute(
    session: Session, library: Library, *, at: datetime, person_ids: Collection[int] | None = None
) -> list[Difference]:
    """Mend what was missed of these persons (None: of everybody), and return the differences.

    Only those for whom something is mended are held. A completion that does not follow from its credits is returned
    and left: a person has to look at it.
    """
    states = _mend_states(session, person_ids)
    missing = _complete_missing(session, library, person_ids, at)
    left = _baseless(session, library, person_ids)
    return [*map(Difference, [*states, *missing]), *(Difference(line, mendable=False) for line in left)]


def _mend_states(session: Session, person_ids: Collection[int] | None) -> list[str]:
    """Make the state of every enrolment agree with its completion, and return one line for each that did not."""
    lines, is_done = list[str](), exists().where(_SAME)
    for wrong, right, criterion in (("active", "completed", is_done), ("completed", "active", ~is_done)):
        states = select(Enrolment.person_id, Enrolment.track_key, Enrolment.cycle, Enrolment.id)
        states = states.where(Enrolment.state == wrong, criterion).order_by(Enrolment.id)
        if person_ids is not None:
            states = states.where(among(session, Enrolment.person_id, person_ids))
        rows = session.execute(states).all()
        lock(session, [row.person_id for row in rows])
        for chunk in chunks(rows, 500):
            these = Enrolment.id.in_([row.id for row in chunk]) & (Enrolment.state == wrong)
            session.execute(update(Enrolment).where(these).values(state=right))
        lines += [f"{_told(row)} was {wrong} and is {right}" for row in rows]
    return lines


def _complete_missing(
    session: Session, library: Library, person_ids: Collection[int] | None, at: datetime
) -> list[str]:
    """Record the completions that were missed, each judged again once its person is held, and tell of each.

    What one completes another may have waited for, so that it is looked again until nothing is missed.
    """
    lines, today = list[str](), local_date(at)
    while due := {each.person_id for each, _ in list_met(_active(session, library, person_ids, today))}:
        lock(session, due)
        met = list_met(_active(session, library, due, today))
        record_met(session, met, at)
        lines += [f"{_told(each)} was complete on {how.completed_on} and not recorded" for each, how in met]
    return lines


def _active(session: Session, library: Library, person_ids: Collection[int] | None, today: date) -> queries.Standing:
    return queries.standing_of(session, library, person_ids, today=today, only_active=True)


def _baseless(session: Session, library: Library, person_ids: Collection[int] | None) -> list[str]:
    """Tell of each completion without enrolment, or that counts what never was credited or not all that is asked.

    What was taken back after it had counted is no fault: granted stays granted.
    """
    standing = queries.standing_of(session, library, person_ids, ever=True)
    enrolled = queries.list_enrolled(session, person_ids)
    return [
        f"{_told(done)} {fault}"
        for key, done in standing.completions.items()
        for fault in rules.completion_faults(
            standing.tracks[done.revision_id],
            standing.record(done.person_id),
            standing.scope_of(done),
            done.counted,
            is_enrolled=key in enrolled,
        )
    ]


def _told(row: Any) -> str:
    return f"track {row.track_key} of person {row.person_id}, cycle {row.cycle},"
