"""Yearly hours: she asks her supervising provider, who alone accepts. Nothing of it counts in a track."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.clock import local_date
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id
from lms.organizations.policy import still_supervises
from lms.organizations.queries.supervising import stands_in_at
from lms.signals import announce
from lms.training import policy, queries
from lms.training.events import TrainingJudged, TrainingShared, training_judged, training_shared
from lms.training.models import EarlierTraining, TrainingShare
from lms.training.rules import DECLINE_REASONS
from lms.training.rules import reviewing as rules
from lms.training.service.telling import lock_changeable, lock_training


def share(session: Session, actor: Actor, public_id: str, organization_id: int, *, at: datetime) -> None:
    """Ask a supervising provider to accept it for the yearly hours. Twice changes nothing.

    She asks, or a supervisor of the provider who entered it for her. Raises `NotFound` unless the organization is her
    supervising provider today, and `RuleBroken`.
    """
    training = lock_changeable(session, actor, public_id, at)
    providers = queries.providers_of(session, [training.person_id], local_date(at)).get(training.person_id, frozenset())
    asks = training.person_id == actor.person_id or organization_id in actor.supervises
    if organization_id not in providers or not asks:
        raise NotFound
    if training.state == "withdrawn":
        raise RuleBroken("withdrawn_by_her")
    if training.minutes is None:
        raise RuleBroken("hours_needed")
    outcomes = {
        each.outcome for each in queries.list_shares(session, [training.id]) if each.organization_id == organization_id
    }
    if not outcomes.isdisjoint({None, "accepted"}):
        return
    row = {
        "public_id": new_public_id(),
        "training_id": training.id,
        "organization_id": organization_id,
        "asked_at": at,
    }
    insert_once(session, TrainingShare, [row])
    _log(session, actor, "training.shared", training, organization_id, at)
    announce(training_shared, session, TrainingShared(training.person_id, training.public_id, organization_id, at))


def _lock_share(session: Session, share_public_id: str) -> tuple[EarlierTraining, TrainingShare]:
    """Return a request and what it is about, as they stand once the person is locked; raise `NotFound`."""
    found = TrainingShare.public_id == share_public_id
    about = select(EarlierTraining.public_id).join(TrainingShare, TrainingShare.training_id == EarlierTraining.id)
    public_id = session.scalar(about.where(found))
    if public_id is None:
        raise NotFound
    training = lock_training(session, public_id)
    statement = select(TrainingShare).where(found).execution_options(populate_existing=True)
    return training, session.scalars(statement.with_for_update()).one()


def unshare(session: Session, actor: Actor, share_public_id: str, *, at: datetime) -> None:
    """Take the request back before it was decided. Twice changes nothing. Raises `NotFound` and `RuleBroken`."""
    training, row = _lock_share(session, share_public_id)
    if training.person_id != actor.person_id:
        raise NotFound
    if row.outcome == "withdrawn":
        return
    if row.outcome is not None:
        raise RuleBroken("settled_already")
    row.outcome, row.settled_by, row.settled_at, row.settled_on = "withdrawn", actor.account_id, at, local_date(at)
    _log(session, actor, "training.unshared", training, row.organization_id, at)


def settle_share(
    session: Session,
    actor: Actor,
    share_public_id: str,
    *,
    minutes: int | None = None,
    reason_code: str | None = None,
    note: str = "",
    at: datetime,
) -> None:
    """Accept it for the yearly hours, with `minutes`, or decline it with a reason. The same again changes nothing.

    Raises `NotFound` unless the actor answers for the provider, which is hers today, and not in her stead, and
    `RuleBroken`.
    """
    training, row = _lock_share(session, share_public_id)
    today = local_date(at)
    providers = queries.providers_of(session, [training.person_id], today).get(training.person_id, frozenset())
    others = providers - stands_in_at(session, actor.person_id, training.person_id, today)
    may = policy.can_accept(actor, training.person_id, row.organization_id, others)
    if not may or not still_supervises(session, actor, row.organization_id, today):
        raise NotFound
    outcome = "declined" if minutes is None else "accepted"
    if (row.outcome, row.minutes, row.reason_code) == (outcome, minutes, reason_code):
        return
    if row.outcome is not None:
        raise RuleBroken("withdrawn_by_her" if row.outcome == "withdrawn" else "settled_already")
    if minutes is None:
        rules.check_reason(reason_code, note, DECLINE_REASONS)
    elif not 1 <= minutes <= (training.minutes or 0):
        raise RuleBroken("more_than_told", most=training.minutes or 0)
    row.outcome, row.minutes, row.reason_code, row.note = outcome, minutes, reason_code, note.strip()
    row.settled_by, row.settled_at, row.settled_on = actor.account_id, at, today
    _log(session, actor, f"training.{outcome}", training, row.organization_id, at)
    fact = TrainingJudged(training.person_id, training.public_id, outcome, reason_code, at)
    announce(training_judged, session, fact)


def _log(
    session: Session, actor: Actor, action: str, training: EarlierTraining, organization_id: int, at: datetime
) -> None:
    record(
        session,
        actor.account_id,
        action,
        "earlier_training",
        training.public_id,
        at=at,
        organization_id=organization_id,
    )
