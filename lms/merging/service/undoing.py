"""Taking two records apart again, exactly as they were; refused where something newer rests on the union."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit import service as audit
from lms.errors import NotFound, RuleBroken
from lms.merging import policy, queries, rules
from lms.merging.models import PersonMerge, PersonMergeRow
from lms.merging.service.joining import judge, rows_of
from lms.merging.service.moving import change_each
from lms.merging.service.rows import Rows, leaned, plain, rank_of, read_rows, restored, table
from lms.people.service import lock


def undo(session: Session, actor: Actor, merge_public_id: str, *, at: datetime) -> None:
    """Restore every row as it was before joining. A second time does nothing.

    Raises `NotFound` for others than administrators, `RuleBroken`: "joined-on" when the kept record was joined to a
    third one, "used-since" (with `table`) when a row was changed or leant on since, "newer-rests" when what she has
    done since follows from both records together, "not-oneself".
    """
    if not policy.can_join(actor):
        raise NotFound
    merge = session.scalars(select(PersonMerge).where(PersonMerge.public_id == merge_public_id)).one_or_none()
    if merge is None:
        raise NotFound
    people = (merge.kept_id, merge.merged_id)
    lock(session, people, also_joined=True)
    session.refresh(merge)
    if merge.undone_at is not None:
        return
    if actor.person_id in people:
        raise RuleBroken("not-oneself")
    if merge.kept_id in queries.joined_among(session, [merge.kept_id]):
        raise RuleBroken("joined-on")
    had = judge(session, people, at=at)
    done = rows_of(session, merge.id)
    _check(done, read_rows(session, people))
    _restore(session, done, at)
    if rules.new_faults(had, judge(session, people, at=at)):
        raise RuleBroken("newer-rests")
    merge.undone_at, merge.undone_by = at, actor.account_id
    audit.record(session, actor.account_id, "people.parted", "person", merge.kept_id, at=at, merged=merge.merged_id)
    audit.record(session, actor.account_id, "people.parted", "person", merge.merged_id, at=at, kept=merge.kept_id)


def _check(done: Iterable[PersonMergeRow], rows: Rows) -> None:
    """Raise `RuleBroken` "used-since" unless every row is as joining left it, and nothing new names it."""
    lean = leaned(rows)
    for each in done:
        row = rows.get(each.table_name, {}).get(each.row_id)
        if not _is_as_left(each, plain(row) if row else None, lean.get((each.table_name, each.row_id), 0)):
            raise RuleBroken("used-since", table=each.table_name)


def _is_as_left(each: PersonMergeRow, row: Mapping[str, Any] | None, leaned_on: int) -> bool:
    if each.effect == "removed" or (each.effect == "made" and each.table_name in rules.LIVING):
        return True
    if row is None:
        return False
    if each.table_name in rules.LIVING:
        return all(row[name] == value for name, value in each.became.items() if name == "person_id")
    if each.table_name in rules.PARTLY:
        return all(row[name] == value for name, value in each.became.items())
    return rules.seal(row) == each.seal and leaned_on == each.leaned_on


def _restore(session: Session, done: Sequence[PersonMergeRow], at: datetime) -> None:
    """Take out what was made, set back what was changed, put in again what was taken out."""
    order = rank_of(each.table_name for each in done)
    try:
        for name in reversed(order):
            _take_out(session, name, [each.row_id for each in done if (each.table_name, each.effect) == (name, "made")])
        for name in order:
            wrong = [each for each in done if (each.table_name, each.effect) == (name, "changed")]
            _set_back(session, name, wrong, at)
            gone = [restored(name, each.was) for each in done if (each.table_name, each.effect) == (name, "removed")]
            if gone:
                session.execute(insert(table(name)), gone)
    except IntegrityError as error:
        raise RuleBroken("used-since", table="") from error


def _take_out(session: Session, name: str, ids: Sequence[int]) -> None:
    """Delete rows that joining made; of letters those that were not sent."""
    own = table(name)
    if ids:
        unsent = own.c.sent_at.is_(None) if name == "letters" else own.c.id.is_not(None)
        session.execute(delete(own).where(own.c.id.in_(ids), unsent))


def _set_back(session: Session, name: str, wrong: Sequence[PersonMergeRow], at: datetime) -> None:
    """Set changed values back. What must be unique while rows change places is put out of the way first."""
    own, ids = table(name), [each.row_id for each in wrong]
    values = {each.row_id: restored(name, each.was) for each in wrong}
    if name == "applications" and ids:
        cycles = {row.id: row.cycle for row in session.execute(select(own.c.id, own.c.cycle).where(own.c.id.in_(ids)))}
        session.execute(update(own).where(own.c.id.in_(ids)).values(cycle=-own.c.id))
        values = {each: {"cycle": cycles[each], **found} for each, found in values.items()}
    if name == "contacts" and ids:
        ends = {
            row.id: row.ended_at for row in session.execute(select(own.c.id, own.c.ended_at).where(own.c.id.in_(ids)))
        }
        session.execute(update(own).where(own.c.id.in_(ids)).values(ended_at=at))
        values = {each: {"ended_at": ends[each], **found} for each, found in values.items()}
    change_each(session, own, values)
