"""Regaining an account whose contact was lost: one person asks, another vouches, both are named in the audit."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit import service as audit
from lms.errors import NotAllowed, NotFound, RuleBroken
from lms.people import policy, queries, rules
from lms.people.events import RecoveryVouched, recovery_vouched
from lms.people.models import Account, Recovery
from lms.people.rules import Identifier
from lms.people.service.contacts import keep_contact
from lms.people.service.links import make_link
from lms.people.service.locks import lock_account
from lms.people.service.proofs import check_free
from lms.signals import announce

LONGEST_REASON = 500


def request_recovery(
    session: Session,
    actor: Actor,
    person_public_id: str,
    *,
    contact: Identifier,
    reason: str,
    oversees: Collection[int],
    is_staff: bool,
    at: datetime,
) -> str:
    """Ask to send a way back to a new contact of a person, and return the request's public id.

    `oversees` and `is_staff` as in `policy.can_assist`; `reason` says how she was recognized. The request stays in
    one organization where both work; an administrator's among administrators. Raises `NotFound`, `NotAllowed`, or
    `RuleBroken` "reason_needed", "reason_too_long", "account_disabled", "recovery_waits".
    """
    person = queries.get_person(session, person_public_id)
    is_staff = is_staff or queries.has_granted_role(session, person.account_id)
    if not policy.can_assist(actor, person.account_id, oversees=oversees, is_staff=is_staff):
        raise NotAllowed
    account = lock_account(session, person.account_id)
    place = None if actor.has("administrator") else min(oversees)
    recovery = Recovery(
        account_id=account.id,
        new_contact_kind=contact.kind,
        new_contact_value=contact.value,
        requested_by=actor.account_id,
        organization_id=place,
        requested_at=at,
        reason=_reason(reason),
    )
    if account.disabled_at is not None:
        raise RuleBroken("account_disabled")
    waiting = queries.list_recoveries(session, account_id=account.id, at=at)
    if any(each.organization_id == place for each in waiting):
        raise RuleBroken("recovery_waits")
    session.add(recovery)
    session.flush()
    _record(session, actor, "people.recovery_requested", account, recovery, at)
    return recovery.public_id


def _reason(typed: str) -> str:
    """Return how she was recognized, on one line; raise `RuleBroken`."""
    reason = " ".join(typed.split())
    if not reason:
        raise RuleBroken("reason_needed")
    if len(reason) > LONGEST_REASON:
        raise RuleBroken("reason_too_long", number=LONGEST_REASON)
    return reason


def vouch_recovery(
    session: Session,
    actor: Actor,
    recovery_public_id: str,
    *,
    oversees: Collection[int],
    is_staff: bool,
    requester: Actor | None,
    requester_oversees: Collection[int],
    at: datetime,
) -> datetime:
    """Confirm as a second person that the one who asked for a recovery is right; return when its link is sent.

    It goes to the new contact: at once when an administrator is one of the two, else after a day. The old contacts
    are told now. `requester` is who asked, as she stands today, and `requester_oversees` what she shares with the
    person. Raises `NotFound`, `NotAllowed`, or `RuleBroken` "not_oneself", "account_disabled", "requester_left",
    and as `check_free`.
    """
    recovery, account = _waiting(session, actor, recovery_public_id, oversees=oversees, is_staff=is_staff, at=at)
    if not rules.may_vouch(owner=account.id, requester=recovery.requested_by, voucher=actor.account_id):
        raise RuleBroken("not_oneself")
    if account.disabled_at is not None:
        raise RuleBroken("account_disabled")
    if requester is None or not policy.can_settle(
        requester, account.id, recovery.organization_id, oversees=requester_oversees, is_staff=is_staff
    ):
        raise RuleBroken("requester_left")
    opens_at = rules.recovery_opens(at, by_administrator=actor.has("administrator") or requester.has("administrator"))
    recovery.vouched_by, recovery.vouched_at = actor.account_id, at
    _send_link(session, actor, account, recovery, opens_at=opens_at, at=at)
    _record(session, actor, "people.recovery_vouched", account, recovery, at)
    return opens_at


def _send_link(
    session: Session, actor: Actor, account: Account, recovery: Recovery, *, opens_at: datetime, at: datetime
) -> None:
    """Make the link to the new contact, and announce the recovery to every other contact."""
    new = Identifier(recovery.new_contact_kind, recovery.new_contact_value)
    check_free(session, new, besides=account.person_id)
    contacts = queries.list_contacts(session, account.person_id)
    old = tuple(each for each in (Identifier(row.kind, row.value) for row in contacts) if each != new)
    kept = keep_contact(session, account.person_id, new, is_work=False, confirmed_at=None, at=at)
    make_link(session, account, "recovery", contact_id=kept.id, created_by=actor.account_id, opens_at=opens_at, at=at)
    language = queries.get_account(session, account.id).language
    announce(recovery_vouched, session, RecoveryVouched(recovery.id, account.person_id, language, old, at))


def refuse_recovery(
    session: Session,
    actor: Actor,
    recovery_public_id: str,
    *,
    oversees: Collection[int],
    is_staff: bool,
    at: datetime,
) -> None:
    """Close a request without effect: by somebody else, or withdrawn by the one who asked."""
    recovery, account = _waiting(session, actor, recovery_public_id, oversees=oversees, is_staff=is_staff, at=at)
    recovery.refused_at = at
    _record(session, actor, "people.recovery_refused", account, recovery, at)


def _waiting(
    session: Session,
    actor: Actor,
    recovery_public_id: str,
    *,
    oversees: Collection[int],
    is_staff: bool,
    at: datetime,
) -> tuple[Recovery, Account]:
    """Return a request that waits, with its account, held; raise `NotFound` or `NotAllowed`."""
    statement = select(Recovery).where(Recovery.public_id == recovery_public_id, queries.is_waiting(at))
    recovery = session.execute(statement.with_for_update()).scalar_one_or_none()
    if recovery is None:
        raise NotFound
    is_staff = is_staff or queries.has_granted_role(session, recovery.account_id)
    if not policy.can_settle(
        actor, recovery.account_id, recovery.organization_id, oversees=oversees, is_staff=is_staff
    ):
        raise NotAllowed
    return recovery, lock_account(session, recovery.account_id)


def _record(session: Session, actor: Actor, action: str, account: Account, recovery: Recovery, at: datetime) -> None:
    audit.record(
        session,
        actor.account_id,
        action,
        "person",
        account.person_id,
        at=at,
        organization_id=recovery.organization_id,
        recovery=recovery.id,
    )
