"""Who a session, a remembered phone or an id stands for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, exists, func, join, select
from sqlalchemy.orm import Session

from lms.actor import STAFF_ROLES
from lms.db import chunks
from lms.people.models import AccessLink, Account, Device, EndedSession, Person, RoleGrant
from lms.people.rules import token_hash


@dataclass(frozen=True)
class Identity:
    """What a session stands for: the account, its person, and the roles granted to it."""

    account_id: int
    person_id: int
    person_public_id: str
    name: str
    language: str
    roles: frozenset[str]
    views: tuple[int, ...]
    translates: frozenset[str]
    listens: bool


_account, _person, _grant, _ended = (
    cast("Table", model.__table__).c for model in (Account, Person, RoleGrant, EndedSession)
)
#: Asked on every page, so it is built once and on plain columns. Parameters: `identity_values`.
IDENTITY = (
    select(
        _account.id,
        _person.id,
        _person.public_id,
        _person.name,
        _person.language,
        _grant.role,
        _grant.organization_id,
        _grant.language,
        _person.listens,
    )
    .select_from(
        join(Account.__table__, Person.__table__, _person.id == _account.person_id).outerjoin(
            RoleGrant.__table__, (_grant.account_id == _account.id) & _grant.ended_at.is_(None)
        )
    )
    .where(
        _account.public_id == bindparam("public_id"),
        _account.security_stamp == bindparam("stamp"),
        _account.disabled_at.is_(None),
        ~exists().where(_ended.session_hash == bindparam("session_hash")),
    )
)


def find_identity(session: Session, session_id: str) -> Identity | None:
    """Return whom "account public id:security stamp:random part" stands for; None when ended or disabled.

    The random part may be missing (a remembered phone has no session yet). One query.
    """
    return read_identity(session.execute(IDENTITY, identity_values(session_id)).all())


def identity_values(session_id: str) -> dict[str, str]:
    """Return the parameters of `IDENTITY`."""
    public_id, stamp, random_part = (*session_id.split(":"), "", "")[:3]
    return {"public_id": public_id, "stamp": stamp, "session_hash": token_hash(random_part)}


def read_identity(rows: Sequence[Row[*tuple[Any, ...]]]) -> Identity | None:
    """Return whom the rows of `IDENTITY`, whatever columns follow its own, tell of."""
    if not rows:
        return None
    account_id, person_id, person_public_id, name, language, *_rest = rows[0]
    return Identity(
        account_id=account_id,
        person_id=person_id,
        person_public_id=person_public_id,
        name=name,
        language=language,
        roles=frozenset(row[5] for row in rows if row[5]),
        views=tuple(dict.fromkeys(row[6] for row in rows if row[5] == "viewer" and row[6])),
        translates=frozenset(row[7] for row in rows if row[5] == "translator" and row[7]),
        listens=rows[0][8],
    )


def find_session_id(session: Session, account_id: int) -> str | None:
    """Return "account public id:security stamp" of a live account; None when it is disabled or unknown."""
    row = session.execute(
        select(Account.public_id, Account.security_stamp).where(Account.id == account_id, Account.disabled_at.is_(None))
    ).one_or_none()
    return f"{row.public_id}:{row.security_stamp}" if row else None


def find_device_session(session: Session, device_token: str, at: datetime) -> str | None:
    """Return "account public id:security stamp" of the owner of a remembered phone; None when it is not."""
    row = session.execute(
        select(Account.public_id, Account.security_stamp)
        .join(Device, Device.account_id == Account.id)
        .where(
            Device.token_hash == token_hash(device_token),
            Device.ended_at.is_(None),
            Device.expires_at > at,
            Account.disabled_at.is_(None),
        )
    ).one_or_none()
    return f"{row.public_id}:{row.security_stamp}" if row else None


def has_granted_role(session: Session, account_id: int) -> bool:
    """Return whether an account holds a granted role beyond that of a worker."""
    held = select(RoleGrant.id).where(
        RoleGrant.account_id == account_id, RoleGrant.ended_at.is_(None), RoleGrant.role.in_(STAFF_ROLES)
    )
    return session.execute(held.limit(1)).first() is not None


def holds_since(session: Session, account_id: int, role: str) -> datetime | None:
    """Return since when an account holds a granted role without a break; None when it holds it no more. One query."""
    held = RoleGrant.account_id == account_id, RoleGrant.role == role, RoleGrant.ended_at.is_(None)
    return session.scalars(select(RoleGrant.granted_at).where(*held).order_by(RoleGrant.granted_at).limit(1)).first()


def has_used_invitation(session: Session, account_id: int) -> bool:
    """Return whether somebody has accepted an invitation to this account: from then on it is hers."""
    used = select(AccessLink.id).where(
        AccessLink.account_id == account_id, AccessLink.purpose == "invitation", AccessLink.used_at.is_not(None)
    )
    return session.execute(used.limit(1)).first() is not None


def list_ids(session: Session) -> list[int]:
    """Return the id of every person, in order. One query."""
    return list(session.scalars(select(Person.id).order_by(Person.id)))


def names_of(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of these people as they write them, by id. Unknown ids are left out. One query."""
    ids = sorted(set(person_ids))
    if not ids:
        return {}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all()
    return {row.id: row.name for row in rows}


def known_as(session: Session, person_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return public id and name of these people, by id. Unknown ids are left out. One query for each 5,000."""
    found = {}
    for chunk in chunks(sorted(set(person_ids)), 5000):
        for row in session.execute(select(Person.id, Person.public_id, Person.name).where(Person.id.in_(chunk))):
            found[row.id] = (row.public_id, row.name)
    return found


def names_of_accounts(session: Session, account_ids: Collection[int]) -> dict[int, str]:
    """Return {account id: the name of its person}. One query, none without accounts."""
    if not account_ids:
        return {}
    rows = select(Account.id, Person.name).join(Person, Person.id == Account.person_id)
    return {row.id: row.name for row in session.execute(rows.where(Account.id.in_(account_ids)))}


def people_of(session: Session, account_ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Return {account id: (person id, name)} of who holds these accounts. One query, or none for nobody."""
    ids = sorted(set(account_ids))
    if not ids:
        return {}
    held = select(Account.id, Person.id, Person.name).join(Person, Person.id == Account.person_id)
    return {row[0]: (row[1], row[2]) for row in session.execute(held.where(Account.id.in_(ids)))}


def persons_behind(session: Session, account_ids: Collection[int]) -> dict[int, int]:
    """Return {account id: the id of its person}, of a joined record that of the one that was kept. One query or none.

    Two accounts of one person are one when it matters who else has done something.
    """
    if not account_ids:
        return {}
    kept = func.coalesce(Person.merged_into_id, Person.id)
    rows = select(Account.id, kept).join(Person, Person.id == Account.person_id)
    return {row[0]: row[1] for row in session.execute(rows.where(Account.id.in_(account_ids)))}


def people_behind(session: Session, account_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """Return {account id: (person id, as `persons_behind` says it, and the name of its person)}. One query or none."""
    if not account_ids:
        return {}
    kept = func.coalesce(Person.merged_into_id, Person.id)
    rows = select(Account.id, kept, Person.name).join(Person, Person.id == Account.person_id)
    return {row[0]: (row[1], row[2]) for row in session.execute(rows.where(Account.id.in_(account_ids)))}


def public_id_of(session: Session, person_id: int) -> str:
    """Return the public id of a person. One query."""
    return session.execute(select(Person.public_id).where(Person.id == person_id)).scalar_one()
