"""Inviting many people at once: the same rows, letters and audit events as one by one, in few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit import service as audit
from lms.db import Base, insert_once
from lms.errors import NotAllowed
from lms.ids import new_public_id
from lms.people import policy, rules
from lms.people.events import LinkMade, link_made
from lms.people.models import AccessLink, Account, Contact, Person
from lms.people.rules import Identifier
from lms.people.rules.sessions import LINK_LIFE
from lms.people.service.consents import agree_to_text
from lms.signals import announce


@dataclass(frozen=True)
class NewPerson:
    """Somebody to be added: a name that `rules.normal_name` returned, and contacts that `queries` found free."""

    name: str
    language: str
    contacts: tuple[Identifier, ...] = ()
    #: She gave her number so that her invitation may come there by text.
    by_text: bool = False


def add_people(
    session: Session, actor: Actor | None, newcomers: Sequence[NewPerson], *, invites: bool, at: datetime
) -> list[int]:
    """Add people with accounts that nobody can sign in to yet; return their ids, in order.

    With `invites` each gets an invitation at her e-mail, or at a number that she gave for it, if she has one. `actor`
    is None for the program itself. The caller holds the contacts (`lock_contacts`) and has seen that each may be
    given. Raises `NotAllowed`.
    """
    if not policy.can_invite(actor):
        raise NotAllowed
    people = _insert(session, Person, [_person(each, at) for each in newcomers])
    accounts = _insert(session, Account, [_account(person_id, at) for person_id in people])
    pairs = [(person_id, each) for person_id, new in zip(people, newcomers, strict=True) for each in new.contacts]
    contacts = _insert(session, Contact, [_contact(person_id, each, at) for person_id, each in pairs])
    giver = actor.account_id if actor else None
    audit.record_many(session, giver, "people.invited", "person", [(each, {}) for each in people], at=at)
    by_text = {person_id for person_id, new in zip(people, newcomers, strict=True) if new.by_text}
    made = [(person_id, each.kind, contact_id) for (person_id, each), contact_id in zip(pairs, contacts, strict=True)]
    numbers = [contact_id for person_id, kind, contact_id in made if kind == "phone" and person_id in by_text]
    agree_to_text(session, numbers, giver, at=at)
    if invites:
        first: dict[int, int] = {}
        for person_id, kind, contact_id in made:
            if kind == "email" or person_id in by_text:
                first.setdefault(person_id, contact_id)
        owners = [(person, account) for person, account in zip(people, accounts, strict=True) if person in first]
        _send_links(session, giver, owners, first, at)
    return people


def _send_links(
    session: Session, giver: int | None, owners: Sequence[tuple[int, int]], contacts: dict[int, int], at: datetime
) -> None:
    """Make an invitation for each person and account, and announce it for its contact."""
    life = {"created_at": at, "created_by": giver, "expires_at": at + LINK_LIFE["invitation"]}
    rows = [
        {"purpose": "invitation", "account_id": account, "contact_id": contacts[person], **life}
        for person, account in owners
    ]
    links = _insert(session, AccessLink, rows)
    made = [(person, {"purpose": "invitation"}) for person, _account_id in owners]
    audit.record_many(session, giver, "people.link_made", "person", made, at=at)
    for link, (person, account) in zip(links, owners, strict=True):
        announce(link_made, session, LinkMade(link, "invitation", account, person, contacts[person], at))


def _person(new: NewPerson, at: datetime) -> dict[str, Any]:
    return {
        "name": new.name,
        "search_key": rules.search_key(new.name),
        "language": new.language,
        "is_demonstration": False,
        "created_at": at,
    }


def _account(person_id: int, at: datetime) -> dict[str, Any]:
    return {"person_id": person_id, "security_stamp": new_public_id(), "created_at": at}


def _contact(person_id: int, each: Identifier, at: datetime) -> dict[str, Any]:
    return {"person_id": person_id, "kind": each.kind, "value": each.value, "is_work": False, "added_at": at}


def _insert(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows of a table with public ids, and return their ids in the same order."""
    named = [{"public_id": new_public_id(), **row} for row in rows]
    ids = {row.public_id: row.id for row in insert_once(session, model, named, "id", "public_id")}
    return [ids[str(row["public_id"])] for row in named]
