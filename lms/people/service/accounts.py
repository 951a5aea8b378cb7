"""What a person changes about herself: name, language, password, second factor."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit import service as audit
from lms.errors import RuleBroken
from lms.people import queries, rules
from lms.people.models import LANGUAGES, Account, Person
from lms.people.rules import Guard
from lms.people.service.guesses import record_failure
from lms.people.service.invitations import introduce
from lms.people.service.links import void_links
from lms.people.service.locks import lock_account, lock_guesses
from lms.people.service.sessions import Opened, end_sessions, open_session
from lms.people.service.spare_codes import clear_second_factor, keep_spare_codes


def rename(session: Session, actor: Actor, name: str, *, at: datetime) -> None:
    """Keep the actor's name as she writes it now. What was issued before keeps the earlier name."""
    introduce(session, actor.person_id, name=name, language=session.get_one(Person, actor.person_id).language)
    audit.record(session, actor.account_id, "people.renamed", "person", actor.person_id, at=at)


def set_language(session: Session, actor: Actor, language: str, *, at: datetime) -> None:
    """Keep the language in which the actor reads."""
    if language not in LANGUAGES:
        raise RuleBroken("language_unknown")
    person = session.get_one(Person, actor.person_id)
    if person.language != language:
        person.language = language
        audit.record(session, actor.account_id, "people.language_chosen", "person", actor.person_id, at=at)


def set_listening(session: Session, actor: Actor, *, listens: bool, at: datetime) -> None:
    """Keep whether the actor would rather listen than read."""
    person = session.get_one(Person, actor.person_id)
    if person.listens != listens:
        person.listens = listens
        audit.record(session, actor.account_id, "people.listening_chosen", "person", actor.person_id, at=at)


def set_password(
    session: Session,
    actor: Actor,
    *,
    checked_hash: str | None,
    new_hash: str,
    was_short: bool,
    keep_device: str | None,
    at: datetime,
) -> Opened:
    """Set a new password; every other session ends. Return the new session of the one who asks.

    `checked_hash` is the hash that the present password matched (None when she has none); `was_short` tells
    that the new one is only long enough beside a second factor. Raises `RuleBroken` "password_wrong" or
    "password_too_short".
    """
    account = _checked(session, actor, checked_hash)
    if was_short and account.second_factor_confirmed_at is None:
        raise RuleBroken("password_too_short", number=rules.shortest(has_second_factor=False))
    account.password_hash = new_hash
    end_sessions(session, account, at=at, keep_device=keep_device)
    void_links(session, account.id, at=at)
    audit.record(session, account.id, "people.password_changed", "person", account.person_id, at=at)
    return open_session(account, actor.language)


def set_first_password(session: Session, account_id: int, new_hash: str, *, at: datetime) -> str:
    """Give a password to an account that has none, after a code has proven its owner's contact. Its sessions end.

    She needs one because her number is shared by now, or because she has a staff role. Returns the new security
    stamp. Raises `RuleBroken` "sign_in_refused" when the account changed in between.
    """
    account = lock_account(session, account_id)
    if account.disabled_at is not None or account.password_hash is not None:
        raise RuleBroken("sign_in_refused")
    account.password_hash = new_hash
    end_sessions(session, account, at=at)
    void_links(session, account.id, at=at)
    audit.record(session, account.id, "people.password_chosen", "person", account.person_id, at=at)
    return account.security_stamp


def _checked(session: Session, actor: Actor, checked_hash: str | None) -> Account:
    """Return the actor's account, held, when its password is still the one that was checked."""
    account = lock_account(session, actor.account_id)
    if account.password_hash != checked_hash:
        raise RuleBroken("password_wrong")
    return account


def begin_second_factor(session: Session, actor: Actor, *, checked_hash: str | None, at: datetime) -> None:
    """Make a secret for an authenticator app; it counts only once a code of it was typed.

    Raises `RuleBroken` "password_wrong", "password_needed" (a second factor stands beside a password) or
    "second_factor_is_on".
    """
    account = _checked(session, actor, checked_hash)
    if account.password_hash is None:
        raise RuleBroken("password_needed")
    if account.second_factor_confirmed_at is not None:
        raise RuleBroken("second_factor_is_on")
    account.second_factor_secret = rules.new_secret()
    audit.record(session, account.id, "people.second_factor_begun", "person", account.person_id, at=at)


def confirm_second_factor(
    session: Session, actor: Actor, digits: str, *, spare_codes: tuple[str, ...], guard: Guard, at: datetime
) -> Opened | None:
    """Turn the second factor on by a first right code, ending other sessions; None when the code was wrong.

    `spare_codes` (`rules.new_spare_codes`) are those that she is shown now.
    """
    lock_guesses(session, guard)
    if not queries.may_guess(session, guard, at):
        raise RuleBroken("too_many_tries")
    account = lock_account(session, actor.account_id)
    if account.second_factor_secret is None or account.second_factor_confirmed_at is not None:
        raise RuleBroken("second_factor_not_begun")
    step = rules.find_step(account.second_factor_secret, digits, used=account.second_factor_step, at=at)
    if step is None:
        record_failure(session, guard, at=at)
        return None
    account.second_factor_step = step
    account.second_factor_confirmed_at = at
    keep_spare_codes(session, account, spare_codes)
    end_sessions(session, account, at=at)
    audit.record(session, account.id, "people.second_factor_on", "person", account.person_id, at=at)
    return open_session(account, actor.language)


def end_second_factor(
    session: Session, actor: Actor, *, checked_hash: str | None, is_short: bool, at: datetime
) -> Opened:
    """Turn the second factor off. Raises `RuleBroken` "password_wrong" or "password_must_grow" (it has 8 to 14)."""
    account = _checked(session, actor, checked_hash)
    if is_short:
        raise RuleBroken("password_must_grow", number=rules.shortest(has_second_factor=False))
    clear_second_factor(session, account)
    end_sessions(session, account, at=at)
    audit.record(session, account.id, "people.second_factor_off", "person", account.person_id, at=at)
    return open_session(account, actor.language)
