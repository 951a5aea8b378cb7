"""What organizations asked of their staff, by when, and how it stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from lms.db import among
from lms.errors import NotFound
from lms.organizations.queries import PEOPLE, works_there
from lms.people.rules import search_key
from lms.tracks.models import Assignment, AssignmentBatch, TrackCompletion
from lms.tracks.rules import SOON_DAYS, DueState, due_state


@dataclass(frozen=True)
class AssignmentRow:
    """One track that an organization asks one person to do, and how it stands today."""

    assignment_id: int
    person_id: int
    organization_id: int
    track_key: str
    cycle: int
    due_on: date | None
    assigned_on: date
    completed_on: date | None
    state: DueState


@dataclass(frozen=True)
class DueCounts:
    """How many assignments stand how."""

    late: int
    due_soon: int
    on_time: int
    done: int

    @property
    def total(self) -> int:
        """Return the number of all assignments."""
        return self.late + self.due_soon + self.on_time + self.done


@dataclass(frozen=True)
class RuleAsk:
    """What a standing rule asks of one person, and whether she has completed it."""

    person_id: int
    assignment_id: int
    is_done: bool


@dataclass(frozen=True)
class BatchRow:
    """One act of assigning, with how many people it newly asked and how many of these still stand."""

    id: int
    public_id: str
    organization_id: int
    track_key: str
    due_kind: str
    due_on: date | None
    due_days: int | None
    made_at: datetime
    undone_at: datetime | None
    people: int
    standing: int


def assignments_of(
    session: Session,
    organization_ids: Collection[int],
    today: date,
    *,
    person_ids: Collection[int] | None = None,
    track_key: str | None = None,
    state: DueState | None = None,
    search: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> list[AssignmentRow]:
    """Return what these organizations ask of those who work there on the local date `today`. One query.

    What is open comes first, by due date (none last), then by name. `search` finds a part of the person's name.
    """
    statement = _of_staff(_asked(), organization_ids, today, search=search, track_key=track_key)
    if person_ids is not None:
        statement = statement.where(Assignment.person_id.in_(person_ids))
    if state:
        statement = statement.where(_states(today)[state])
    statement = statement.order_by(
        TrackCompletion.completed_on.is_not(None),
        Assignment.due_on.is_(None),
        Assignment.due_on,
        PEOPLE.c.search_key,
        Assignment.id,
    )
    rows = session.execute(statement.limit(limit).offset(offset) if limit else statement)
    return [_row(row, today) for row in rows.mappings()]


def count_assignments(
    session: Session,
    organization_ids: Collection[int],
    today: date,
    *,
    track_key: str | None = None,
    search: str = "",
) -> DueCounts:
    """Return how many rows `assignments_of` has, by state. One query."""
    counts = [func.coalesce(func.sum(case((criterion, 1), else_=0)), 0) for criterion in _states(today).values()]
    statement = _of_staff(select(*counts), organization_ids, today, search=search, track_key=track_key)
    by_state = dict(zip(_states(today), session.execute(statement).one(), strict=True))
    return DueCounts(int(by_state["late"]), int(by_state["due-soon"]), int(by_state["on-time"]), int(by_state["done"]))


def own_assignments(session: Session, person_id: int, today: date) -> list[AssignmentRow]:
    """Return what a person is asked to do by those she works for on `today`, the most urgent first. One query."""
    statement = (
        _with_completion(_asked())
        .where(
            Assignment.person_id == person_id,
            Assignment.undone_at.is_(None),
            works_there(Assignment.person_id, Assignment.organization_id, today),
        )
        .order_by(Assignment.due_on.is_(None), Assignment.due_on, Assignment.id)
    )
    return [_row(row, today) for row in session.execute(statement).mappings()]


def asked_of(
    session: Session, organization_id: int, track_key: str, person_ids: Collection[int]
) -> dict[int, date | None]:
    """Return those of these people whom an organization has asked to do a track, with the due date. One query."""
    rows = session.execute(
        select(Assignment.person_id, Assignment.due_on).where(
            Assignment.organization_id == organization_id,
            Assignment.track_key == track_key,
            Assignment.undone_at.is_(None),
            among(session, Assignment.person_id, person_ids),
        )
    )
    return {row.person_id: row.due_on for row in rows}


def asked_at(
    session: Session, organization_ids: Collection[int], track_key: str, person_ids: Collection[int]
) -> dict[tuple[int, int], int]:
    """Return {(person id, organization id): latest cycle} of what these organizations ask for on a track. One query."""
    rows = session.execute(
        select(Assignment.person_id, Assignment.organization_id, func.max(Assignment.cycle).label("cycle"))
        .where(
            Assignment.organization_id.in_(organization_ids),
            Assignment.track_key == track_key,
            Assignment.undone_at.is_(None),
            among(session, Assignment.person_id, person_ids),
        )
        .group_by(Assignment.person_id, Assignment.organization_id)
    )
    return {(row.person_id, row.organization_id): row.cycle for row in rows}


def asked_by_rule(session: Session, rule_id: int, person_ids: Collection[int]) -> list[RuleAsk]:
    """Return what a rule asks of these people and nobody took back. One query."""
    columns: tuple[Any, ...] = (Assignment.person_id, Assignment.id, TrackCompletion.id.is_not(None))
    rows = session.execute(
        _with_completion(select(*columns))
        .join(AssignmentBatch, AssignmentBatch.id == Assignment.batch_id)
        .where(
            AssignmentBatch.rule_id == rule_id,
            Assignment.undone_at.is_(None),
            among(session, Assignment.person_id, person_ids),
        )
    )
    return [RuleAsk(*row) for row in rows]


def taken_back(
    session: Session, organization_id: int, track_key: str, person_ids: Collection[int]
) -> dict[tuple[int, int], datetime]:
    """Return {(person id, cycle): when it was asked last} of what an organization asked and took back. One query."""
    rows = session.execute(
        select(Assignment.person_id, Assignment.cycle, func.max(Assignment.assigned_at).label("at"))
        .where(
            Assignment.organization_id == organization_id,
            Assignment.track_key == track_key,
            Assignment.undone_at.is_not(None),
            among(session, Assignment.person_id, person_ids),
        )
        .group_by(Assignment.person_id, Assignment.cycle)
    )
    return {(row.person_id, row.cycle): row.at for row in rows}


def completed_by(session: Session, person_ids: Collection[int], track_key: str) -> set[int]:
    """Return those of these people who have completed a track, in any cycle. One query, or none without people."""
    if not person_ids:
        return set()
    done = select(TrackCompletion.person_id).where(
        TrackCompletion.track_key == track_key, among(session, TrackCompletion.person_id, person_ids)
    )
    return set(session.scalars(done))


def askers_of(session: Session, person_id: int, track_key: str, *, until: datetime) -> frozenset[int]:
    """Return the organizations that had asked a person to do a track by `until`, and not taken it back. One query."""
    asked = (Assignment.person_id == person_id) & (Assignment.track_key == track_key) & Assignment.undone_at.is_(None)
    statement = select(Assignment.organization_id).where(asked, Assignment.assigned_at <= until)
    return frozenset(session.scalars(statement))


def list_batches(
    session: Session, criterion: ColumnElement[bool], *, limit: int = 50, offset: int = 0
) -> list[BatchRow]:
    """Return acts of assigning that meet `criterion` (`policy.visible_batches`), the newest first. One query."""
    statement = _batches().where(criterion).order_by(AssignmentBatch.made_at.desc(), AssignmentBatch.id.desc())
    return [BatchRow(*row) for row in session.execute(statement.limit(limit).offset(offset))]


def count_batches(session: Session, criterion: ColumnElement[bool]) -> int:
    """Return how many rows `list_batches` has in all. One query."""
    return session.execute(select(func.count()).select_from(AssignmentBatch).where(criterion)).scalar_one()


def get_batch(session: Session, criterion: ColumnElement[bool], public_id: str) -> BatchRow:
    """Return one act of assigning that meets `criterion`; raise `NotFound`. One query."""
    row = session.execute(_batches().where(criterion, AssignmentBatch.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound
    return BatchRow(*row)


def list_batch_people(session: Session, batch_id: int, today: date) -> list[tuple[int, str, bool]]:
    """Return (person id, name, still asked) of those whom a batch asked and who work there today. One query."""
    rows = session.execute(
        select(PEOPLE.c.id, PEOPLE.c.name, Assignment.undone_at)
        .join(Assignment, Assignment.person_id == PEOPLE.c.id)
        .where(Assignment.batch_id == batch_id, works_there(Assignment.person_id, Assignment.organization_id, today))
        .order_by(PEOPLE.c.search_key, PEOPLE.c.id)
    )
    return [(row.id, row.name, row.undone_at is None) for row in rows]


def _batches() -> Select[Any]:
    people = select(func.count()).where(Assignment.batch_id == AssignmentBatch.id)
    standing = people.where(Assignment.undone_at.is_(None))
    return select(
        AssignmentBatch.id,
        AssignmentBatch.public_id,
        AssignmentBatch.organization_id,
        AssignmentBatch.track_key,
        AssignmentBatch.due_kind,
        AssignmentBatch.due_on,
        AssignmentBatch.due_days,
        AssignmentBatch.made_at,
        AssignmentBatch.undone_at,
        people.correlate(AssignmentBatch).scalar_subquery(),
        standing.correlate(AssignmentBatch).scalar_subquery(),
    )


def _of_staff(
    columns: Select[Any], organization_ids: Collection[int], today: date, *, search: str, track_key: str | None
) -> Select[Any]:
    """Return a select over the assignments of those who work there today."""
    statement = (
        _with_completion(columns)
        .join(PEOPLE, PEOPLE.c.id == Assignment.person_id)
        .where(
            Assignment.organization_id.in_(organization_ids),
            Assignment.undone_at.is_(None),
            works_there(Assignment.person_id, Assignment.organization_id, today),
        )
    )
    if track_key:
        statement = statement.where(Assignment.track_key == track_key)
    words = search_key(search)
    return statement.where(PEOPLE.c.search_key.contains(words, autoescape=True)) if words else statement


def _asked() -> Select[Any]:
    """Return a select of what `_row` reads."""
    columns: tuple[Any, ...] = (
        Assignment.id.label("assignment_id"),
        Assignment.person_id,
        Assignment.organization_id,
        Assignment.track_key,
        Assignment.cycle,
        Assignment.due_on,
        Assignment.assigned_on,
        TrackCompletion.completed_on,
    )
    return select(*columns)


def _with_completion(statement: Select[Any]) -> Select[Any]:
    """Return `statement` over assignments, each with the completion of what it asks for, if there is one."""
    done = and_(
        TrackCompletion.person_id == Assignment.person_id,
        TrackCompletion.track_key == Assignment.track_key,
        TrackCompletion.cycle == Assignment.cycle,
    )
    return statement.select_from(Assignment).outerjoin(TrackCompletion, done)


def _states(today: date) -> dict[DueState, ColumnElement[bool]]:
    """Return the criterion of each state: `rules.due_state` as row filters."""
    is_open = TrackCompletion.completed_on.is_(None)
    soon = today + timedelta(days=SOON_DAYS)
    return {
        "late": is_open & (Assignment.due_on < today),
        "due-soon": is_open & Assignment.due_on.between(today, soon),
        "on-time": is_open & or_(Assignment.due_on.is_(None), Assignment.due_on > soon),
        "done": TrackCompletion.completed_on.is_not(None),
    }


def _row(row: RowMapping, today: date) -> AssignmentRow:
    return AssignmentRow(**row, state=due_state(row["due_on"], today, row["completed_on"]))
