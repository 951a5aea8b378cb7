"""Reads of sign-offs: observations, what became of them, drafts, and what stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from lms.content.library import Library, Text
from lms.db import among
from lms.errors import NotFound
from lms.fieldwork.models import Observation, ObservationDraft, ObservationEvent
from lms.fieldwork.queries.ending import SOON, is_withdrawn, select_ending
from lms.fieldwork.rules import SignedOff
from lms.fieldwork.specs import ChecklistSpec
from lms.organizations.queries import PEOPLE
from lms.people.rules import search_key
from lms.statements import of_some, some_of

PAGE_SIZE = 50
#: How an observation stands, as the list can be narrowed.
STANDINGS = ("good", "not-yet", "ending", "ended", "withdrawn")


@dataclass(frozen=True)
class ObservationRow:
    """One observation with whose it is, and what became of it; None where nothing did."""

    id: int
    public_id: str
    person_id: int
    organization_id: int | None
    checklist_key: str
    revision_id: int
    observed_by: int
    observed_on: date
    place: str
    language: str
    with_interpreter: bool
    levels: dict[str, str]
    comment: str
    passed: bool
    valid_until: date | None
    is_independent: bool
    signed_at: datetime
    person_public_id: str
    name: str
    withdrawn_at: datetime | None
    withdrawn_why: str | None
    answered_at: datetime | None
    answer: str | None


@dataclass(frozen=True)
class Narrowed:
    """How a reader narrows a list: by a part of the name, a checklist, and how it stands today; "" for all."""

    search: str = ""
    checklist: str = ""
    standing: str = ""


@dataclass(frozen=True)
class DraftRow:
    """What an observer has noted; `version` 0 stands for nothing yet."""

    version: int
    noted: dict[str, Any]


_WITHDRAWN, _ANSWERED = aliased(ObservationEvent), aliased(ObservationEvent)


_COLUMNS: tuple[Any, ...] = (
    Observation.id,
    Observation.public_id,
    Observation.person_id,
    Observation.organization_id,
    Observation.checklist_key,
    Observation.revision_id,
    Observation.observed_by,
    Observation.observed_on,
    Observation.place,
    Observation.language,
    Observation.with_interpreter,
    Observation.levels,
    Observation.comment,
    Observation.passed,
    Observation.valid_until,
    Observation.is_independent,
    Observation.signed_at,
    PEOPLE.c.public_id,
    PEOPLE.c.name,
    _WITHDRAWN.at,
    _WITHDRAWN.words,
    _ANSWERED.at,
    _ANSWERED.words,
)


def _observations() -> Select[Any]:
    return (
        select(*_COLUMNS)
        .join(PEOPLE, PEOPLE.c.id == Observation.person_id)
        .outerjoin(_WITHDRAWN, (_WITHDRAWN.observation_id == Observation.id) & (_WITHDRAWN.kind == "withdrawn"))
        .outerjoin(_ANSWERED, (_ANSWERED.observation_id == Observation.id) & (_ANSWERED.kind == "answered"))
    )


def get_observation(session: Session, criterion: ColumnElement[bool], public_id: str) -> ObservationRow:
    """Return the observation of an address that meets `criterion`; raise `NotFound`. One query."""
    row = session.execute(_observations().where(Observation.public_id == public_id, criterion)).one_or_none()
    if row is None:
        raise NotFound
    return ObservationRow(*row)


def is_of(person_id: int) -> ColumnElement[bool]:
    """Return the criterion of the observations of one person."""
    return Observation.person_id == person_id


def narrowed(wanted: Narrowed, today: date) -> ColumnElement[bool]:
    """Return the criterion of the observations that a reader asks for."""
    latest = select_ending().subquery("latest")
    is_latest = tuple_(Observation.person_id, Observation.checklist_key, Observation.valid_until).in_(
        select(latest.c.person_id, latest.c.subject, latest.c.falls_on)
    )
    withdrawn, ended = is_withdrawn(), func.coalesce(Observation.valid_until < today, False)
    standings = {
        "good": and_(Observation.passed, not_(ended), not_(withdrawn)),
        "not-yet": and_(not_(Observation.passed), not_(withdrawn)),
        "ending": and_(
            Observation.passed, not_(withdrawn), Observation.valid_until.between(today, today + SOON), is_latest
        ),
        "ended": and_(Observation.passed, ended, not_(withdrawn)),
        "withdrawn": withdrawn,
    }
    found = [standings.get(wanted.standing, true())]
    if wanted.checklist:
        found.append(Observation.checklist_key == wanted.checklist)
    if words := search_key(wanted.search):
        named = select(PEOPLE.c.id).where(PEOPLE.c.search_key.contains(words, autoescape=True))
        found.append(Observation.person_id.in_(named))
    return and_(*found)


def count_observations(session: Session, criterion: ColumnElement[bool]) -> int:
    """Return how many observations meet `criterion`. One query."""
    return int(session.execute(select(func.count()).select_from(Observation).where(criterion)).scalar_one())


def list_observations(session: Session, criterion: ColumnElement[bool], *, page: int = 1) -> list[ObservationRow]:
    """Return one page of the observations that meet `criterion`, the latest first. One query."""
    latest = _observations().where(criterion).order_by(Observation.observed_on.desc(), Observation.id.desc())
    shown = latest.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return [ObservationRow(*row) for row in session.execute(shown)]


def checklist_title(library: Library, key: str, locale: str) -> Text:
    """Return the title of a checklist, its key where it is not used any more."""
    if library.find("checklist", key) is None:
        return Text(key, "source", key)
    english = library.spec(ChecklistSpec, "checklist", key).title
    return library.words("checklist", key, locale).text(f"{key}.yml:title", english)


def find_draft(session: Session, account_id: int, person_id: int, checklist_key: str) -> DraftRow:
    """Return what an observer has noted of a person by a checklist. One query."""
    row = session.execute(
        select(ObservationDraft.version, ObservationDraft.noted).where(
            ObservationDraft.observed_by == account_id,
            ObservationDraft.person_id == person_id,
            ObservationDraft.checklist_key == checklist_key,
        )
    ).one_or_none()
    return DraftRow(*row) if row else DraftRow(0, {})


def observed_since(session: Session, since: Mapping[int, datetime]) -> set[tuple[int, str]]:
    """Return (person id, checklist key) of what was observed and signed of these persons since their instants.

    Passed or not, unless it was withdrawn. One query, or none without people.
    """
    if not since:
        return set()
    signed = (
        select(Observation.person_id, Observation.checklist_key, Observation.signed_at)
        .where(Observation.signed_at >= min(since.values()), among(session, Observation.person_id, since))
        .where(not_(is_withdrawn()))
    )
    return {(row[0], row[1]) for row in session.execute(signed) if row[2] >= since[row[0]]}


def list_passed(session: Session, person_ids: Collection[int] | None, *, ever: bool = False) -> list[SignedOff]:
    """Return the passed observations of these persons (None: of everybody) that were not withdrawn. One query.

    With `ever` also those that were.
    """
    return [SignedOff(*row) for row in session.execute(*of_some(session, _select_passed, person_ids, ever))]


def _select_passed(session: Session, person_ids: Any, ever: bool) -> Select[*tuple[Any, ...]]:
    """Return the statement of `list_passed`."""
    passed = (
        select(
            Observation.person_id,
            Observation.checklist_key,
            Observation.observed_on,
            Observation.signed_at,
            Observation.valid_until,
            Observation.is_independent,
        )
        .where(Observation.passed, true() if ever else not_(is_withdrawn()))
        .order_by(Observation.person_id, Observation.observed_on, Observation.id)
    )
    return passed if person_ids is None else passed.where(some_of(session, Observation.person_id, person_ids))
