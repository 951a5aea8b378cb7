"""Inviting a person, and accepting an invitation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit import service as audit
from lms.errors import NotAllowed, RuleBroken
from lms.people import policy, queries, rules
from lms.people.models import LANGUAGES, Account, Contact, Person
from lms.people.queries import ContactRow
from lms.people.queries.accounts import agreed_numbers
from lms.people.rules import BadName, Guard, Identifier
from lms.people.service.codes import use_code
from lms.people.service.consents import agree_to_text
from lms.people.service.contacts import keep_contact
from lms.people.service.guesses import record_failure
from lms.people.service.links import make_link, use_link, void_links
from lms.people.service.locks import lock_account, lock_guesses
from lms.people.service.proofs import check_free, confirm_by_link
from lms.people.service.sessions import Opened, end_sessions, open_session


@dataclass(frozen=True)
class Invited:
    """A person who was just invited. The link's token is made when it is sent or shown."""

    person_id: int
    account_id: int
    link_id: int
    person_public_id: str = ""
    link_public_id: str = ""


def invite(
    session: Session,
    actor: Actor | None,
    *,
    name: str,
    language: str,
    email: str | None = None,
    phone: str | None = None,
    is_work: bool = False,
    by_text: bool = False,
    at: datetime,
) -> Invited:
    """Add a person with an account and an invitation, sent to her e-mail, else her phone, else to be printed.

    To her phone only `by_text`: the actor says that she gave the number for it, which is written down. `actor` is
    None for the program itself; `is_work` tells that the e-mail belongs to an employer. Raises `NotAllowed`, or
    `RuleBroken`: "name_empty", "name_too_long", "name_characters", "language_unknown", "email_wrong", "phone_wrong",
    "email_in_use", "contact_shared_by_many".
    """
    if not policy.can_invite(actor):
        raise NotAllowed
    contacts = _contacts(session, email, phone, is_work=is_work, at=at)
    account = add_person(session, name=name, language=language, at=at)
    for contact in contacts:
        contact.person_id = account.person_id
    session.add_all(contacts)
    session.flush()
    actor_id = actor.account_id if actor else None
    audit.record(session, actor_id, "people.invited", "person", account.person_id, at=at)
    if by_text:
        agree_to_text(session, [each.id for each in contacts if each.kind == "phone"], actor_id, at=at)
    usable = [each.id for each in contacts if each.kind == "email" or by_text]
    contact_id = usable[0] if usable else None
    link = make_link(session, account, "invitation", contact_id=contact_id, created_by=actor_id, at=at)
    person = session.get_one(Person, account.person_id)
    return Invited(person.id, account.id, link.id, person.public_id, link.public_id)


def kept_name(typed: str) -> str:
    """Return a name as it is kept; raise `RuleBroken` with the code of what is wrong."""
    try:
        return rules.normal_name(typed)
    except BadName as error:
        raise RuleBroken(error.code) from None


def add_person(session: Session, *, name: str, language: str, is_demonstration: bool = False, at: datetime) -> Account:
    """Add a person and her account, which nobody can sign in to yet. Raises `RuleBroken`."""
    if language not in LANGUAGES:
        raise RuleBroken("language_unknown")
    name = kept_name(name)
    person = Person(
        name=name,
        search_key=rules.search_key(name),
        language=language,
        is_demonstration=is_demonstration,
        created_at=at,
    )
    session.add(person)
    session.flush()
    account = Account(person_id=person.id, created_at=at)
    session.add(account)
    session.flush()
    return account


def _contacts(session: Session, email: str | None, phone: str | None, *, is_work: bool, at: datetime) -> list[Contact]:
    """Return the contacts of a new person, not yet hers; raise `RuleBroken` for one that cannot be."""
    contacts = []
    for kind, typed, value in (
        ("email", email, rules.normal_email(email or "")),
        ("phone", phone, rules.normal_phone(phone or "")),
    ):
        if not typed:
            continue
        if value is None:
            raise RuleBroken(f"{kind}_wrong")
        check_free(session, Identifier(kind, value))
        contacts.append(Contact(kind=kind, value=value, is_work=is_work and kind == "email", added_at=at))
    return contacts


def renew_invitation(
    session: Session,
    actor: Actor,
    person_public_id: str,
    *,
    oversees: Collection[int],
    is_staff: bool,
    send: bool,
    by_text: bool = False,
    at: datetime,
) -> str:
    """Make a new invitation for somebody who never accepted one, and return the link's public id.

    `send` tells to send it; otherwise it is to be printed. `by_text` as in `invite`; what was said once stands.
    `oversees` and `is_staff` as in `policy.can_assist`. Raises `NotFound`, `NotAllowed`, or `RuleBroken`
    "already_accepted", "no_contact", "number_not_given".
    """
    person = queries.get_person(session, person_public_id)
    is_staff = is_staff or queries.has_granted_role(session, person.account_id)
    if not policy.can_assist(actor, person.account_id, oversees=oversees, is_staff=is_staff):
        raise NotAllowed
    account = lock_account(session, person.account_id)
    contacts = queries.list_contacts(session, person.person_id)
    is_hers = queries.has_used_invitation(session, account.id) or any(each.facts.confirmed_at for each in contacts)
    if account.disabled_at is not None or account.password_hash is not None or is_hers:
        raise RuleBroken("already_accepted")
    if send and by_text:
        numbers = [each.contact_id for each in contacts if each.kind == "phone"]
        agree_to_text(session, numbers, actor.account_id, at=at)
    contact_id = _where_to(session, contacts) if send else None
    return make_link(
        session, account, "invitation", contact_id=contact_id, created_by=actor.account_id, at=at
    ).public_id


