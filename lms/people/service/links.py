"""Invitation, reset and recovery links: made, withdrawn, used once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.audit import service as audit
from lms.errors import RuleBroken
from lms.people import queries, rules
from lms.people.events import LinkMade, link_made
from lms.people.models import AccessLink, Account, Contact
from lms.people.queries import Candidate
from lms.people.rules import Guard, Identifier, Ties
from lms.people.rules.sessions import GUESSES_IN_A_ROW, LINK_LIFE
from lms.people.service.guesses import forget_guesses, record_failure, take_letter
from lms.people.service.locks import lock_account, lock_guesses
from lms.people.service.proofs import confirm_by_link
from lms.people.service.sessions import end_sessions
from lms.people.service.spare_codes import clear_second_factor
from lms.signals import announce


def make_link(
    session: Session,
    account: Account,
    purpose: str,
    *,
    contact_id: int | None,
    created_by: int | None,
    opens_at: datetime | None = None,
    at: datetime,
) -> AccessLink:
    """Withdraw the account's open links, add a new one, and announce it when it goes to a contact.

    It opens, and is sent, from `opens_at` on; at once where that is None.
    """
    void_links(session, account.id, at=at)
    opens_at = opens_at or at
    link = AccessLink(
        purpose=purpose,
        account_id=account.id,
        contact_id=contact_id,
        created_at=opens_at,
        created_by=created_by,
        expires_at=opens_at + LINK_LIFE[purpose],
    )
    session.add(link)
    session.flush()
    audit.record(session, created_by, "people.link_made", "person", account.person_id, at=at, purpose=purpose)
    if contact_id is not None:
        fact = LinkMade(link.id, purpose, account.id, account.person_id, contact_id, opens_at)
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
            AccessLink.created_at <= at,
            AccessLink.expires_at > at,
        )
        .values(used_at=at)
        .returning(AccessLink.id)
    ).scalar_one_or_none()
    if used is None:
        raise RuleBroken("link_dead")
    return session.get_one(AccessLink, used)


def request_reset(session: Session, identifier: Identifier, *, ties: Ties, guard: Guard, at: datetime) -> None:
    """Send a reset link to `identifier` where it is proof enough; do nothing otherwise, and tell nobody which.

    `ties` are those of its owners. Raises `RuleBroken` "too_many_letters".
    """
    take_letter(session, guard, at=at)
    send_resets(session, identifier, ties=ties, at=at)


def send_resets(session: Session, identifier: Identifier, *, ties: Ties, at: datetime) -> None:
    """Send a reset link to each owner of `identifier` for whom it is proof enough. Arguments as above."""
    claimants = queries.list_claimants(session, identifier)
    proven = {found.account_id for found in claimants if found.contact.confirmed_at is not None}
    for found in claimants:
        if rules.may_reset_by(
            found.contact,
            sharers=len(proven | {found.account_id}),
            is_staff=found.account_id in ties.staff or queries.has_granted_role(session, found.account_id),
            has_left=found.account_id in ties.left,
            at=at,
        ):
            account = lock_account(session, found.account_id)
            make_link(session, account, "reset", contact_id=found.contact_id, created_by=None, at=at)


def fail_sign_in(session: Session, *guards: Guard, at: datetime) -> int:
    """Count a wrong password or code once where each of `guards` counts; return the most in a row for an account."""
    lock_guesses(session, *guards)
    return record_failure(session, *guards, at=at)


def refuse_sign_in(
    session: Session,
    identifier: Identifier,
    *guards: Guard,
    ties_among: Callable[[list[Candidate]], Ties],
    at: datetime,
) -> None:
    """Count a wrong password or code at `identifier`. At the hundredth in a row the owner is told, by a reset link.

    `ties_among` finds the ties of its owners; it is asked only then.
    """
    if fail_sign_in(session, *guards, at=at) == GUESSES_IN_A_ROW:
        ties = ties_among(queries.list_claimants(session, identifier))
        send_resets(session, identifier, ties=ties, at=at)


def use_reset(
    session: Session, link_public_id: str, *, password_hash: str, was_short: bool, secret_key: str, at: datetime
) -> None:
    """Set a new password by a reset or recovery link; every session and remembered phone ends.

    A recovery also ends the contacts that were lost and the second factor. `was_short` tells that the password
    is only long enough beside a second factor. Raises `RuleBroken` "link_dead", "password_too_short", and as
    `check_free`.
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
    clear_second_factor(session, account)
