"""What a person reads of records that were joined to hers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, String, cast, select
from sqlalchemy.orm import Session

from lms.home.queries.facts import TABLES

#: Of what was set aside, these are told: a module or a track that she had finished twice.
_TOLD = {"module_completions": "module_key", "track_completions": "track_key"}


@dataclass(frozen=True)
class SetAside:
    """A module or track ("module_completions" or "track_completions") that was finished on a further day."""

    table_name: str
    key: str
    completed_on: date


@dataclass(frozen=True)
class JoinedRecord:
    """A record under another name that was joined to hers: when, by whom, and what counts once."""

    name: str
    at: datetime
    by: str
    aside: tuple[SetAside, ...]


def joined_ids(person_id: ColumnElement[int] | int) -> Select[str]:
    """Return the statement of the ids, as text, of records that were joined to a person's, and stand so."""
    merge = TABLES["person_merges"].c
    return select(cast(merge.merged_id, String)).where(merge.kept_id == person_id, merge.undone_at.is_(None))


def list_joined(session: Session, person_id: int) -> Sequence[JoinedRecord]:
    """Return the records that were joined to a person's, the latest first. Two queries, one where there are none."""
    merges, people, accounts = TABLES["person_merges"], TABLES["people"], TABLES["accounts"]
    giver = people.alias("giver")
    rows = session.execute(
        select(merges.c.id, people.c.name, merges.c.merged_at, giver.c.name)
        .join(people, people.c.id == merges.c.merged_id)
        .join(accounts, accounts.c.id == merges.c.merged_by)
        .join(giver, giver.c.id == accounts.c.person_id)
        .where(merges.c.kept_id == person_id, merges.c.undone_at.is_(None))
        .order_by(merges.c.id.desc())
    ).all()
    aside = _aside_of(session, [row[0] for row in rows]) if rows else {}
    return [JoinedRecord(row[1], row[2], row[3], tuple(aside.get(row[0], ()))) for row in rows]


def _aside_of(session: Session, merge_ids: Sequence[int]) -> dict[int, list[SetAside]]:
    log = TABLES["person_merge_rows"].c
    rows = session.execute(
        select(log.merge_id, log.table_name, log.was)
        .where(log.merge_id.in_(merge_ids), log.effect == "removed", log.table_name.in_(_TOLD))
        .order_by(log.id)
    )
    found: dict[int, list[SetAside]] = {}
    for merge_id, name, was in rows:
        one = SetAside(name, was[_TOLD[name]], date.fromisoformat(was["completed_on"]))
        found.setdefault(merge_id, []).append(one)
    return found
