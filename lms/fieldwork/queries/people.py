"""Who somebody is: the person of an address, and the names of those who signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Integer, column, select, table
from sqlalchemy.orm import Session

from lms.errors import NotFound
from lms.organizations.queries import PEOPLE

_ACCOUNTS = table("accounts", column("id", Integer), column("person_id", Integer))


@dataclass(frozen=True)
class PersonName:
    """A person with her address and her name."""

    person_id: int
    public_id: str
    name: str


def get_person(session: Session, public_id: str) -> PersonName:
    """Return the person of an address; raise `NotFound`. One query."""
    columns = (PEOPLE.c.id, PEOPLE.c.public_id, PEOPLE.c.name)
    row = session.execute(select(*columns).where(PEOPLE.c.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound
    return PersonName(*row)


def signers_of(session: Session, account_ids: Iterable[int]) -> dict[int, PersonName]:
    """Return who each of these accounts is, by its id. One query, or none for nobody."""
    ids = sorted(set(account_ids))
    if not ids:
        return {}
    rows = session.execute(
        select(_ACCOUNTS.c.id, PEOPLE.c.id, PEOPLE.c.public_id, PEOPLE.c.name)
        .join(PEOPLE, PEOPLE.c.id == _ACCOUNTS.c.person_id)
        .where(_ACCOUNTS.c.id.in_(ids))
    )
    return {row[0]: PersonName(*row[1:]) for row in rows}
