"""What a letter needs when it is sent: the link or code it carries, and whether it is still worth sending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.people.models import AccessLink, Account, Contact, InvitationConsent, OneTimeCode, Person
from lms.people.rules.sessions import CODE_TRIES


@dataclass(frozen=True)
class LinkLetter:
    """A link to be sent. Its token is `rules.link_token(secret_key, public_id)`."""

    public_id: str
    purpose: str
    expires_at: datetime
    person_id: int
    name: str
    language: str
    contact_kind: str
    contact_value: str
    #: For a phone: who invited her has noted that she gave the number for it.
    is_agreed: bool


def find_link_letter(session: Session, link_id: int, at: datetime) -> LinkLetter | None:
    """Return what a letter with this link needs; None when the link no longer opens anything."""
    row = session.execute(
        select(
            AccessLink.public_id,
            AccessLink.purpose,
            AccessLink.expires_at,
            Person.id,
            Person.name,
            Person.language,
            Contact.kind,
            Contact.value,
            exists().where(InvitationConsent.contact_id == Contact.id),
        )
        .join(Account, Account.id == AccessLink.account_id)
        .join(Person, Person.id == Account.person_id)
        .join(Contact, Contact.id == AccessLink.contact_id)
        .where(
            AccessLink.id == link_id,
            AccessLink.used_at.is_(None),
            AccessLink.void_at.is_(None),
            AccessLink.expires_at > at,
            Account.disabled_at.is_(None),
        )
    ).one_or_none()
    return LinkLetter(*row) if row else None


@dataclass(frozen=True)
class Reader:
    """Somebody who may be written to: her name, and the language that she reads."""

    name: str
    language: str


def find_reader(session: Session, person_id: int) -> Reader | None:
    """Return who reads a letter to a person; None for a closed account, or a record joined to another. One query."""
    row = session.execute(
        select(Person.name, Person.language)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Person.id == person_id, Person.merged_into_id.is_(None), Account.disabled_at.is_(None))
    ).one_or_none()
    return Reader(*row) if row else None


@dataclass(frozen=True)
class CodeLetter:
    """A code to be sent. Its digits are `rules.code_digits(secret_key, public_id)`."""

    public_id: str
    contact_value: str
    expires_at: datetime


def find_code_letter(session: Session, code_id: int, at: datetime) -> CodeLetter | None:
    """Return what a letter with this code needs; None when the code no longer counts."""
    row = session.execute(
        select(OneTimeCode.public_id, OneTimeCode.contact_value, OneTimeCode.expires_at).where(
            OneTimeCode.id == code_id,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > at,
            OneTimeCode.tries < CODE_TRIES,
        )
    ).one_or_none()
    return CodeLetter(*row) if row else None
