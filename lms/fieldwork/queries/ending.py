"""Which sign-offs end on which date, of all people at once or of one: what reminders are planned from."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, cast, exists, func, not_, null, select
from sqlalchemy.orm import Session

from lms.fieldwork.models import Observation, ObservationEvent

#: A sign-off that ends so soon is to be done again.
SOON = timedelta(days=30)


def is_withdrawn() -> ColumnElement[bool]:
    """Return the criterion of the observations that were withdrawn."""
    return exists().where(ObservationEvent.observation_id == Observation.id, ObservationEvent.kind == "withdrawn")


def select_ending() -> Select[*tuple[Any, ...]]:
    """Return a select of person_id, subject (the checklist's key), falls_on (the last day), and since (NULL).

    They are sign-offs of everybody that end, each by the latest observation: a later one takes its place, and one
    without an end, or a withdrawn one, leaves none.
    """
    ends = func.max(Observation.valid_until)
    return (
        select(
            Observation.person_id.label("person_id"),
            Observation.checklist_key.label("subject"),
            ends.label("falls_on"),
            cast(null(), Date).label("since"),
        )
        .where(Observation.passed, not_(is_withdrawn()))
        .group_by(Observation.person_id, Observation.checklist_key)
        .having(func.count() == func.count(Observation.valid_until))
    )


def list_ending(session: Session, person_id: int) -> list[tuple[str, date]]:
    """Return the sign-offs of a person that end: checklist's key and last day. One query."""
    rows = session.execute(select_ending().where(Observation.person_id == person_id))
    return [(row.subject, row.falls_on) for row in rows]
