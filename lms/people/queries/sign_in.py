"""What sign-in needs to know before it decides: whose identifier this is, and how many guesses were wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased

from lms.people import rules
from lms.people.models import AccessLink, Account, Contact, Person, SignInFailure
from lms.people.rules import ContactFacts, Guard, Identifier
from lms.people.rules.sessions import CANDIDATES, GUESS_WINDOW, GUESSES_KEPT


@dataclass(frozen=True)
class Candidate:
    """An account that an identifier may mean, with the contact by which it was found."""

    account_id: int
    account_public_id: str
    security_stamp: str
    password_hash: str | None
    has_second_factor: bool
    person_id: int
    language: str
    contact_id: int
    contact: ContactFacts


def list_candidates(session: Session, identifier: Identifier) -> list[Candidate]:
    """Return the live accounts whose owners have proven that `identifier` reaches them, the oldest first. One query."""
    return [found for found in list_claimants(session, identifier) if found.contact.confirmed_at is not None]


def list_claimants(session: Session, identifier: Identifier) -> list[Candidate]:
    """Return the live accounts that `identifier` may mean, at most four, those that have proven it first. One query.

    Anybody may claim a contact: what nobody has proven says who is meant, and proves nothing.
    """
    rows = session.execute(
        select(
            Account.id,
            Account.public_id,
            Account.security_stamp,
            Account.password_hash,
            Account.second_factor_confirmed_at,
            Person.id,
            Person.language,
            Contact,
            replaced_another(),
        )
        .join(Person, Person.id == Account.person_id)
        .join(Contact, Contact.person_id == Person.id)
        .where(
            Contact.kind == identifier.kind,
            Contact.value == identifier.value,
            Contact.ended_at.is_(None),
            Account.disabled_at.is_(None),
        )
        .order_by(Contact.confirmed_at.is_(None), Account.id)
        .limit(CANDIDATES)
    ).all()
    return [
        Candidate(
            row[0], row[1], row[2], row[3], row[4] is not None, row[5], row[6], row[7].id, contact_facts(row[7], row[8])
        )
        for row in rows
    ]


def replaced_another() -> ColumnElement[bool]:
    """Return the criterion: the person of this contact had another of its kind before, and had proven it."""
    earlier = aliased(Contact)
    return (
        select(earlier.id)
        .where(
            earlier.person_id == Contact.person_id,
            earlier.kind == Contact.kind,
            earlier.id != Contact.id,
            earlier.added_at < Contact.added_at,
            earlier.confirmed_at.is_not(None),
        )
        .exists()
    )


def contact_facts(contact: Contact, replaced: bool) -> ContactFacts:
    """Return what rules want to know of a contact's row."""
    return ContactFacts(contact.kind, contact.is_work, contact.added_at, contact.confirmed_at, replaced)


def may_guess(session: Session, guard: Guard, at: datetime) -> bool:
    """Return whether another guess is allowed where `guard` counts. One query."""
    return bool(list_open(session, [guard], at))


def list_open(session: Session, guards: Sequence[Guard], at: datetime) -> list[Guard]:
    """Return those of `guards` where another guess is allowed. One query."""
    since, buckets = at - GUESS_WINDOW, {name for guard in guards for name in guard.buckets}
    rows = session.execute(
        select(
            SignInFailure.bucket,
            func.count(),
            func.sum(case((SignInFailure.at > since, 1), else_=0)),
        )
        .where(SignInFailure.bucket.in_(buckets), SignInFailure.at > at - GUESSES_KEPT)
        .group_by(SignInFailure.bucket)
    ).all()
    counts = {row[0]: (int(row[1]), int(row[2])) for row in rows}

    def is_open(guard: Guard) -> bool:
        whole, recent = counts.get(guard.own, (0, 0))
        return rules.may_guess(recent=recent, in_a_row=whole, from_address=counts.get(guard.address or "", (0, 0))[1])

    return [guard for guard in guards if is_open(guard)]


@dataclass(frozen=True)
class OpenLink:
    """What a live link opens: whose account, and what is known of the person."""

    public_id: str
    purpose: str
    account_id: int
    security_stamp: str
    person_id: int
    name: str
    language: str
    created_by: int | None
    expires_at: datetime
    has_second_factor: bool
    contact_kind: str | None
    contact_value: str | None


def find_open_link(session: Session, public_id: str, purposes: tuple[str, ...], at: datetime) -> OpenLink | None:
    """Return what a link opens; None when it was used, withdrawn, is too old or for another purpose."""
    row: Any = session.execute(
        select(
            AccessLink.public_id,
            AccessLink.purpose,
            Account.id,
            Account.security_stamp,
            Person.id,
            Person.name,
            Person.language,
            AccessLink.created_by,
            AccessLink.expires_at,
            Account.second_factor_confirmed_at.is_not(None),
            Contact.kind,
            Contact.value,
        )
        .join(Account, Account.id == AccessLink.account_id)
        .join(Person, Person.id == Account.person_id)
        .outerjoin(Contact, Contact.id == AccessLink.contact_id)
        .where(
            AccessLink.public_id == public_id,
            AccessLink.purpose.in_(purposes),
            AccessLink.used_at.is_(None),
            AccessLink.void_at.is_(None),
            AccessLink.created_at <= at,
            AccessLink.expires_at > at,
            Account.disabled_at.is_(None),
        )
    ).one_or_none()
    return OpenLink(*row) if row else None


def find_challenged(session: Session, session_id: str) -> int | None:
    """Return the id of the live account with a second factor that "public id:stamp" stands for, or None."""
    public_id, _, stamp = session_id.partition(":")
    return session.execute(
        select(Account.id).where(
            Account.public_id == public_id,
            Account.security_stamp == stamp,
            Account.disabled_at.is_(None),
            Account.second_factor_confirmed_at.is_not(None),
        )
    ).scalar_one_or_none()
