"""Giving a person one attempt more than a quiz allows."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import policy, queries, rules
from lms.assessments.events import NamedAttempt, TriesGiven, tries_given
from lms.assessments.models import AttemptGrant
from lms.assessments.specs import QuizSpec
from lms.audit.service import record
from lms.content.library import current
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
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
    _write(session, actor, latest, latest.number, reason=reason, client_id=client_id, at=at)
    return True


def give_back(
    session: Session, actor: Actor, person_id: int, module_key: str, round_number: int, *, reason: str, at: datetime
) -> None:
    """Give a person one attempt more because one of hers should not count; nothing once she has passed.

    It comes on top of what was given before. The caller has locked the person, and answers for the right to it.
    """
    latest = queries.find_attempt(session, person_id, module_key, round_number)
    if latest is None or latest.passed:
        return
    grants = select(AttemptGrant.after_number).where(
        AttemptGrant.person_id == person_id, AttemptGrant.module_key == module_key, AttemptGrant.round == round_number
    )
    taken = set(session.scalars(grants))
    # One number has one grant, and the number of an open attempt is kept for one that is given after it.
    last = latest.number if latest.submitted_at is not None else latest.number - 1
    number = next(each for each in count(last, -1) if each not in taken)
    _write(session, actor, latest, number, reason=reason, client_id=new_client_id(), at=at)


def _write(
    session: Session,
    actor: Actor,
    latest: queries.AttemptRow,
    number: int,
    *,
    reason: str,
    client_id: str,
    at: datetime,
) -> None:
    """Write a grant, log it, and announce it unless something of hers is open or waits, which comes first."""
    key = {"person_id": latest.person_id, "module_key": latest.module_key, "round": latest.round}
    row = {**key, "reason": reason, "granted_by": actor.account_id, "granted_at": at, "client_id": client_id}
    session.execute(insert(AttemptGrant).values({**row, "after_number": number}))
    _log(session, actor, latest, at)
    if latest.passed is False:
        named = NamedAttempt(latest.person_id, latest.public_id, latest.module_key)
        announce(tries_given, session, TriesGiven((named,), "granted", at))


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
