"""Reads of accommodations: what counts for a person, its history, and what she asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from lms.assessments.models import Accommodation, AccommodationWish
from lms.assessments.rules import Choice, Fair, Given, fair_on

_OWN = cast("Table", Accommodation.__table__).c
_VERSIONS = (
    select(
        _OWN.version,
        _OWN.bilingual,
        _OWN.audio,
        _OWN.own_percent,
        _OWN.time_percent,
        _OWN.often,
        _OWN.oral,
        _OWN.valid_from,
        _OWN.valid_until,
        _OWN.reason_class,
        _OWN.granted_by,
        _OWN.granted_at,
        _OWN.client_id,
    )
    .where(_OWN.person_id == bindparam("person_id"))
    .order_by(_OWN.version.desc())
)


@dataclass(frozen=True)
class Version:
    """One version of a person's accommodations, and the account that wrote it."""

    number: int
    choice: Choice
    given: Given
    granted_by: int
    granted_at: datetime
    client_id: str


def list_versions(session: Session, person_id: int, *, limit: int | None = None) -> list[Version]:
    """Return the versions of a person's accommodations, the newest first. One query."""
    return [
        Version(
            row.version,
            Choice(row.bilingual, row.audio, row.own_percent),
            Given(row.time_percent, row.often, row.oral, row.valid_from, row.valid_until, row.reason_class),
            row.granted_by,
            row.granted_at,
            row.client_id,
        )
        for row in session.execute(_VERSIONS.limit(limit), {"person_id": person_id})
    ]


def fair_for(session: Session, person_id: int, day: date) -> Fair:
    """Return what counts for a person on a local date. One query."""
    versions = list_versions(session, person_id, limit=1)
    return fair_on(versions[0].choice, versions[0].given, day) if versions else Fair()


def list_wishes(session: Session, person_id: int) -> list[str]:
    """Return what a person asks staff for and nobody has settled. One query."""
    open_ones = (AccommodationWish.person_id == person_id) & AccommodationWish.settled_at.is_(None)
    return list(session.scalars(select(AccommodationWish.kind).where(open_ones).order_by(AccommodationWish.id)))


def list_asking(session: Session, *, limit: int = 50) -> list[tuple[int, datetime]]:
    """Return who asks for something and since when, the longest waiting first. One query."""
    query = select(AccommodationWish.person_id, AccommodationWish.asked_at)
    query = query.where(AccommodationWish.settled_at.is_(None)).order_by(AccommodationWish.id).limit(limit)
    found: dict[int, datetime] = {}
    for person_id, asked_at in session.execute(query):
        found.setdefault(person_id, asked_at)
    return list(found.items())
