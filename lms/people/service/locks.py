"""Holding people and accounts while they change."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.db import among, is_postgresql, take_turns
from lms.errors import NotFound
from lms.people.models import Account, Person
from lms.people.rules import Guard, Identifier


def lock(session: Session, person_ids: Iterable[int]) -> None:
    """Hold the rows of these people until the transaction ends: the first statement of a change to their records.

    Locks are taken in the order of ids, so that two transactions cannot wait for each other. SQLite needs
    none: its writers queue.
    """
    if not is_postgresql(session):
        return
    rows = select(Person.id).where(among(session, Person.id, sorted(set(person_ids)))).order_by(Person.id)
    session.execute(rows.with_for_update(key_share=True)).all()


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
