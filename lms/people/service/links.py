"""Invitation, reset and recovery links: made, withdrawn, used once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.audit import service as audit
from lms.errors import RuleBroken
from lms.people import queries, rules
from lms.people.events import LinkMade, link_made
from lms.people.models import AccessLink, Account, Contact
from lms.people.rules import Guard, Identifier
from lms.people.rules.sessions import LINK_LIFE
from lms.people.service.guesses import forget_guesses, record_failure, take_letter
from lms.people.service.locks import lock_account, lock_guesses
from lms.people.service.sessions import end_sessions
from lms.signals import announce


def make_link(
    session: Session,
    account: Account,
    purpose: str,
    *,
    contact_id: int | None,
    created_by: int | None,
    at: datetime,
) -> AccessLink:
    """Withdraw the account's open links, add a new one, and announce it when it goes to a contact."""
    void_links(session, account.id, at=at)
    link = AccessLink(
        purpose=purpose,
        account_id=account.id,
        contact_id=contact_id,
        created_at=at,
        created_by=created_by,
        expires_at=at + LINK_LIFE[purpose],
    )
    session.add(link)
    session.flush()
    audit.record(session, created_by, "people.link_made", "person", account.person_id, at=at, purpose=purpose)
    if contact_id is not None:
        fact = LinkMade(link.id, purpose, account.id, account.person_id, contact_id, at)
        announce(link_made, session, fact)
    return link


def void_links(session: Session, account_id: int, *, at: datetime) -> None:
    """Withdraw every open link of an account: after a newer link, a changed password or contact."""
    session.execute(
        update(AccessLink)
        .where(AccessLink.account_id == account_id, AccessLink.used_at.is_(None), AccessLink.void_at.is_(None))
        .values(void_at=at)
    )


def use_link(session: Session, public_id: str, purposes: tuple[str, ...], *, at: datetime) -> AccessLink:
    """Return the link, now used; raise `RuleBroken` "link_dead" for everyone but the first."""
    used = session.execute(
        update(AccessLink)
        .where(
            AccessLink.public_id == public_id,
            AccessLink.purpose.in_(purposes),
            AccessLink.used_at.is_(None),
            AccessLink.void_at.is_(None),
            AccessLink.expires_at > at,
        )
        .values(used_at=at)
        .returning(AccessLink.id)
    ).scalar_one_or_none()
    if used is None:
        raise RuleBroken("link_dead")
    return session.get_one(AccessLink, used)


def request_reset(
    session: Session, identifier: Identifier, *, staff: frozenset[int], guard: Guard, at: datetime
) -> None:
    """Send a reset link to `identifier` where it is proof enough; do nothing otherwise, and tell nobody which.

    `staff` are the accounts among its owners that hold staff roles. Raises `RuleBroken` "too_many_letters".
    """
    take_letter(session, guard, at=at)
    send_resets(session, identifier, staff=staff, at=at)


def send_resets(session: Session, identifier: Identifier, *, staff: frozenset[int], at: datetime) -> None:
    """Send a reset link to each owner of `identifier` for whom it is proof enough. Arguments as above."""
    candidates = queries.list_candidates(session, identifier)
    for found in candidates:
        is_staff = found.account_id in staff or queries.has_granted_role(session, found.account_id)
        if rules.may_reset_by(found.contact, sharers=len(candidates), is_staff=is_staff, at=at):
            account = lock_account(session, found.account_id)
            make_link(session, account, "reset", contact_id=found.contact_id, created_by=None, at=at)


def fail_sign_in(session: Session, guard: Guard, *, at: datetime) -> int:
    """Count a wrong password or code, and return how many there were in a row."""
    lock_guesses(session, guard)
    return record_failure(session, guard, at=at)


def use_reset(
    session: Session, link_public_id: str, *, password_hash: str, was_short: bool, secret_key: str, at: datetime
) -> None:
    """Set a new password by a reset or recovery link; every session and remembered phone ends.

    A recovery also ends the contacts that were lost and the second factor. `was_short` tells that the password
    is only long enough beside a second factor. Raises `RuleBroken` "link_dead" or "password_too_short".
    """
    link = use_link(session, link_public_id, ("reset", "recovery"), at=at)
    account = lock_account(session, link.account_id)
    if account.disabled_at is not None:
        raise RuleBroken("link_dead")
    if link.purpose == "recovery":
        _leave_lost_ways(session, account, keep=link.contact_id, at=at)
    if was_short and account.second_factor_confirmed_at is None:
        raise RuleBroken("password_too_short", number=rules.shortest(has_second_factor=False))
    account.password_hash = password_hash
    end_sessions(session, account, at=at)
    void_links(session, account.id, at=at)
    confirm_by_link(session, link, at=at)
    forget_guesses(session, account, secret_key)
    audit.record(session, account.id, "people.password_reset", "person", account.person_id, at=at, by=link.purpose)


def _leave_lost_ways(session: Session, account: Account, *, keep: int | None, at: datetime) -> None:
    """End the contacts that a recovery replaces, and the second factor that was on the lost phone."""
    session.execute(
        update(Contact)
        .where(Contact.person_id == account.person_id, Contact.ended_at.is_(None), Contact.id != keep)
        .values(ended_at=at)
    )
    account.second_factor_secret = account.second_factor_confirmed_at = account.second_factor_step = None


def confirm_by_link(session: Session, link: AccessLink, *, at: datetime) -> None:
    """Note that the contact to which a used link was sent reaches her."""
    if link.contact_id is not None:
        contact = session.execute(select(Contact).where(Contact.id == link.contact_id)).scalar_one()
        contact.confirmed_at = at
