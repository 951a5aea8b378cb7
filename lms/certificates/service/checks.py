"""Counting checks by strangers, and putting old counts together. Nothing here knows who checked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, extract, select, update
from sqlalchemy.orm import Session

from lms.certificates.models import VerificationCheck
from lms.certificates.rules.checks import Check, first_of_year, kept_by_day
from lms.db import insert_once, take_turns

#: So many old counts are put together in one transaction.
FOLDED_AT_ONCE = 500


def count_checks(session: Session, checks: Mapping[Check, int], way: str, *, day: date) -> None:
    """Add checks made in one way on a local day to their counts. Two statements for one check that has its count."""
    if len(checks) > 1:
        take_turns(session, f"checks by {way}")  # lists that name the same certificates in other orders
    left = dict(checks)
    while left:  # a count that another transaction makes meanwhile is found the second time
        for check in _added(session, left, way, day):
            del left[check]
        for check in _begun(session, left, way, day):
            del left[check]


def _added(session: Session, checks: Mapping[Check, int], way: str, day: date) -> list[Check]:
    """Add to the counts that are there, and return whose they are."""
    alike: dict[tuple[str, int], list[int | None]] = defaultdict(list)
    for check, number in checks.items():
        alike[check.outcome, number].append(check.award_id)
    found: list[Check] = []
    for (outcome, number), award_ids in alike.items():
        statement = (
            update(VerificationCheck)
            .where(VerificationCheck.day == day, VerificationCheck.way == way, VerificationCheck.outcome == outcome)
            .where(_of(award_ids))
            .values(number=VerificationCheck.number + number)
            .returning(VerificationCheck.award_id)
        )
        found += [Check(award_id, outcome) for award_id in session.scalars(statement)]
    return found


def _of(award_ids: Collection[int | None]) -> ColumnElement[bool]:
    """Return the criterion of the counts of these awards; None stands for no award."""
    ids = [each for each in award_ids if each is not None]
    if None not in award_ids:
        return VerificationCheck.award_id.in_(ids)
    none = VerificationCheck.award_id.is_(None)
    return none | VerificationCheck.award_id.in_(ids) if ids else none


def _begun(session: Session, checks: Mapping[Check, int], way: str, day: date) -> list[Check]:
    """Begin the counts that are not there, and return whose they are."""
    rows: list[dict[str, Any]] = [
        {"award_id": check.award_id, "day": day, "way": way, "outcome": check.outcome, "number": number}
        for check, number in checks.items()
    ]
    made = insert_once(session, VerificationCheck, rows, "award_id", "outcome")
    return [Check(row.award_id, row.outcome) for row in made]


def fold_checks(session: Session, *, today: date) -> int:
    """Put counts that are older than thirteen months together by the year; return how many rows are gone.

    At most five hundred at once: called again until it returns 0.
    """
    old = (VerificationCheck.day < kept_by_day(today)) & _is_of_a_day()
    ids = select(VerificationCheck.id).where(old).limit(FOLDED_AT_ONCE)
    model = VerificationCheck
    rows = session.execute(  # what another run takes away meanwhile is not counted here as well
        delete(model)
        .where(model.id.in_(ids))
        .returning(model.award_id, model.day, model.way, model.outcome, model.number)
        .execution_options(synchronize_session=False)
    ).all()
    alike: dict[tuple[date, str], Counter[Check]] = defaultdict(Counter)
    for row in rows:
        alike[first_of_year(row.day), row.way][Check(row.award_id, row.outcome)] += row.number
    for (day, way), counted in alike.items():
        count_checks(session, counted, way, day=day)
    return len(rows)


def _is_of_a_day() -> ColumnElement[bool]:
    """Return the criterion of counts that are not of a whole year."""
    return (extract("month", VerificationCheck.day) != 1) | (extract("day", VerificationCheck.day) != 1)