def _where_to(session: Session, contacts: Sequence[ContactRow]) -> int:
    """Return the contact that an invitation is sent to: an e-mail, else a number that was given for it."""
    if not contacts:
        raise RuleBroken("no_contact")
    agreed = agreed_numbers(session, [each.contact_id for each in contacts])
    usable = [each for each in contacts if each.kind == "email" or each.contact_id in agreed]
    if not usable:
        raise RuleBroken("number_not_given")
    return min(usable, key=lambda each: each.kind != "email").contact_id


def accept_invitation(
    session: Session,
    link_public_id: str,
    *,
    name: str,
    language: str,
    password_hash: str | None,
    stamp: str,
    contact: Identifier | None = None,
    is_proven: bool = False,
    email_is_work: bool = False,
    at: datetime,
) -> Opened:
    """Take an invitation: keep the name as she writes it, her language, contact and password; begin a session.

    `contact` is one of her own; unless a code has just proven it (`is_proven`) it is only claimed, whoever else has
    it. Without a password she signs in by codes, which only workers can who have proven a contact that is theirs
    alone; `stamp` is the security stamp that her account had when she was found to be one.
    Raises `RuleBroken`: "link_dead", "password_needed", "password_needed_shared", "contact_needed", what is wrong
    with a name or language, and as `check_free`.
    """
    link = use_link(session, link_public_id, ("invitation",), at=at)
    account = lock_account(session, link.account_id)
    if account.disabled_at is not None or account.password_hash is not None:
        raise RuleBroken("link_dead")
    if password_hash is None and account.security_stamp != stamp:
        raise RuleBroken("password_needed")
    introduce(session, account.person_id, name=name, language=language)
    if contact is not None:
        proven_at = at if is_proven else None
        keep_contact(session, account.person_id, contact, is_work=False, confirmed_at=proven_at, at=at)
    if email_is_work and link.contact_id is not None:
        session.get_one(Contact, link.contact_id).is_work = True
    confirm_by_link(session, link, at=at)
    _check_way_in(session, account, password_hash)
    account.password_hash = password_hash
    end_sessions(session, account, at=at)
    void_links(session, account.id, at=at)
    how = "password" if password_hash else "code"
    audit.record(session, account.id, "people.invitation_accepted", "person", account.person_id, at=at, how=how)
    return open_session(account, language)


def accept_by_code(
    session: Session,
    link_public_id: str,
    digits: str,
    *,
    name: str,
    language: str,
    contact: Identifier,
    stamp: str,
    secret_key: str,
    guard: Guard,
    at: datetime,
) -> Opened | None:
    """Take an invitation without a password once the code that was sent to `contact` is right; None when it is wrong.

    Until then the invitation stays open, and nothing is kept. Raises as `accept_invitation`, and "too_many_tries".
    """
    lock_guesses(session, guard)
    if not queries.may_guess(session, guard, at):
        raise RuleBroken("too_many_tries")
    if not use_code(session, contact, digits, secret_key=secret_key, at=at):
        record_failure(session, guard, at=at)
        return None
    return accept_invitation(
        session,
        link_public_id,
        name=name,
        language=language,
        password_hash=None,
        stamp=stamp,
        contact=contact,
        is_proven=True,
        at=at,
    )


def _check_way_in(session: Session, account: Account, password_hash: str | None) -> None:
    """Raise `RuleBroken` when she could not sign in with what she has chosen."""
    session.flush()
    contacts = queries.list_contacts(session, account.person_id)
    if not contacts:
        raise RuleBroken("contact_needed")
    if password_hash is None:
        if queries.has_granted_role(session, account.id):
            raise RuleBroken("password_needed")
        proven = [contact for contact in contacts if contact.facts.confirmed_at]
        if not proven:
            raise RuleBroken("contact_needed")
        if all(contact.sharers > 1 for contact in proven):
            raise RuleBroken("password_needed_shared")


def introduce(session: Session, person_id: int, *, name: str, language: str) -> None:
    """Keep a person's name as she writes it, and the language she reads. Raises `RuleBroken`."""
    if language not in LANGUAGES:
        raise RuleBroken("language_unknown")
    person = session.get_one(Person, person_id)
    person.name = kept_name(name)
    person.search_key = rules.search_key(person.name)
    person.language = language
