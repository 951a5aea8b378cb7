"""Who supervises anybody's staff, of all people at once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

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
