"""Contacts of a person: added, confirmed by a code, ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit import service as audit
from lms.errors import NotFound, RuleBroken
from lms.people import queries
from lms.people.models import Contact
from lms.people.rules import Guard, Identifier
from lms.people.service.codes import use_code
from lms.people.service.guesses import record_failure
from lms.people.service.links import void_links
from lms.people.service.locks import lock_account, lock_contacts, lock_guesses
from lms.people.service.proofs import check_free


def confirm_contact(
    session: Session,
    actor: Actor,
    identifier: Identifier,
    digits: str,
    *,
    is_work: bool,
    secret_key: str,
    guard: Guard,
    at: datetime,
) -> bool:
    """Add or confirm a contact by the code that was sent to it; return whether the code was right.

    `is_work` counts for a new one. Raises `RuleBroken` "too_many_tries", "email_in_use", "contact_shared_by_many"
    (four people at most), or "password_needed_shared": who joins a number that another has proven needs a password.
    """
    lock_guesses(session, guard)
    if not queries.may_guess(session, guard, at):
        raise RuleBroken("too_many_tries")
    if not use_code(session, identifier, digits, secret_key=secret_key, at=at):
        record_failure(session, guard, at=at)
        return False
    lock_contacts(session, identifier)  # before the look: who accepts an invitation by it now would be missed
    holders = queries.list_holders(session, identifier)
    joins = any(holders.values()) and not holders.get(actor.person_id)
    keep_contact(session, actor.person_id, identifier, is_work=is_work, confirmed_at=at, at=at)
    if joins and lock_account(session, actor.account_id).password_hash is None:
        raise RuleBroken("password_needed_shared")
    void_links(session, actor.account_id, at=at)
    audit.record(
        session, actor.account_id, "people.contact_confirmed", "person", actor.person_id, at=at, kind=identifier.kind
    )
    return True


def keep_contact(
    session: Session,
    person_id: int,
    identifier: Identifier,
    *,
    is_work: bool,
    confirmed_at: datetime | None,
    at: datetime,
) -> Contact:
    """Return a contact of a person, added now, revived, or there already.

    `is_work` counts when it is added or revived. What is not confirmed is only claimed, so it is never refused.
    A confirmed one is: `RuleBroken` as `check_free`.
    """
    if confirmed_at is not None:
        check_free(session, identifier, besides=person_id)
    contact = session.execute(
        select(Contact).where(
            Contact.person_id == person_id, Contact.kind == identifier.kind, Contact.value == identifier.value
        )
    ).scalar_one_or_none()
    if contact is None:
        contact = Contact(
            person_id=person_id, kind=identifier.kind, value=identifier.value, is_work=is_work, added_at=at
        )
        session.add(contact)
    elif contact.ended_at is not None:
        contact.ended_at, contact.added_at, contact.confirmed_at, contact.is_work = None, at, None, is_work
    contact.confirmed_at = confirmed_at or contact.confirmed_at
    session.flush()
    return contact


def end_contact(session: Session, actor: Actor, contact_public_id: str, *, at: datetime) -> None:
    """Take one contact away. Raises `NotFound`, or `RuleBroken` "contact_last": one must stay that reaches her."""
    account = lock_account(session, actor.account_id)
    contacts = queries.list_contacts(session, account.person_id)
    if contact_public_id not in [contact.public_id for contact in contacts]:
        raise NotFound
    others = [contact for contact in contacts if contact.public_id != contact_public_id]
    if not any(contact.facts.confirmed_at for contact in others):
        raise RuleBroken("contact_last")
    row = session.execute(select(Contact).where(Contact.public_id == contact_public_id)).scalar_one()
    row.ended_at = at
    void_links(session, account.id, at=at)
    audit.record(session, account.id, "people.contact_ended", "person", account.person_id, at=at, kind=row.kind)
