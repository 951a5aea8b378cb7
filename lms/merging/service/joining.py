"""Joining two records: looked at first in a transaction that is taken back, then done exactly so, and written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit import service as audit
from lms.competencies import service as competencies
from lms.content.library import current
from lms.db import write
from lms.doctor import BY_PEOPLE
from lms.errors import NotFound, RuleBroken
from lms.merging import policy, queries, rules
from lms.merging.models import PersonMerge, PersonMergeRow
from lms.merging.rules import Settled
from lms.merging.service.moving import Pair, move_rows, redate_completions
from lms.merging.service.rows import Change, Rows, changes, mark_of, read_rows
from lms.people.queries import has_granted_role
from lms.people.service import lock


@dataclass(frozen=True)
class Twice:
    """Something that both records have: what of it gives way, as the row that is taken out or left behind."""

    table_name: str
    row: Mapping[str, Any]
    #: "aside", "closed" or "stays".
    outcome: str
    #: Whether it was the kept record's own row that gave way.
    is_kept_ones: bool


@dataclass(frozen=True)
class Plan:
    """What joining does: how many rows of each table go over, what both have, what comes of the union; and its mark."""

    mark: str
    moved: Mapping[str, int]
    twice: tuple[Twice, ...]
    made: Mapping[str, int]
    is_guarded: bool = False


class _OnlyLooking(Exception):
    """Carries a plan out of a transaction that must change nothing."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan


def look(actor: Actor, kept: str, merged: str, *, at: datetime) -> Plan:
    """Return what joining would do, by doing it and taking it back. Raises as `join`."""

    def fn(session: Session) -> None:
        ids = _checked(session, actor, kept, merged)
        raise _OnlyLooking(_join(session, actor, *ids, at=at)[0])

    try:
        write(fn)
    except _OnlyLooking as found:
        return found.plan
    raise AssertionError("unreachable")  # pragma: no cover


def join(session: Session, actor: Actor, kept: str, merged: str, *, mark: str, client_id: str, at: datetime) -> str:
    """Let the record `merged` go over to `kept` (public ids of people), and return the public id of what was done.

    A second sending of one form does it once. Raises `NotFound` for others than administrators, `RuleBroken`:
    "changed-since" when the plan of that mark is no more, "sent-before", and as `check_pair` and the rules of rows.
    """
    known = queries.find_sent(session, actor.account_id, client_id)
    if known is not None:
        if (known.kept_public_id, known.merged_public_id) != (kept, merged):
            raise RuleBroken("sent-before")
        return known.public_id
    ids = _checked(session, actor, kept, merged)
    plan, done = _join(session, actor, *ids, at=at)
    if plan.mark != mark:
        raise RuleBroken("changed-since")
    return _written_down(session, actor, ids, done, client_id, at)


def _checked(session: Session, actor: Actor, kept: str, merged: str) -> tuple[int, int]:
    """Return the ids of two people who may be joined, both held."""
    if not policy.can_join(actor):
        raise NotFound
    ids = queries.ids_of(session, (kept, merged))
    if kept not in ids or merged not in ids:
        raise NotFound
    pair = ids[kept], ids[merged]
    lock(session, pair, also_joined=True)
    rules.check_pair(*pair, actor.person_id, queries.joined_among(session, pair))
    return pair


def _join(session: Session, actor: Actor, kept_id: int, merged_id: int, *, at: datetime) -> tuple[Plan, list[Change]]:
    """Let every row go over, judge the union anew, and return the plan that this was, and each row's change."""
    people = (kept_id, merged_id)
    before = read_rows(session, people)
    account = next(row["id"] for row in before["accounts"].values() if row["person_id"] == kept_id)
    is_guarded = has_granted_role(session, account) or _supervises(before, kept_id)
    had = judge(session, people, at=at)
    rows = read_rows(session, people)
    settled = move_rows(session, Pair(kept_id, merged_id, rows, is_guarded, actor.account_id, at))
    redate_completions(session, kept_id)
    competencies.redate(session, [kept_id])
    if rules.new_faults(had, judge(session, people, at=at)):
        raise RuleBroken("not-whole")
    done = changes(before, read_rows(session, people))
    return _plan(mark_of(kept_id, merged_id, before), rows, settled, done, kept_id, is_guarded=is_guarded), done


def _supervises(rows: Rows, person_id: int) -> bool:
    """Return whether somebody answers for others, today or at any time."""
    held = {row["employment_id"] for row in rows["supervisions"].values()}
    return any(row["id"] in held and row["person_id"] == person_id for row in rows["employments"].values())


def judge(session: Session, person_ids: Collection[int], *, at: datetime) -> list[str]:
    """Recompute all that follows from what these people did, and return what does not agree and cannot be mended."""
    library = current(session)
    session.flush()
    session.expire_all()  # rows were changed beneath the session
    found = [each for _, mend in BY_PEOPLE for each in mend(session, library, at=at, person_ids=list(person_ids))]
    return [each.text for each in found if not each.mendable]


def _plan(mark: str, rows: Rows, settled: Mapping[str, Settled], done: list[Change], kept_id: int,
          *, is_guarded: bool) -> Plan:  # fmt: skip
    moved = Counter(each.table_name for each in done if each.became.get("person_id") == kept_id)
    made = Counter(each.table_name for each in done if each.effect == "made")
    twice = [
        Twice(name, rows[name][each], outcome, rows[name][each]["person_id"] == kept_id)
        for name, one in settled.items()
        for outcome, ids in _gives_way(one)
        for each in sorted(ids)
    ]
    return Plan(mark, moved, tuple(twice), made, is_guarded)


def _gives_way(done: Settled) -> list[tuple[str, Collection[int]]]:
    closed = [each for each, values in done.moves.items() if any(name in values for name in _ENDS)]
    return [("aside", done.aside), ("closed", closed), ("stays", done.stays | done.gives_up)]


_ENDS = frozenset(way.closes for way in rules.WAYS.values() if way.closes)


def _written_down(session: Session, actor: Actor, ids: tuple[int, int], done: list[Change], client_id: str,
                  at: datetime) -> str:  # fmt: skip
    """Write what was done, row by row, and return its public id."""
    kept_id, merged_id = ids
    merge = PersonMerge(kept_id=kept_id, merged_id=merged_id, merged_by=actor.account_id, merged_at=at)
    merge.client_id = client_id
    session.add(merge)
    session.flush()
    session.execute(insert(PersonMergeRow), [{"merge_id": merge.id, **vars(each)} for each in done])
    audit.record(session, actor.account_id, "people.joined", "person", kept_id, at=at, merged=merged_id)
    audit.record(session, actor.account_id, "people.joined_away", "person", merged_id, at=at, kept=kept_id)
    return merge.public_id


def rows_of(session: Session, merge_id: int) -> list[PersonMergeRow]:
    """Return what was written down of one joining, by table and row."""
    own = PersonMergeRow
    wanted: Callable[..., Any] = select(own).where(own.merge_id == merge_id).order_by
    return list(session.scalars(wanted(own.table_name, own.row_id)))
