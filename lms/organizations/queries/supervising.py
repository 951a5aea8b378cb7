"""Who supervises anybody's staff, of all people at once; and for whom a reader stands in."""

from __future__ import annotations

from datetime import date
from functools import cache

from sqlalchemy import Exists, Select, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from lms.organizations.models import Employment, Supervision
from lms.organizations.queries.ties import open_on


def list_supervising(session: Session, today: date, organization_id: int | None = None) -> list[int]:
    """Return who answers for the staff of an organization (None: of any) on the local date `today`. One query."""
    is_open = or_(Supervision.ended_on.is_(None), Supervision.ended_on >= today)
    found = (
        select(Employment.person_id)
        .join(Supervision, Supervision.employment_id == Employment.id)
        .where(Supervision.started_on <= today, is_open, open_on(today))
        .distinct()
        .order_by(Employment.person_id)
    )
    if organization_id is not None:
        found = found.where(Supervision.organization_id == organization_id)
    return list(session.scalars(found))


def lets_stand_in(
    person_id: InstrumentedAttribute[int], organization_id: InstrumentedAttribute[int], reader_id: int, day: date
) -> Exists:
    """Return the criterion of rows whose person lets the reader stand in for her at the row's organization on a day.

    What is hers is for others to judge: she has chosen the reader herself.
    """
    giver, given, *_ = _chain()
    return exists(
        _standing_in(reader_id, day).where(giver.person_id == person_id, given.organization_id == organization_id)
    )


def stands_in_at(session: Session, reader_id: int, person_id: int, day: date) -> frozenset[int]:
    """Return the organizations at which a person lets the reader stand in for her on a local date. One query."""
    return frozenset(session.scalars(_standing_in(reader_id, day).where(_chain()[0].person_id == person_id)))


@cache
def _chain() -> tuple[type[Employment], type[Supervision], type[Supervision], type[Employment]]:
    """Return who lets stand in, what was given, from what, and who stands in: asked on every page, and slow to name."""
    return aliased(Employment), aliased(Supervision), aliased(Supervision), aliased(Employment)


def _standing_in(reader_id: int, day: date) -> Select[int]:
    """Return a select of the organizations where the reader stands in on a day for the first of the chain."""
    giver, given, source, own = _chain()
    return (
        select(given.organization_id)
        .join(own, own.id == given.employment_id)
        .join(source, source.id == given.delegated_from_id)
        .join(giver, giver.id == source.employment_id)
        .where(
            own.person_id == reader_id,
            given.started_on <= day,
            or_(given.ended_on.is_(None), given.ended_on >= day),
        )
    )
