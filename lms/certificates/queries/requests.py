"""What waits for a person: revocations for a second one, names for a certifier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.certificates.models import Award, NameRequest, RevocationRequest
from lms.certificates.policy import visible_awards
from lms.certificates.queries.facts import PEOPLE


@dataclass(frozen=True)
class RevocationLine:
    """A revocation that waits for a second person."""

    public_id: str
    award_id: int
    award_public_id: str
    person_id: int
    holder: str
    track_key: str
    reason_code: str
    note: str
    requested_by: int
    requested_at: datetime


@dataclass(frozen=True)
class NameLine:
    """A holder's wish for another spelling, which waits for a certifier."""

    public_id: str
    award_id: int
    award_public_id: str
    person_id: int
    holder: str
    track_key: str
    name: str
    note: str
    requested_at: datetime


def _revocations() -> Select[Any]:
    own = RevocationRequest
    return _open(own, own.reason_code, own.note, own.requested_by, own.requested_at)


def _names() -> Select[Any]:
    return _open(NameRequest, NameRequest.name, NameRequest.note, NameRequest.requested_at)


def _open(request: type[NameRequest | RevocationRequest], *columns: Any) -> Select[Any]:
    """Return the select of the requests of a kind that wait, the oldest first: what every line has, then `columns`."""
    line = (request.public_id, Award.id, Award.public_id, Award.person_id, PEOPLE.c.name, Award.track_key)
    return (
        select(*line, *columns)
        .join(Award, Award.id == request.award_id)
        .join(PEOPLE, PEOPLE.c.id == Award.person_id)
        .where(request.settled_at.is_(None))
        .order_by(request.id)
    )


def list_open_requests(session: Session, actor: Actor) -> tuple[list[RevocationLine], list[NameLine]]:
    """Return the oldest 50 of each kind that wait and that the actor may see. Two queries."""
    revocations = session.execute(_revocations().where(visible_awards(actor)).limit(50))
    names = session.execute(_names().where(visible_awards(actor)).limit(50))
    return [RevocationLine(*row) for row in revocations], [NameLine(*row) for row in names]


def find_open_revocation(session: Session, award_id: int) -> RevocationLine | None:
    """Return the revocation of this award that waits for a second person, or None."""
    row = session.execute(_revocations().where(Award.id == award_id)).one_or_none()
    return RevocationLine(*row) if row else None


def find_open_name_request(session: Session, award_id: int) -> NameLine | None:
    """Return the wish for another spelling that waits, or None."""
    row = session.execute(_names().where(Award.id == award_id)).one_or_none()
    return NameLine(*row) if row else None
