"""Giving a person one attempt more than a quiz allows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import policy, queries, rules
from lms.assessments.events import NamedAttempt, TriesGiven, tries_given
from lms.assessments.models import AttemptGrant
from lms.assessments.specs import QuizSpec
from lms.audit.service import record
from lms.content.library import current
from lms.errors import NotFound, RuleBroken
from lms.people.service import lock
from lms.signals import announce


def grant_attempt(
    session: Session,
    actor: Actor,
    person_id: int,
    module_key: str,
    round_number: int,
    *,
    reason: str,
    client_id: str,
    at: datetime,
) -> bool:
    """Give a person one attempt more after her last one, which ends her waiting too; return whether that is new.

    Raise `NotFound` unless the actor may, or without a failed attempt; `RuleBroken("not_needed")` while she may try
    anyway.
    """
    if not policy.can_keep(actor, person_id):
        raise NotFound
    lock(session, [person_id])
    latest = queries.find_attempt(session, person_id, module_key, round_number)
    if latest is None or latest.passed is not False:
        raise NotFound("no attempt that did not pass")
    if queries.was_given(session, person_id, client_id):
        return False
    leave = queries.leave_after(session, current(session).spec(QuizSpec, "module", module_key), latest)
    if not _is_held_back(leave, at):
        raise RuleBroken("not_needed")
    key = {"person_id": person_id, "module_key": module_key, "round": round_number, "after_number": latest.number}
    row = {**key, "reason": reason, "granted_by": actor.account_id, "granted_at": at, "client_id": client_id}
    session.execute(insert(AttemptGrant).values(row))
    _log(session, actor, latest, at)
    named = NamedAttempt(person_id, latest.public_id, module_key)
    announce(tries_given, session, TriesGiven((named,), "granted", at))
    return True


def _log(session: Session, actor: Actor, latest: queries.AttemptRow, at: datetime) -> None:
    record(
        session,
        actor.account_id,
        "assessments.granted",
        "attempt",
        latest.public_id,
        at=at,
        module=latest.module_key,
        number=latest.number,
    )


def _is_held_back(leave: rules.Leave, at: datetime) -> bool:
    """Return whether the limits keep her from trying now."""
    try:
        rules.check_leave(leave, at)
    except RuleBroken:
        return True
    return False
