"""Standing rules, as pages show them; and why a person is asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from lms.db import among
from lms.errors import NotFound
from lms.tracks.models import (
    Assignment,
    AssignmentBatch,
    AssignmentRule,
    Enrolment,
    RuleChange,
    RuleMember,
)


@dataclass(frozen=True)
class RuleRow:
    """One standing rule, with how many people it means now."""

    public_id: str
    organization_id: int
    track_key: str
    criteria: dict[str, Any]
    due_kind: str
    due_on: date | None
    due_days: int | None
    due_eased: bool
    asks_renewals: bool
    version: int
    made_at: datetime
    reconciled_at: datetime | None
    ended_at: datetime | None
    people: int


@dataclass(frozen=True)
class ChangeRow:
    """What a rule said until somebody changed it, and which account did."""

    criteria: dict[str, Any]
    due_kind: str
    due_on: date | None
    due_days: int | None
    due_eased: bool
    asks_renewals: bool
    changed_at: datetime
    changed_by: int


def list_rules(session: Session, criterion: ColumnElement[bool]) -> list[RuleRow]:
    """Return standing rules, those that go on first, then the newest. One query."""
    order = (AssignmentRule.ended_at.is_not(None), AssignmentRule.id.desc())
    return [RuleRow(*row) for row in session.execute(_rules().where(criterion).order_by(*order))]


def get_rule(session: Session, criterion: ColumnElement[bool], public_id: str) -> RuleRow:
    """Return one standing rule among those of `criterion`; raise `NotFound`. One query."""
    row = session.execute(_rules().where(criterion, AssignmentRule.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound
    return RuleRow(*row)


def list_changes(session: Session, public_id: str) -> list[ChangeRow]:
    """Return what a rule said before, the last change first. One query."""
    columns: list[Any] = [getattr(RuleChange, name) for name in ChangeRow.__dataclass_fields__]
    said = select(*columns).join(AssignmentRule, AssignmentRule.id == RuleChange.rule_id)
    rows = session.execute(said.where(AssignmentRule.public_id == public_id).order_by(RuleChange.version.desc()))
    return [ChangeRow(*tuple(row)) for row in rows]


def list_standing(session: Session) -> list[str]:
    """Return the public ids of the rules that go on, the oldest first. One query."""
    found = select(AssignmentRule.public_id).where(AssignmentRule.ended_at.is_(None)).order_by(AssignmentRule.id)
    return list(session.scalars(found))


def reasons_of(session: Session, person_id: int) -> dict[tuple[int, str, int], dict[str, Any]]:
    """Return {(organization id, track key, cycle): criteria} of what standing rules ask of a person. One query.

    The criteria are those by which she was asked, whatever the rule says by now.
    """
    then = (RuleChange.rule_id == AssignmentRule.id) & (RuleChange.version == AssignmentBatch.rule_version)
    asked = (Assignment.organization_id, Assignment.track_key, Assignment.cycle)
    rows = session.execute(
        select(*asked, AssignmentRule.criteria, RuleChange.id.is_not(None), RuleChange.criteria)
        .join(AssignmentBatch, AssignmentBatch.id == Assignment.batch_id)
        .join(AssignmentRule, AssignmentRule.id == AssignmentBatch.rule_id)
        .outerjoin(RuleChange, then)
        .where(Assignment.person_id == person_id, Assignment.undone_at.is_(None))
    )
    return {(row[0], row[1], row[2]): row[5] if row[4] else row[3] for row in rows}


def renewing_since(session: Session, person_ids: Collection[int], track_key: str) -> dict[int, datetime]:
    """Return since when each of these people is in a further cycle of a track, the latest one. One query."""
    rows = session.execute(
        select(Enrolment.person_id, Enrolment.started_at)
        .where(Enrolment.track_key == track_key, Enrolment.cycle > 1, among(session, Enrolment.person_id, person_ids))
        .order_by(Enrolment.cycle)
    )
    return {row.person_id: row.started_at for row in rows}


def _rules() -> Select[Any]:
    people = select(func.count()).where(RuleMember.rule_id == AssignmentRule.id, RuleMember.until.is_(None))
    return select(
        AssignmentRule.public_id,
        AssignmentRule.organization_id,
        AssignmentRule.track_key,
        AssignmentRule.criteria,
        AssignmentRule.due_kind,
        AssignmentRule.due_on,
        AssignmentRule.due_days,
        AssignmentRule.due_eased,
        AssignmentRule.asks_renewals,
        AssignmentRule.version,
        AssignmentRule.made_at,
        AssignmentRule.reconciled_at,
        AssignmentRule.ended_at,
        people.correlate(AssignmentRule).scalar_subquery(),
    )
