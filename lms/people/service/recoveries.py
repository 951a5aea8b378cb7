"""Regaining an account whose contact was lost: one person asks, another vouches, both are named in the audit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit import service as audit
from lms.errors import NotAllowed, NotFound, RuleBroken
from lms.people import policy, queries, rules
from lms.people.models import Account, Recovery
from lms.people.rules import Identifier
from lms.people.service.contacts import keep_contact
from lms.people.service.links import make_link
from lms.people.service.locks import lock_account

LONGEST_REASON = 500


def request_recovery(
    session: Session,
    actor: Actor,
    person_public_id: str,
    *,
    contact: Identifier,
    reason: str,
    oversees: bool,
    at: datetime,
) -> str:
    """Ask to send a way back to a new contact of a person, and return the request's public id.

    `oversees` as in `policy.can_assist`; `reason` says how she was recognized. Raises `NotFound`, `NotAllowed`,
    or `RuleBroken` "reason_needed", "reason_too_long", "account_disabled", "recovery_waits".
    """
    person = queries.get_person(session, person_public_id)
    account = _assisted(session, actor, person.account_id, oversees=oversees)
    reason = " ".join(reason.split())
    if not reason:
        raise RuleBroken("reason_needed")
    if len(reason) > LONGEST_REASON:
        raise RuleBroken("reason_too_long", number=LONGEST_REASON)
    if account.disabled_at is not None:
        raise RuleBroken("account_disabled")
    if queries.list_recoveries(session, account_id=account.id):
        raise RuleBroken("recovery_waits")
    recovery = Recovery(
        account_id=account.id,
        new_contact_kind=contact.kind,
        new_contact_value=contact.value,
        requested_by=actor.account_id,
        requested_at=at,
        reason=reason,
    )
    session.add(recovery)
    session.flush()
    audit.record(
        session, actor.account_id, "people.recovery_requested", "person", account.person_id, at=at, recovery=recovery.id
    )
    return recovery.public_id


def _assisted(session: Session, actor: Actor, account_id: int, *, oversees: bool) -> Account:
    """Return an account that `actor` may help back, held; raise `NotAllowed`."""
    has_role = queries.has_granted_role(session, account_id)
    if not policy.can_assist(actor, account_id, oversees=oversees, has_role=has_role):
        raise NotAllowed
    return lock_account(session, account_id)


def vouch_recovery(session: Session, actor: Actor, recovery_public_id: str, *, oversees: bool, at: datetime) -> None:
    """Confirm as a second person that the one who asked for a recovery is right; a link goes to the new contact.

    Raises `NotFound`, `NotAllowed`, or `RuleBroken` "not_oneself", "account_disabled", "email_in_use",
    "contact_shared_by_many".
    """
    recovery, account = _waiting(session, actor, recovery_public_id, oversees=oversees)
    if not rules.may_vouch(owner=account.id, requester=recovery.requested_by, voucher=actor.account_id):
        raise RuleBroken("not_oneself")
    if account.disabled_at is not None:
        raise RuleBroken("account_disabled")
    recovery.vouched_by, recovery.vouched_at = actor.account_id, at
    contact = keep_contact(
        session,
        account.person_id,
        Identifier(recovery.new_contact_kind, recovery.new_contact_value),
        is_work=False,
        confirmed_at=None,
        at=at,
    )
    audit.record(
        session, actor.account_id, "people.recovery_vouched", "person", account.person_id, at=at, recovery=recovery.id
    )
    make_link(session, account, "recovery", contact_id=contact.id, created_by=actor.account_id, at=at)


def refuse_recovery(session: Session, actor: Actor, recovery_public_id: str, *, oversees: bool, at: datetime) -> None:
    """Close a request without effect: by somebody else, or withdrawn by the one who asked."""
    recovery, account = _waiting(session, actor, recovery_public_id, oversees=oversees)
    recovery.refused_at = at
    audit.record(
        session, actor.account_id, "people.recovery_refused", "person", account.person_id, at=at, recovery=recovery.id
    )


def _waiting(session: Session, actor: Actor, recovery_public_id: str, *, oversees: bool) -> tuple[Recovery, Account]:
    """Return a request that waits, with its account, held; raise `NotFound` or `NotAllowed`."""
    statement = select(Recovery).where(
        Recovery.public_id == recovery_public_id, Recovery.vouched_at.is_(None), Recovery.refused_at.is_(None)
    )
    recovery = session.execute(statement.with_for_update()).scalar_one_or_none()
    if recovery is None:
        raise NotFound
    return recovery, _assisted(session, actor, recovery.account_id, oversees=oversees)
