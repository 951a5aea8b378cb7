"""What the tests of joining share: two records of one person, an administrator, and a dump of every table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lms.actor import Actor
from lms.db import Base, reading, write
from lms.ids import new_client_id
from lms.merging import service
from lms.merging.service.rows import plain
from tests.conftest import AT
from tests.factories import MadePerson
from tests.organizations.conftest import actor_of

#: What joining and parting leave behind on purpose.
LEFT_BEHIND = {"audit_events", "person_merges", "person_merge_rows"}


def boss_of(person: MadePerson) -> Actor:
    """Return an administrator as the one who asks."""
    return actor_of(person, "administrator", at=AT)


def dump() -> dict[str, dict[int, Any]]:
    """Return every row of every table, but for the logs."""
    reading().rollback()
    tables = [each for each in Base.metadata.sorted_tables if each.name not in LEFT_BEHIND and "id" in each.c]
    return {each.name: {row["id"]: plain(row) for row in reading().execute(select(each)).mappings()} for each in tables}


def differing(old: dict[str, dict[int, Any]], new: dict[str, dict[int, Any]]) -> dict[str, Any]:
    """Return what differs between two dumps, by table and row."""
    return {
        f"{name} {each}": (old[name].get(each), new[name].get(each))
        for name in old
        for each in old[name].keys() | new[name].keys()
        if old[name].get(each) != new[name].get(each)
    }


def join(boss: MadePerson, kept: MadePerson, merged: MadePerson, *, at: Any = AT) -> str:
    """Look, then join exactly so."""
    actor, pair = boss_of(boss), (kept.person_public_id, merged.person_public_id)
    mark = service.look(actor, *pair, at=at).mark
    key = new_client_id()
    return write(lambda session: service.join(session, actor, *pair, mark=mark, client_id=key, at=at))


def undo(boss: MadePerson, merge: str, *, at: Any = AT) -> None:
    """Take two records apart."""
    write(lambda session: service.undo(session, boss_of(boss), merge, at=at))
