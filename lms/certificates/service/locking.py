"""Awards and what was asked about them, as they stand once their holder is locked."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.certificates import queries
from lms.certificates.models import Application, Award, NameRequest, RevocationRequest
from lms.certificates.queries import Known
from lms.errors import NotFound
from lms.people.service import lock

Request = TypeVar("Request", NameRequest, RevocationRequest)


def lock_award(session: Session, award_public_id: str) -> Known:
    """Return an award as it stands once its holder is locked; raise `NotFound`."""
    person_id = session.scalar(select(Award.person_id).where(Award.public_id == award_public_id))
    if person_id is None:
        raise NotFound
    lock(session, [person_id])
    return queries.get_known(session, award_public_id)


def lock_own(session: Session, actor: Actor, award_public_id: str) -> Known:
    """Return an award of the actor herself as `lock_award` does; raise `NotFound`, for another's too."""
    known = lock_award(session, award_public_id)
    if known.person_id != actor.person_id:
        raise NotFound
    return known


def lock_request(session: Session, kind: type[Request], request_public_id: str) -> tuple[Request, Known]:
    """Return a request and its award as they stand once the holder is locked; raise `NotFound`."""
    statement = select(kind, Award.public_id).join(Award, Award.id == kind.award_id)
    found = session.execute(statement.where(kind.public_id == request_public_id)).one_or_none()
    if found is None:
        raise NotFound
    request, award_public_id = found
    known = lock_award(session, award_public_id)
    session.refresh(request, with_for_update=True)
    return request, known


def lock_applications(session: Session, criterion: ColumnElement[bool]) -> list[Application]:
    """Return the applications of `criterion`, as they stand once their people are locked."""
    lock(session, session.scalars(select(Application.person_id).where(criterion)).all())
    statement = select(Application).where(criterion).order_by(Application.id)
    return list(session.scalars(statement.execution_options(populate_existing=True).with_for_update()))
