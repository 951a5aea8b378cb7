"""Beginning and ending sessions and remembered phones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit import service as audit
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id
from lms.people import queries, rules
from lms.people.models import Account, Contact, Device, EndedSession
from lms.people.rules import Guard, Identifier
from lms.people.rules.sessions import DEVICE_LIFE
from lms.people.service.guesses import clear_guesses, record_failure
from lms.people.service.locks import lock_account, lock_guesses
from lms.people.service.spare_codes import use_spare_code


@dataclass(frozen=True)
class NewDevice:
    """A phone to be remembered: the SHA-256 of the token in its cookie, and what its browser calls itself."""

    token_hash: str
    label: str


@dataclass(frozen=True)
class Opened:
    """A session that was begun, for its cookie."""

    session_id: str
    language: str


def open_session(account: Account, language: str) -> Opened:
    """Return a new session of `account`. Its random part makes it end alone at sign-out."""
    return Opened(f"{account.public_id}:{account.security_stamp}:{new_public_id()}", language)


def sign_in(
    session: Session,
    account_id: int,
    *,
    how: str,
    stamp: str,
    guard: Guard,
    checked_hash: str | None = None,
    proven_contact: Identifier | None = None,
    device: NewDevice | None = None,
    at: datetime,
) -> Opened:
    """Begin a session for an account whose password or code was right, and return it.

    `how` is "password" or "code"; `stamp` the security stamp that the account had when it was found to be enough;
    `checked_hash` is the hash that the password matched; `proven_contact` the contact that a code has just proven.
    Raises `RuleBroken`: "too_many_tries", or "sign_in_refused" when the account changed in between.
    """
    lock_guesses(session, guard)
    if not queries.may_guess(session, guard, at):
        raise RuleBroken("too_many_tries")
    account = lock_account(session, account_id)
    is_staff = queries.has_granted_role(session, account_id)
    if account.disabled_at is not None or account.security_stamp != stamp:
        raise RuleBroken("sign_in_refused")
    if how == "password" and account.password_hash != checked_hash:
        raise RuleBroken("sign_in_refused")
    if is_staff and (how == "code" or device is not None):
        raise RuleBroken("sign_in_refused")
    if proven_contact is not None:
        _confirm(session, account.person_id, proven_contact, at)
    return _begin(session, account, how=how, guard=guard, device=device, at=at)


def _begin(
    session: Session, account: Account, *, how: str, guard: Guard, device: NewDevice | None, at: datetime
) -> Opened:
    clear_guesses(session, guard)
    if device is not None:
        session.add(
            Device(
                account_id=account.id,
                token_hash=device.token_hash,
                label=device.label,
                created_at=at,
                expires_at=at + DEVICE_LIFE,
            )
        )
    remembered = device is not None
    audit.record(
        session, account.id, "people.signed_in", "person", account.person_id, at=at, how=how, remembered=remembered
    )
    return open_session(account, queries.get_account(session, account.id).language)


def _confirm(session: Session, person_id: int, proven: Identifier, at: datetime) -> None:
    """Note that a contact reached her just now."""
    session.execute(
        update(Contact)
        .where(
            Contact.person_id == person_id,
            Contact.kind == proven.kind,
            Contact.value == proven.value,
            Contact.ended_at.is_(None),
        )
        .values(confirmed_at=at)
    )


def renew_hash(session: Session, account_id: int, *, old: str, new: str) -> str | None:
    """Replace a password's hash by one with today's settings, unless it changed meanwhile, and return the one that is.

    It changed when the same password was typed twice at once; a new password changes the security stamp too.
    """
    session.execute(
        update(Account).where(Account.id == account_id, Account.password_hash == old).values(password_hash=new)
    )
    return session.scalar(select(Account.password_hash).where(Account.id == account_id))


def pass_second_factor(session: Session, account_id: int, digits: str, *, guard: Guard, at: datetime) -> bool:
    """Return whether `digits` are a right code of the app, or a spare code, not used before; a wrong one is counted.

    Raises `RuleBroken` "too_many_tries".
    """
    lock_guesses(session, guard)
    if not queries.may_guess(session, guard, at):
        raise RuleBroken("too_many_tries")
    account = lock_account(session, account_id)
    if account.second_factor_secret is None:
        raise RuleBroken("second_factor_not_begun")
    step = rules.find_step(account.second_factor_secret, digits, used=account.second_factor_step, at=at)
    if step is None and not use_spare_code(session, account, digits, at=at):
        record_failure(session, guard, at=at)
        return False
    if step is None:
        audit.record(session, account.id, "people.spare_code_used", "person", account.person_id, at=at)
    account.second_factor_step = step or account.second_factor_step
    clear_guesses(session, guard)
    return True


def end_session(session: Session, account_id: int, random_part: str, device_token: str | None, *, at: datetime) -> None:
    """End one session, so that a copy of its cookie opens nothing, and forget the phone that it was on."""
    row = {"session_hash": rules.token_hash(random_part), "ended_at": at}
    insert_once(session, EndedSession, [row])
    if device_token:
        session.execute(
            update(Device)
            .where(
                Device.account_id == account_id,
                Device.token_hash == rules.token_hash(device_token),
                Device.ended_at.is_(None),
            )
            .values(ended_at=at)
        )
    audit.record(session, account_id, "people.signed_out", "account", account_id, at=at)


def end_sessions(session: Session, account: Account, *, at: datetime, keep_device: str | None = None) -> None:
    """End every session of an account by a new stamp, and every remembered phone but `keep_device` (a token)."""
    account.security_stamp = new_public_id()
    kept = rules.token_hash(keep_device) if keep_device else ""
    session.execute(
        update(Device)
        .where(Device.account_id == account.id, Device.ended_at.is_(None), Device.token_hash != kept)
        .values(ended_at=at)
    )


def end_sessions_of(session: Session, person_id: int, *, at: datetime) -> None:
    """End every session and remembered phone of a person, so that a new duty begins with a new sign-in.

    Who has no password then chooses one by a code that proves her contact.
    """
    account_id = session.execute(select(Account.id).where(Account.person_id == person_id)).scalar_one()
    end_sessions(session, lock_account(session, account_id), at=at)


def end_device(session: Session, actor: Actor, device_public_id: str, *, at: datetime) -> Opened:
    """Forget one remembered phone, end what is open on it, and return the new session of the one who asks."""
    account = lock_account(session, actor.account_id)
    device = session.execute(
        select(Device).where(Device.public_id == device_public_id, Device.account_id == account.id)
    ).scalar_one_or_none()
    if device is None:
        raise NotFound
    device.ended_at = device.ended_at or at
    account.security_stamp = new_public_id()
    audit.record(session, account.id, "people.device_ended", "person", account.person_id, at=at)
    return open_session(account, actor.language)


def sign_out_everywhere(session: Session, actor: Actor, *, at: datetime) -> Opened:
    """End every other session and every remembered phone; return the new session of the one who asks."""
    account = lock_account(session, actor.account_id)
    end_sessions(session, account, at=at)
    audit.record(session, account.id, "people.signed_out_everywhere", "person", account.person_id, at=at)
    return open_session(account, actor.language)
