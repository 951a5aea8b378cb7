"""Holding people and accounts while they change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from lms.db import among, is_postgresql, take_turns
from lms.errors import NotFound
from lms.people.models import Account, Person
from lms.people.rules import Guard, Identifier

_person = cast("Table", Person.__table__).c
#: Asked before every change to one person's records, so it is built once and on plain columns.
_JOINED_ONE = select(_person.id).where(_person.id == bindparam("person"), _person.merged_into_id.is_not(None))


def lock(session: Session, person_ids: Iterable[int], *, also_joined: bool = False) -> None:
    """Hold the rows of these people until the transaction ends: the first statement of a change to their records.

    Locks are taken in the order of ids, so that two transactions cannot wait for each other. SQLite needs
    none: its writers queue. Raises `NotFound` when one of the records was joined to another a moment ago: what is
    written to it would be lost. Who takes them apart again asks for it (`also_joined`).
    """
    ids = sorted(set(person_ids))
    if is_postgresql(session):
        rows = select(Person.id, Person.merged_into_id).where(among(session, Person.id, ids)).order_by(Person.id)
        is_joined = any(row[1] for row in session.execute(rows.with_for_update(key_share=True)).all())
    elif len(ids) == 1:
        is_joined = not also_joined and session.execute(_JOINED_ONE, {"person": ids[0]}).first() is not None
    else:
        joined = select(Person.id).where(among(session, Person.id, ids), Person.merged_into_id.is_not(None))
        is_joined = not also_joined and session.execute(joined.limit(1)).first() is not None
    if is_joined and not also_joined:
        raise NotFound


def lock_account(session: Session, account_id: int) -> Account:
    """Return an account, held until the transaction ends; raise `NotFound`."""
    rows = select(Account).where(Account.id == account_id).with_for_update()
    account = session.execute(rows, execution_options={"populate_existing": True}).scalar_one_or_none()
    if account is None:
        raise NotFound
    return account


def lock_contacts(session: Session, *identifiers: Identifier) -> None:
    """Let those who want to have a same contact pass one after another: whose it may be depends on who has it."""
    take_turns(session, *(f"contact {each.kind}:{each.value}" for each in identifiers))


def lock_guesses(session: Session, *guards: Guard) -> None:
    """Let guesses that count under the same names pass one after another, so that none slips by uncounted."""
    take_turns(session, *(name for guard in guards for name in guard.buckets))
