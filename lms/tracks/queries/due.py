"""Who is asked for which track by which date, of all people at once: what reminders are planned from."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, String, cast, exists, func, select

from lms.organizations.queries import works_there
from lms.tracks.models import Assignment, TrackCompletion


def select_due(today: date) -> Select[tuple[int, str, date, date]]:
    """Return a select of person_id, subject ("core:1": track and cycle), falls_on and since (the day she was asked).

    They are the tracks with a date that people are asked for by those they work for on `today`, and have not
    completed. Two organizations may ask for the same one: the earliest date counts, so that nobody is reminded twice.
    """
    is_done = exists().where(
        TrackCompletion.person_id == Assignment.person_id,
        TrackCompletion.track_key == Assignment.track_key,
        TrackCompletion.cycle == Assignment.cycle,
    )
    same = (Assignment.person_id, Assignment.track_key, Assignment.cycle)
    ranked = (
        select(
            Assignment.person_id,
            (Assignment.track_key + ":" + cast(Assignment.cycle, String)).label("subject"),
            Assignment.due_on.label("falls_on"),
            Assignment.assigned_on.label("since"),
            func.row_number().over(partition_by=same, order_by=(Assignment.due_on, Assignment.id)).label("place"),
        )
        .where(
            Assignment.undone_at.is_(None),
            Assignment.due_on.is_not(None),
            works_there(Assignment.person_id, Assignment.organization_id, today),
            ~is_done,
        )
        .subquery()
    )
    first = ranked.c.place == 1
    return select(ranked.c.person_id, ranked.c.subject, ranked.c.falls_on, ranked.c.since).where(first)
