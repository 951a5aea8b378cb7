"""What a person reads about her own account: contacts, devices, second factor."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from lms.db import chunks
from lms.errors import NotFound
from lms.people.models import Account, Contact, Device, InvitationConsent, Person
from lms.people.queries.sign_in import contact_facts, replaced_another
from lms.people.rules import ContactFacts, Identifier


@dataclass(frozen=True)
class AccountFacts:
    """One account with its person. `second_factor_secret` is also there while it is being set up."""

    account_id: int
    public_id: str
    person_id: int
    person_public_id: str
    name: str
    language: str
    password_hash: str | None
    second_factor_secret: str | None
    has_second_factor: bool
    disabled_at: datetime | None


def get_account(session: Session, account_id: int) -> AccountFacts:
    """Return an account with its person; raise `NotFound`."""
    row = session.execute(
        select(
            Account.id,
            Account.public_id,
            Person.id,
            Person.public_id,
            Person.name,
            Person.language,
            Account.password_hash,
            Account.second_factor_secret,
            Account.second_factor_confirmed_at,
            Account.disabled_at,
        )
        .join(Person, Person.id == Account.person_id)
        .where(Account.id == account_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return AccountFacts(*row[:8], row[8] is not None, row[9])


@dataclass(frozen=True)
class ContactRow:
    """A live contact. `sharers` counts the people who have proven that it reaches them, and herself."""

    contact_id: int
    public_id: str
    kind: str
    value: str
    facts: ContactFacts
    sharers: int


def list_contacts(session: Session, person_id: int) -> list[ContactRow]:
    """Return the live contacts of a person, the oldest first. One query."""
    rows = session.execute(_contacts_of(), {"person": person_id}).all()
    return [
        ContactRow(row[0].id, row[0].public_id, row[0].kind, row[0].value, contact_facts(row[0], row[1]), row[2])
        for row in rows
    ]


@cache
def _contacts_of() -> Select[Contact, bool, int]:
    """Return the query of one `person`'s live contacts: it takes longer to build than to run."""
    other = aliased(Contact)
    sharers = select(func.count() + 1).where(
        other.kind == Contact.kind,
        other.value == Contact.value,
        other.person_id != Contact.person_id,
        other.ended_at.is_(None),
        other.confirmed_at.is_not(None),
    )
    return (
        select(Contact, replaced_another(), sharers.scalar_subquery())
        .where(Contact.person_id == bindparam("person"), Contact.ended_at.is_(None))
        .order_by(Contact.id)
    )


def agreed_numbers(session: Session, contact_ids: Collection[int]) -> set[int]:
    """Return which of these contacts were given so that an invitation may come there by text. One query."""
    agreed = select(InvitationConsent.contact_id).where(InvitationConsent.contact_id.in_(contact_ids))
    return set(session.scalars(agreed))


def list_holders(session: Session, identifier: Identifier) -> dict[int, bool]:
    """Return the ids of the people who have this contact now, and whether each has proven that it reaches her."""
    found = select(Contact.person_id, Contact.confirmed_at.is_not(None)).where(
        Contact.kind == identifier.kind, Contact.value == identifier.value, Contact.ended_at.is_(None)
    )
    return {row[0]: row[1] for row in session.execute(found.order_by(Contact.person_id)).all()}


def find_contacts_by_value(session: Session, identifier: Identifier) -> list[int]:
    """Return the ids of the people who have this contact now. Beside the owner of an e-mail no claim counts."""
    return _counting(identifier, list_holders(session, identifier))


def holders_of(session: Session, identifiers: Collection[Identifier]) -> dict[Identifier, list[int]]:
    """Return who has each of these contacts now, as `find_contacts_by_value` does; one query for each 500."""
    found: dict[Identifier, dict[int, bool]] = {}
    wanted = set(identifiers)
    for part in chunks(sorted({each.value for each in wanted}), 500):
        columns = (Contact.kind, Contact.value, Contact.person_id, Contact.confirmed_at.is_not(None))
        live = (Contact.value.in_(part), Contact.ended_at.is_(None))
        for kind, value, person_id, is_proven in session.execute(select(*columns).where(*live)):
            found.setdefault(Identifier(kind, value), {})[person_id] = is_proven
    return {each: sorted(_counting(each, found[each])) for each in wanted & set(found)}


def _counting(identifier: Identifier, holders: dict[int, bool]) -> list[int]:
    """Return which holders count: beside the owner of an e-mail no claim does."""
    owners = [person_id for person_id, is_proven in holders.items() if is_proven and identifier.kind == "email"]
    return owners or list(holders)


@dataclass(frozen=True)
class DeviceRow:
    """A phone on which she stays signed in."""

    public_id: str
    label: str
    created_at: datetime
    expires_at: datetime
    token_hash: str


def list_devices(session: Session, account_id: int, at: datetime) -> list[DeviceRow]:
    """Return the remembered phones of an account that still count, the newest first."""
    rows = session.execute(
        select(Device.public_id, Device.label, Device.created_at, Device.expires_at, Device.token_hash)
        .where(Device.account_id == account_id, Device.ended_at.is_(None), Device.expires_at > at)
        .order_by(Device.id.desc())
    ).all()
    return [DeviceRow(*row) for row in rows]
