"""Which places of a status list are set: editions that were revoked or replaced."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select, union
from sqlalchemy.orm import Session, aliased

from lms.certificates.models import Edition, StatusEntry, StatusEvent, StatusList


def list_numbers(session: Session) -> list[int]:
    """Return the numbers of all status lists in order."""
    return list(session.scalars(select(StatusList.number).order_by(StatusList.number)))


def list_withdrawn(session: Session, number: int) -> list[int]:
    """Return the places in a list of editions that do not count any more, in order. One query.

    An edition is withdrawn when it was replaced itself, or when its award was revoked after it was reserved. Each half
    begins with the few events that say so, and not with the editions, which are many.
    """
    ended, counted = aliased(StatusEvent), aliased(Edition)
    replaced = select(ended.edition_id).where(ended.kind == "replaced")
    revoked = (
        select(Edition.id)
        .join(ended, ended.award_id == Edition.award_id)
        .join(counted, counted.id == ended.edition_id)
        .where(ended.kind == "revoked", Edition.number <= counted.number)
    )
    statement = select(StatusEntry.position).where(
        StatusEntry.edition_id.in_(union(replaced, revoked)),
        StatusEntry.list_number + 0 == number,  # no index: a list has a hundred thousand places
    )
    return sorted(session.scalars(statement))


def is_withdrawn() -> ColumnElement[bool]:
    """Return whether the edition of an outer row does not count any more, as `list_withdrawn` has it."""
    ended, counted = aliased(StatusEvent), aliased(Edition)
    events = select(ended.id).join(counted, counted.id == ended.edition_id)
    ends = or_(
        and_(ended.kind == "replaced", ended.edition_id == Edition.id),
        and_(ended.kind == "revoked", Edition.number <= counted.number),
    )
    return events.where(ended.award_id == Edition.award_id, ends).correlate(Edition).exists()
