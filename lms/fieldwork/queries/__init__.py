"""Reads of fieldwork. `credited_minutes` and `signed_off` are what other features count, `ever_` what they did once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, union_all
from sqlalchemy.orm import Session

from lms.clock import zone
from lms.fieldwork.queries.attendance import attended, came_since
from lms.fieldwork.queries.hours import count_waiting, countersigned, entered_since
from lms.fieldwork.queries.sessions import Upcoming, sessions_on, upcoming_of
from lms.fieldwork.queries.sign_offs import list_passed, observed_since
from lms.fieldwork.rules import CreditedMinutes, SignedOff, Spent, Visit, count_once
from lms.fieldwork.rules.attendance import unpacked
from lms.statements import of_some

__all__ = [
    "Upcoming",
    "count_waiting",
    "credited_minutes",
    "ever_credited",
    "ever_signed_off",
    "observed_since",
    "practised_since",
    "sessions_on",
    "signed_off",
    "upcoming_of",
]


def credited_minutes(
    session: Session, person_ids: Collection[int] | None, besides: Collection[Spent] = ()
) -> list[CreditedMinutes]:
    """Return the minutes that count of these persons (None: of everybody), by person and date.

    Countersigned hours and attendance at sessions, and what is about to count `besides`. What overlaps counts once,
    where times are known, and at most 16 hours count for one date, all kinds together. One query.
    """
    return count_once([*_spent(session, person_ids), *besides], zone())


def signed_off(session: Session, person_ids: Collection[int] | None) -> list[SignedOff]:
    """Return the passed observations of these persons (None: of everybody), by person and date. One query."""
    return list_passed(session, person_ids)


def practised_since(session: Session, since: Mapping[int, datetime]) -> set[tuple[int, str, tuple[str, ...]]]:
    """Return (person id, kind of hours, competencies) of what was recorded of these persons since their instants.

    Hours that were entered, whether or not they are countersigned yet, and sessions that somebody came to, whether or
    not they are closed yet. One query, or none without people.
    """
    if not since:
        return set()
    rows = session.execute(union_all(entered_since(session, since), came_since(session, since)))
    return {(row.person_id, row.kind, tuple(row.competencies)) for row in rows if row.at >= since[row.person_id]}


def ever_credited(session: Session, person_ids: Collection[int] | None) -> list[CreditedMinutes]:
    """Return what `credited_minutes` returns or has ever returned, before overlaps and days are cut. One query.

    What was granted by minutes that were taken back since has its basis in these.
    """
    return [each.fact for each in _spent(session, person_ids, ever=True)]


def ever_signed_off(session: Session, person_ids: Collection[int] | None) -> list[SignedOff]:
    """Return what `signed_off` returns or has ever returned. One query."""
    return list_passed(session, person_ids, ever=True)


def _spent(session: Session, person_ids: Collection[int] | None, *, ever: bool = False) -> list[Spent]:
    """Return hours and attendance, by person and date, with when they were. One query."""
    rows = session.execute(*of_some(session, _select_spent, person_ids, ever))
    return [
        Spent(
            CreditedMinutes(
                row.person_id, row.kind, tuple(row.competencies), row.minutes, row.done_on, row.credited_at
            ),
            None if row.begins is None else (row.begins, row.ends),
            Visit(unpacked(row.stays), row.starts_at, row.ends_at) if row.stays else None,
        )
        for row in rows
    ]


def _select_spent(session: Session, person_ids: Any, ever: bool) -> CompoundSelect[Any]:
    """Return the statement of `_spent`."""
    both = union_all(countersigned(session, person_ids, ever=ever), attended(session, person_ids, ever=ever))
    return both.order_by("person_id", "done_on", "kind", "id")
