"""Who was given a certificate in a span of days, whom the follow-ups after it ask; and under which name."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from lms.certificates.models import Award, Edition, StatusEvent
from lms.clock import first_instant, local_date, zone


def list_awarded(session: Session, track_key: str, first: date, last: date) -> list[tuple[int, int, date]]:
    """Return (person id, cycle, local date) of each certificate of a track that was released from `first` to `last`.

    The first release counts; a certificate that was revoked since asks nobody. One query.
    """
    revoked, released = aliased(StatusEvent), func.min(StatusEvent.at)
    query = (
        select(Award.person_id, Award.cycle, released)
        .join(StatusEvent, (StatusEvent.award_id == Award.id) & (StatusEvent.kind == "issued"))
        .where(Award.track_key == track_key)
        .where(~exists().where(revoked.award_id == Award.id, revoked.kind == "revoked"))
        .group_by(Award.id, Award.person_id, Award.cycle)
        .having(released.between(_begin(first), _begin(last + timedelta(days=1)) - timedelta(microseconds=1)))
        .order_by(Award.id)
    )
    return [(row[0], row[1], local_date(row[2])) for row in session.execute(query)]


def find_certified_name(session: Session, person_id: int) -> str | None:
    """Return the name on the newest released certificate of a person that is not revoked; None without. One query."""
    revoked = aliased(StatusEvent)
    statement = (
        select(Edition.payload)
        .join(Award, Award.id == Edition.award_id)
        .join(StatusEvent, (StatusEvent.edition_id == Edition.id) & (StatusEvent.kind == "issued"))
        .where(Award.person_id == person_id)
        .where(~exists().where(revoked.award_id == Award.id, revoked.kind == "revoked"))
        .order_by(StatusEvent.id.desc())
        .limit(1)
    )
    payload = session.scalar(statement)
    return None if payload is None else str(json.loads(payload)["name"])


def _begin(day: date) -> datetime:
    """Return the first instant of a local date, in UTC."""
    return first_instant(datetime.combine(day, time.min), zone())
