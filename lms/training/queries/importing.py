"""What an import asks of the record: who is named, and what came before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import DateTime, Integer, String, column, select, table, tuple_
from sqlalchemy.orm import Session

from lms.db import chunks
from lms.training.models import EarlierTraining
from lms.training.queries.evidence import told_of
from lms.training.rules import Told
from lms.training.rules.importing import Contact

#: The columns by which a table names people. Foreign keys name tables, and so do these joins.
_PEOPLE = table("people", column("id", Integer), column("public_id", String))
_CONTACTS = table(
    "contacts", column("person_id", Integer), column("kind", String), column("value", String),
    column("confirmed_at", DateTime), column("ended_at", DateTime),
)  # fmt: skip


def list_named(session: Session, contacts: Collection[Contact]) -> dict[Contact, list[int]]:
    """Return the ids of the people who are called so. One query for each thousand contacts.

    Beside the proven owner of an e-mail address nobody else's claim to it counts, as when signing in.
    """
    found: dict[Contact, list[int]] = defaultdict(list)
    ids = sorted({value for kind, value in contacts if kind == "person"})
    for part in chunks(ids, 1000):
        rows = session.execute(select(_PEOPLE.c.public_id, _PEOPLE.c.id).where(_PEOPLE.c.public_id.in_(part)))
        for public_id, person_id in rows:
            found["person", public_id].append(person_id)
    proven: dict[Contact, list[int]] = defaultdict(list)
    named = sorted({contact for contact in contacts if contact[0] != "person"})
    for some in chunks(named, 1000):
        statement = select(_CONTACTS.c.kind, _CONTACTS.c.value, _CONTACTS.c.person_id, _CONTACTS.c.confirmed_at).where(
            tuple_(_CONTACTS.c.kind, _CONTACTS.c.value).in_(some), _CONTACTS.c.ended_at.is_(None)
        )
        for kind, value, person_id, confirmed_at in session.execute(statement.order_by(_CONTACTS.c.person_id)):
            found[kind, value].append(person_id)
            if kind == "email" and confirmed_at is not None:
                proven[kind, value].append(person_id)
    return {**found, **proven}


def list_imported(session: Session, keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], Told]:
    """Return what earlier imports told, of these pairs of person and key. One query for each thousand pairs."""
    found = {}
    for part in chunks(sorted(keys), 1000):
        named = tuple_(EarlierTraining.person_id, EarlierTraining.import_key).in_(part)
        for row in session.execute(select(EarlierTraining.__table__).where(named)):
            found[row.person_id, row.import_key] = told_of(row)
    return found
