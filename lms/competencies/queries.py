"""Reads of competencies: what a person attained, and the evidence for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.competencies.models import Attainment, Evidence
from lms.competencies.rules import Piece, Recorded, counted_minutes, split
from lms.competencies.specs import FrameworkSpec
from lms.content.library import Library, Text


@dataclass(frozen=True)
class Attained:
    """A competency ("framework/competency") that a person has attained, and the minutes behind it today."""

    competency: str
    minutes: int
    attained_at: datetime
    attained_on: date


@dataclass(frozen=True)
class AttainmentRow:
    """One attainment, and the framework's revision under which it was judged."""

    person_id: int
    competency: str
    attained_at: datetime
    revision_id: int


@dataclass(frozen=True)
class Proof:
    """Minutes that a module gave towards a competency."""

    competency: str
    source_kind: str
    source_key: str
    round: int
    minutes: int
    earned_on: date


def competency_title(library: Library, competency: str, locale: str) -> Text:
    """Return the title of "framework/competency" in a language; its key where no framework has it any more."""
    framework, own = split(competency)
    found = None
    if library.find("framework", framework) is not None:
        found = library.spec(FrameworkSpec, "framework", framework).competency(own)
    if found is None:
        return Text(competency, "source", competency)
    return library.words("framework", framework, locale).text(f"{framework}.yml:{own}.title", found.title)


def attained_of(session: Session, person_ids: Collection[int]) -> dict[int, tuple[Attained, ...]]:
    """Return {person id: what she attained, oldest first}, without those who attained nothing. One query."""
    own = (Evidence.person_id == Attainment.person_id) & (Evidence.competency == Attainment.competency)
    rows = session.execute(
        select(
            Attainment.person_id,
            Attainment.competency,
            Attainment.attained_at,
            Attainment.attained_on,
            Evidence.source_key,
            Evidence.minutes,
        )
        .outerjoin(Evidence, own)
        .where(Attainment.person_id.in_(person_ids))
        .order_by(Attainment.attained_at, Attainment.competency)
    )
    pieces: dict[tuple[int, str, datetime, date], list[Piece]] = {}
    for *attained, source_key, minutes in rows:
        of_one = pieces.setdefault(tuple(attained), [])  # type: ignore[arg-type]  # its four columns
        of_one += [Piece(source_key, minutes)] if source_key is not None else []
    found: dict[int, tuple[Attained, ...]] = {}
    for (person_id, competency, at, day), of_one in pieces.items():
        found[person_id] = (*found.get(person_id, ()), Attained(competency, counted_minutes(of_one), at, day))
    return found


def evidence_of(session: Session, person_ids: Collection[int]) -> dict[int, tuple[Proof, ...]]:
    """Return {person id: her evidence, oldest first}, without those who have none. One query."""
    rows = session.execute(
        select(
            Evidence.person_id,
            Evidence.competency,
            Evidence.source_kind,
            Evidence.source_key,
            Evidence.round,
            Evidence.minutes,
            Evidence.earned_on,
        )
        .where(Evidence.person_id.in_(person_ids))
        .order_by(Evidence.earned_on, Evidence.id)
    )
    found: dict[int, tuple[Proof, ...]] = {}
    for row in rows:
        found[row[0]] = (*found.get(row[0], ()), Proof(*row[1:]))
    return found


def list_unjudged(session: Session, person_ids: Collection[int]) -> list[tuple[int, str]]:
    """Return (person id, competency) of these persons' evidence without an attainment yet. One query."""
    has = exists().where(Attainment.person_id == Evidence.person_id, Attainment.competency == Evidence.competency)
    query = select(Evidence.person_id, Evidence.competency).where(Evidence.person_id.in_(person_ids), ~has).distinct()
    return [(row[0], row[1]) for row in session.execute(query)]


def evidence_of_modules(
    session: Session, person_ids: Collection[int] | None
) -> dict[tuple[int, str, str, int], Recorded]:
    """Return {(person id, competency, module key, round): what is recorded}; None means everybody. One query."""
    query = select(
        Evidence.person_id,
        Evidence.competency,
        Evidence.source_key,
        Evidence.round,
        Evidence.minutes,
        Evidence.earned_on,
    ).where(Evidence.source_kind == "module")
    if person_ids is not None:
        query = query.where(Evidence.person_id.in_(person_ids))
    return {(row[0], row[1], row[2], row[3]): Recorded(*row[4:]) for row in session.execute(query)}


def list_attainments(session: Session, person_ids: Collection[int] | None) -> list[AttainmentRow]:
    """Return every attainment of these persons, the first recorded first; None means everybody. One query."""
    query = select(
        Attainment.person_id, Attainment.competency, Attainment.attained_at, Attainment.revision_id
    ).order_by(Attainment.id)
    if person_ids is not None:
        query = query.where(Attainment.person_id.in_(person_ids))
    return [AttainmentRow(*row) for row in session.execute(query)]
