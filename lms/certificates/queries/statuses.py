"""Which places of a status list are set: editions that were revoked or replaced."""

from __future__ import annotations

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from lms.certificates.models import Edition, StatusEntry, StatusEvent, StatusList


def list_numbers(session: Session) -> list[int]:
    """Return the numbers of all status lists in order."""
    return list(session.scalars(select(StatusList.number).order_by(StatusList.number)))


def list_withdrawn(session: Session, number: int) -> list[int]:
    """Return the places in a list of editions that do not count any more, in order. One query.

    An edition is withdrawn when it was replaced itself, or when its award was revoked after it was reserved.
    """
    ended, counted = aliased(StatusEvent), aliased(Edition)
    statement = (
        select(StatusEntry.position)
        .distinct()
        .join(Edition, Edition.id == StatusEntry.edition_id)
        .join(ended, ended.award_id == Edition.award_id)
        .join(counted, counted.id == ended.edition_id)
        .where(
            StatusEntry.list_number == number,
            or_(
                and_(ended.kind == "replaced", ended.edition_id == Edition.id),
                and_(ended.kind == "revoked", Edition.number <= counted.number),
            ),
        )
        .order_by(StatusEntry.position)
    )
    return list(session.scalars(statement))
