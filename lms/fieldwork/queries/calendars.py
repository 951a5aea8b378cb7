"""Reads of calendar feeds."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.fieldwork.models import CalendarFeed


@dataclass(frozen=True)
class FeedRow:
    """A calendar's address that works: whose it is."""

    public_id: str
    person_id: int
    account_id: int


def find_feed(session: Session, public_id: str) -> FeedRow | None:
    """Return the calendar of that public id; None when there is none or it was withdrawn. One query."""
    return _find(session, CalendarFeed.public_id == public_id)


def find_own_feed(session: Session, person_id: int) -> FeedRow | None:
    """Return a person's calendar that works now, or None. One query."""
    return _find(session, CalendarFeed.person_id == person_id)


def _find(session: Session, criterion: ColumnElement[bool]) -> FeedRow | None:
    row = session.execute(
        select(CalendarFeed.public_id, CalendarFeed.person_id, CalendarFeed.account_id).where(
            criterion,
            CalendarFeed.withdrawn_at.is_(None),
        )
    ).one_or_none()
    return FeedRow(*row) if row else None
