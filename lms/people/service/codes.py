"""One-time codes: six digits to a contact, ten minutes, five tries, once."""

from __future__ import annotations

import hmac
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.people import queries, rules
from lms.people.events import CodeMade, code_made
from lms.people.models import OneTimeCode
from lms.people.queries import Candidate
from lms.people.rules import Guard, Identifier
from lms.people.rules.sessions import CODE_LIFE, CODE_TRIES
from lms.people.service.guesses import forget_letters, take_letter
from lms.signals import announce


def request_sign_in_code(
    session: Session, identifier: Identifier, *, staff: frozenset[int], guard: Guard, language: str, at: datetime
) -> None:
    """Make a code for whoever has `identifier`; it is sent only when a worker does. The answer never tells.

    `staff` are the accounts among its owners that hold staff roles: they sign in with a password, once they have one.
    Raises `RuleBroken` "too_many_letters".
    """
    take_letter(session, guard, at=at)
    readers = list_code_readers(session, identifier, staff)
    code = _make_code(session, identifier, at=at)
    if readers:
        only = readers[0] if len(readers) == 1 else None
        _announce(session, code, identifier, only.person_id if only else None, only.language if only else language)


def request_contact_code(
    session: Session,
    identifier: Identifier,
    *,
    person_id: int,
    language: str,
    guard: Guard,
    also: Guard | None = None,
    at: datetime,
) -> None:
    """Send a code to a contact that somebody wants to add or confirm. Raises "too_many_letters".

    It is counted for the contact, and where `also` says: for an invitation.
    """
    for each in (guard, also):
        if each is not None:
            take_letter(session, each, at=at)
    code = _make_code(session, identifier, at=at)
    _announce(session, code, identifier, person_id, language)


def list_code_readers(session: Session, identifier: Identifier, staff: frozenset[int]) -> list[Candidate]:
    """Return the owners of `identifier` whom a code helps: workers, and staff who must choose a password first."""
    return [
        found
        for found in queries.list_candidates(session, identifier)
        if found.password_hash is None
        or (found.account_id not in staff and not queries.has_granted_role(session, found.account_id))
    ]


def _make_code(session: Session, identifier: Identifier, *, at: datetime) -> OneTimeCode:
    """Return a new code; older ones for the same contact no longer count."""
    session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.contact_value == identifier.value, OneTimeCode.expires_at > at)
        .values(expires_at=at)
    )
    code = OneTimeCode(contact_value=identifier.value, created_at=at, expires_at=at + CODE_LIFE)
    session.add(code)
    session.flush()
    return code


def _announce(
    session: Session, code: OneTimeCode, identifier: Identifier, person_id: int | None, language: str
) -> None:
    fact = CodeMade(code.id, identifier.kind, identifier.value, person_id, language, code.created_at)
    announce(code_made, session, fact)


def use_code(session: Session, identifier: Identifier, digits: str, *, secret_key: str, at: datetime) -> bool:
    """Return whether `digits` are the newest code of `identifier`, now used. Each try counts, five at most."""
    code = session.execute(
        select(OneTimeCode)
        .where(
            OneTimeCode.contact_value == identifier.value,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > at,
            OneTimeCode.tries < CODE_TRIES,
        )
        .order_by(OneTimeCode.id.desc())
        .limit(1)
        .with_for_update(),
        execution_options={"populate_existing": True},
    ).scalar_one_or_none()
    if code is None:
        return False
    code.tries += 1
    right = hmac.compare_digest(rules.code_digits(secret_key, code.public_id).encode(), digits.encode())
    code.used_at = at if right else None
    if right:
        forget_letters(session, identifier.value, secret_key)
    return right
