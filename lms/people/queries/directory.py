"""What administrators and supervisors read: people, their roles, requests to regain an account."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.orm import Session, aliased

from lms.errors import NotFound
from lms.people.models import AccessLink, Account, Contact, Person, Recovery, RoleGrant
from lms.people.rules import normal_identifier, search_key
from lms.people.rules.proofs import REQUEST_LIFE

PAGE = 50


@dataclass(frozen=True)
class PersonRow:
    """One person in a list or on her page. `state` is "invited", "active", "disabled" or "joined" (to another)."""

    person_id: int
    public_id: str
    name: str
    language: str
    account_id: int
    state: str
    has_second_factor: bool
    roles: tuple[str, ...] = ()


def _matches(text: str) -> ColumnElement[bool]:
    """Return the criterion of people whose folded name, or whole contact, is `text`."""
    identifier = normal_identifier(text)
    if identifier:
        return Person.id.in_(
            select(Contact.person_id).where(
                Contact.kind == identifier.kind, Contact.value == identifier.value, Contact.ended_at.is_(None)
            )
        )
    return and_(true(), *(Person.search_key.contains(word) for word in search_key(text).split()))


def _used_link() -> ColumnElement[bool]:
    """Return the criterion: some link of this account was used, so that somebody came in by it."""
    return select(AccessLink.id).where(AccessLink.account_id == Account.id, AccessLink.used_at.is_not(None)).exists()


def _state(disabled_at: datetime | None, password_hash: str | None, used: bool, joined: int | None) -> str:
    if joined is not None:
        return "joined"
    if disabled_at is not None:
        return "disabled"
    return "active" if password_hash is not None or used else "invited"


_COLUMNS = (
    Person.id,
    Person.public_id,
    Person.name,
    Person.language,
    Account.id,
    Account.disabled_at,
    Account.password_hash,
    Account.second_factor_confirmed_at,
    Person.merged_into_id,
)


def _person_row(row: Any, roles: tuple[str, ...] = ()) -> PersonRow:
    person_id, public_id, name, language, account_id, disabled_at, password_hash, proof, joined, used = row
    state = _state(disabled_at, password_hash, used, joined)
    return PersonRow(person_id, public_id, name, language, account_id, state, proof is not None, roles)


def list_people(session: Session, text: str, page: int) -> list[PersonRow]:
    """Return a page of 50 people whose name or contact matches `text`, in the order of names. Two queries."""
    rows = session.execute(
        select(*_COLUMNS, _used_link())
        .join(Account, Account.person_id == Person.id)
        .where(_matches(text))
        .order_by(Person.search_key, Person.name, Person.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    roles: dict[int, list[str]] = {row[4]: [] for row in rows}
    held = select(RoleGrant.account_id, RoleGrant.role).where(
        RoleGrant.account_id.in_(roles), RoleGrant.ended_at.is_(None)
    )
    for account_id, role in session.execute(held.order_by(RoleGrant.role).distinct()).all():
        roles[account_id].append(role)
    return [_person_row(row, tuple(roles[row[4]])) for row in rows]


def count_people(session: Session, text: str) -> int:
    """Return how many people match `text`."""
    return session.execute(
        select(func.count()).select_from(Person).join(Account, Account.person_id == Person.id).where(_matches(text))
    ).scalar_one()


def get_person(session: Session, public_id: str) -> PersonRow:
    """Return one person with the state of her account; raise `NotFound`."""
    row = session.execute(
        select(*_COLUMNS, _used_link())
        .join(Account, Account.person_id == Person.id)
        .where(Person.public_id == public_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return _person_row(row)


@dataclass(frozen=True)
class Grant:
    """A role of an account, given and perhaps ended."""

    public_id: str
    role: str
    language: str | None
    organization_id: int | None
    granted_at: datetime
    granted_by: str | None
    ended_at: datetime | None


def list_grants(session: Session, account_id: int) -> list[Grant]:
    """Return every role ever given to an account, the newest first, with the name of who gave it."""
    giver, giver_person = aliased(Account), aliased(Person)
    rows = session.execute(
        select(
            RoleGrant.public_id,
            RoleGrant.role,
            RoleGrant.language,
            RoleGrant.organization_id,
            RoleGrant.granted_at,
            giver_person.name,
            RoleGrant.ended_at,
        )
        .outerjoin(giver, giver.id == RoleGrant.granted_by)
        .outerjoin(giver_person, giver_person.id == giver.person_id)
        .where(RoleGrant.account_id == account_id)
        .order_by(RoleGrant.id.desc())
        .limit(PAGE)
    ).all()
    return [Grant(*row) for row in rows]


@dataclass(frozen=True)
class RecoveryRow:
    """A request to regain an account that waits for a second person."""

    public_id: str
    person_id: int
    person_public_id: str
    name: str
    account_id: int
    contact_kind: str
    contact_value: str
    requested_by: int
    requested_by_name: str
    requested_at: datetime
    reason: str
    #: Where it was asked for; None: by an administrator.
    organization_id: int | None


def is_waiting(at: datetime) -> ColumnElement[bool]:
    """Return the criterion of the requests that wait for a second person at `at`."""
    open_ones = and_(Recovery.vouched_at.is_(None), Recovery.refused_at.is_(None))
    return and_(open_ones, Recovery.requested_at > at - REQUEST_LIFE)


def _recoveries(at: datetime) -> Select[*tuple[Any, ...]]:
    """Return the statement of the requests that wait, the oldest first."""
    asker, asker_person = aliased(Account), aliased(Person)
    return (
        select(
            Recovery.public_id,
            Person.id,
            Person.public_id,
            Person.name,
            Account.id,
            Recovery.new_contact_kind,
            Recovery.new_contact_value,
            Recovery.requested_by,
            asker_person.name,
            Recovery.requested_at,
            Recovery.reason,
            Recovery.organization_id,
        )
        .join(Account, Account.id == Recovery.account_id)
        .join(Person, Person.id == Account.person_id)
        .join(asker, asker.id == Recovery.requested_by)
        .join(asker_person, asker_person.id == asker.person_id)
        .where(is_waiting(at))
        .order_by(Recovery.id)
        .limit(PAGE)
    )


def list_recoveries(
    session: Session,
    *,
    account_id: int | None = None,
    organizations: Collection[int] | None = None,
    at: datetime,
) -> list[RecoveryRow]:
    """Return the requests that wait, the oldest first, at most 50.

    Where they are given: those of one account, and those that were asked for in some organizations.
    """
    statement = _recoveries(at)
    if account_id is not None:
        statement = statement.where(Recovery.account_id == account_id)
    if organizations is not None:
        statement = statement.where(Recovery.organization_id.in_(organizations))
    return [RecoveryRow(*row) for row in session.execute(statement).all()]


def find_recovery(session: Session, public_id: str, at: datetime) -> RecoveryRow | None:
    """Return one request that waits, or None."""
    row = session.execute(_recoveries(at).where(Recovery.public_id == public_id)).one_or_none()
    return RecoveryRow(*row) if row else None
