"""Passwords on pages: the present one, asked for again before something that matters, and a new one."""

from __future__ import annotations

from lms.clock import now
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.people import queries, rules, service
from lms.people.queries import AccountFacts
from lms.people.views.sessions import second_guard


def check_present_password(account: AccountFacts, typed: str | None) -> None:
    """Raise `RuleBroken` "password_wrong" or "too_many_tries" unless this is the account's password, or it has none."""
    if account.password_hash is None:
        return
    guard = second_guard(account.public_id)
    if not queries.may_guess(reading(), guard, now()):
        raise RuleBroken("too_many_tries")
    if not rules.password_matches(account.password_hash, typed or ""):
        write(lambda session: service.fail_sign_in(session, guard, at=now()))
        raise RuleBroken("password_wrong")


def new_hash(password: str, *, has_second_factor: bool, own_words: list[str]) -> str:
    """Return the hash of a new password; raise `RuleBroken` when it is not good enough."""
    fault = rules.password_fault(password, has_second_factor=has_second_factor, own_words=own_words)
    if fault == "password_too_short":
        raise RuleBroken(fault, number=rules.shortest(has_second_factor=has_second_factor))
    if fault == "password_too_long":
        raise RuleBroken(fault, number=rules.LONGEST_PASSWORD)
    if fault:
        raise RuleBroken(fault)
    return rules.hash_password(password)


def own_words(person_id: int, *more: str) -> list[str]:
    """Return what a person's password may not be made of: her name and contacts."""
    contacts = [contact.value for contact in queries.list_contacts(reading(), person_id)]
    return [*queries.names_of(reading(), [person_id]).values(), *contacts, *more]
