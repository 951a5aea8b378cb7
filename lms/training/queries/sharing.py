"""Reads of yearly hours: who is a person's supervising provider, what she asked it, what it accepted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, Select, column, exists, func, or_, select, table
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.training.models import EarlierTraining, TrainingShare
from lms.training.policy import Ties

#: The columns that say who supervises whose work for Medi-Cal. Foreign keys name tables, and so do these joins.
SPELLS = table(
    "employments", column("id", Integer), column("person_id", Integer), column("started_on", Date),
    column("ended_on", Date),
)  # fmt: skip
TERMS = table(
    "employment_terms", column("employment_id", Integer), column("since", Date),
    column("supervising_provider_id", Integer),
)  # fmt: skip


@dataclass(frozen=True)
class ShareRow:
    """One request to accept earlier training for yearly hours. `outcome` is None while it waits."""

    public_id: str
    training_id: int
    training_public_id: str
    person_id: int
    organization_id: int
    title: str
    issuer: str
    learned_on: date
    told_minutes: int | None
    asked_at: datetime
    outcome: str | None
    settled_on: date | None
    minutes: int | None
    reason_code: str | None
    note: str


def providers_of(session: Session, person_ids: Collection[int], day: date) -> dict[int, frozenset[int]]:
    """Return the supervising providers of each person on the local date `day`, by her employments. One query."""
    newest = (
        select(func.max(TERMS.c.since))
        .where(TERMS.c.employment_id == SPELLS.c.id, TERMS.c.since <= day)
        .correlate(SPELLS)
        .scalar_subquery()
    )
    rows = session.execute(
        select(SPELLS.c.person_id, TERMS.c.supervising_provider_id)
        .join(TERMS, (TERMS.c.employment_id == SPELLS.c.id) & (TERMS.c.since == newest))
        .where(
            SPELLS.c.person_id.in_(person_ids),
            SPELLS.c.started_on <= day,
            or_(SPELLS.c.ended_on.is_(None), SPELLS.c.ended_on >= day),
            TERMS.c.supervising_provider_id.is_not(None),
        )
    )
    found: dict[int, set[int]] = defaultdict(set)
    for person_id, organization_id in rows:
        found[person_id].add(organization_id)
    return {person_id: frozenset(organizations) for person_id, organizations in found.items()}


def _shares() -> Any:
    return (
        select(
            TrainingShare.public_id,
            EarlierTraining.id,
            EarlierTraining.public_id,
            EarlierTraining.person_id,
            TrainingShare.organization_id,
            EarlierTraining.title,
            EarlierTraining.issuer,
            EarlierTraining.learned_on,
            EarlierTraining.minutes,
            TrainingShare.asked_at,
            TrainingShare.outcome,
            TrainingShare.settled_on,
            TrainingShare.minutes,
            TrainingShare.reason_code,
            TrainingShare.note,
        )
        .join(EarlierTraining, EarlierTraining.id == TrainingShare.training_id)
        .order_by(TrainingShare.id)
    )


def list_shares(session: Session, training_ids: Collection[int]) -> list[ShareRow]:
    """Return every request about these earlier trainings, the first asked first. One query."""
    return [ShareRow(*row) for row in session.execute(_shares().where(TrainingShare.training_id.in_(training_ids)))]


def list_shared_with(session: Session, actor: Actor, today: date) -> list[ShareRow]:
    """Return what waits for, or was decided by, the providers for which the actor answers; at most 400. Two queries.

    What waits is there only while the provider is hers; what was accepted or declined stays.
    """
    statement = _shares().where(
        TrainingShare.organization_id.in_(actor.supervises),
        EarlierTraining.person_id != actor.person_id,
        or_(TrainingShare.outcome.is_(None), TrainingShare.outcome != "withdrawn"),
    )
    statement = statement.order_by(None).order_by(TrainingShare.outcome.is_not(None), TrainingShare.id.desc())
    rows = [ShareRow(*row) for row in session.execute(statement.limit(400))]
    providers = providers_of(session, {row.person_id for row in rows}, today)
    return [row for row in rows if row.outcome or row.organization_id in providers.get(row.person_id, ())]


def count_waiting(session: Session, organization_ids: Collection[int], today: date, *, but_of: int) -> int:
    """Return how many requests wait for these providers, as `list_shared_with` lists them for `but_of`. One query."""
    return session.execute(select_waiting(organization_ids, today, but_of=but_of)).scalar_one()


def select_waiting(organization_ids: Collection[int], today: date, *, but_of: int) -> Select[int]:
    """Return what `count_waiting` asks, for who asks for more in one statement."""
    newer = TERMS.alias()
    is_hers = (
        exists()
        .where(SPELLS.c.person_id == EarlierTraining.person_id, SPELLS.c.started_on <= today)
        .where(or_(SPELLS.c.ended_on.is_(None), SPELLS.c.ended_on >= today), TERMS.c.employment_id == SPELLS.c.id)
        .where(TERMS.c.since <= today, TERMS.c.supervising_provider_id == TrainingShare.organization_id)
        .where(
            ~exists().where(newer.c.employment_id == SPELLS.c.id, newer.c.since > TERMS.c.since, newer.c.since <= today)
        )
    )
    return (
        select(func.count())
        .select_from(TrainingShare)
        .join(EarlierTraining, EarlierTraining.id == TrainingShare.training_id)
        .where(TrainingShare.outcome.is_(None), TrainingShare.organization_id.in_(organization_ids), is_hers)
        .where(EarlierTraining.person_id != but_of)
    )


def tied(ties: Ties, shares: Collection[ShareRow], present: Collection[int]) -> Ties:
    """Return the ties of an earlier training with its providers: asked and still hers (`present`), or accepted."""
    asked = {each.organization_id for each in shares if each.outcome is None}
    accepted = {each.organization_id for each in shares if each.outcome == "accepted"}
    return replace(ties, asked=frozenset(asked.intersection(present)), accepted=frozenset(accepted))
