"""Reads of fieldwork. `credited_minutes` and `signed_off` are what other features count."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from lms.fieldwork.queries.hours import count_waiting, list_countersigned
from lms.fieldwork.queries.sign_offs import list_passed
from lms.fieldwork.rules import CreditedMinutes, SignedOff, cap_days

__all__ = ["count_waiting", "credited_minutes", "signed_off"]


def credited_minutes(session: Session, person_ids: Collection[int] | None) -> list[CreditedMinutes]:
    """Return the minutes that count of these persons (None: of everybody), by person and date.

    At most 16 hours count for one date, all kinds together. One query.
    """
    return cap_days(list_countersigned(session, person_ids))


def signed_off(session: Session, person_ids: Collection[int] | None) -> list[SignedOff]:
    """Return the passed observations of these persons (None: of everybody), by person and date. One query."""
    return list_passed(session, person_ids)
