"""Reads of yearly hours: who works under which supervising provider, and how many minutes of the year she has.

To whom it applies follows from what the program knows: whoever has a supervising provider today, by the newest terms
of an employment. What counts is what she finished here in the year, and what that provider accepted from elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Integer, Select, String, cast, false, func, literal, or_, select, type_coerce
from sqlalchemy.orm import Session

from lms.courses.queries import minutes_within
from lms.training.models import EarlierTraining, TrainingShare
from lms.training.queries.sharing import SPELLS, TERMS
from lms.training.rules import Year, YearlyHours, year_of


@dataclass(frozen=True)
class ShortRow:
    """One person of a supervising provider whose minutes of the year do not suffice yet."""

    person_id: int
    organization_id: int
    done: int


def list_yearly(session: Session, person_id: int, today: date) -> list[YearlyHours]:
    """Return the yearly hours of a person, one for each supervising provider that she has on `today`. One query."""
    year = year_of(today)
    if year is None:
        return []
    rows = session.execute(select_yearly(person_id, year, today).order_by("organization_id")).all()
    return [YearlyHours(row.organization_id, year, row.here, row.accepted) for row in rows]


def select_yearly(person_id: int, year: Year, today: date) -> Select[Any]:
    """Return what `list_yearly` reads, for who asks for more in one statement: organization_id, here and accepted."""
    return _figures(year, today).where(SPELLS.c.person_id == person_id)


def list_short(
    session: Session, organization_ids: Collection[int], today: date, *, but_of: int, limit: int = 200
) -> list[ShortRow]:
    """Return who of these providers' people lacks minutes of the year on `today`, who has least first. One query."""
    short = _short(today, organization_ids, but_of)
    done = short.c.here + short.c.accepted
    rows = session.execute(
        select(short.c.person_id, short.c.organization_id, done).order_by(done, short.c.person_id).limit(limit)
    )
    return [ShortRow(*row) for row in rows]


def count_short(session: Session, organization_ids: Collection[int], today: date, *, but_of: int) -> int:
    """Return how many people `list_short` finds without a limit. One query."""
    short = _short(today, organization_ids, but_of)
    return session.execute(select(func.count(short.c.person_id.distinct()))).scalar_one()


def select_short(_session: Session, today: date) -> Select[Any]:
    """Return a select of person_id, subject ("2026:12": year and provider), falls_on and since of who lacks minutes.

    They fall on the last day of the year; `since` is the day from which the provider is hers.
    """
    short = _short(today, None, 0)
    subject = (literal(f"{today.year}:") + cast(short.c.organization_id, String)).label("subject")
    last = type_coerce(literal(date(today.year, 12, 31)), short.c.since.type).label("falls_on")
    return select(short.c.person_id, subject, last, short.c.since)


def _short(today: date, organization_ids: Collection[int] | None, but_of: int) -> Any:
    year = year_of(today)
    figures = _figures(year or Year(today, today, 0), today)
    if organization_ids is not None:
        figures = figures.where(TERMS.c.supervising_provider_id.in_(organization_ids))
    found = figures.where(SPELLS.c.person_id != but_of).subquery()
    lacks = found.c.here + found.c.accepted < year.asked if year else false()
    return select(found).where(lacks).subquery("short")


def _figures(year: Year, today: date) -> Select[Any]:
    """Return a select of person_id, organization_id, since, here and accepted of everybody with a provider."""
    newest = (
        select(func.max(TERMS.c.since))
        .where(TERMS.c.employment_id == SPELLS.c.id, TERMS.c.since <= today)
        .correlate(SPELLS)
        .scalar_subquery()
    )
    person, provider = SPELLS.c.person_id, TERMS.c.supervising_provider_id
    return (
        select(
            person,
            provider.label("organization_id"),
            func.min(TERMS.c.since).label("since"),
            minutes_within(person, year.first, year.last).label("here"),
            _accepted(year).label("accepted"),
        )
        .join(TERMS, (TERMS.c.employment_id == SPELLS.c.id) & (TERMS.c.since == newest))
        .where(
            SPELLS.c.started_on <= today,
            or_(SPELLS.c.ended_on.is_(None), SPELLS.c.ended_on >= today),
            provider.is_not(None),
        )
        .group_by(person, provider)
    )


def _accepted(year: Year) -> Any:
    """Return the minutes from elsewhere that the row's provider accepted of the row's person for a year."""
    hers = (EarlierTraining.person_id == SPELLS.c.person_id) & EarlierTraining.learned_on.between(year.first, year.last)
    return (
        select(cast(func.coalesce(func.sum(TrainingShare.minutes), 0), Integer))
        .join(EarlierTraining, EarlierTraining.id == TrainingShare.training_id)
        .where(hers, TrainingShare.organization_id == TERMS.c.supervising_provider_id)
        .where(TrainingShare.outcome == "accepted")
        .correlate(SPELLS, TERMS)
        .scalar_subquery()
    )
