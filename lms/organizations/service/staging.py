"""Lists of staff that somebody brings: judged, kept row by row to be looked at, answered, begun or withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.clock import local_date
from lms.db import chunks, insert_once, take_turns
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id
from lms.organizations import policy, queries, rules
from lms.organizations.models import StaffImport, StaffImportRow
from lms.organizations.queries import ImportRow, ListedRow
from lms.organizations.rules import SOMEBODY_NEW, Asked, Defaults, Entry, Sheet, TableRow, Verdict

#: How long the rows of a list are kept once nobody needs them: they hold names and numbers of people.
ROWS_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class JudgedRow:
    """A row of a list as it came, what it says, and what would become of it."""

    row: TableRow
    entry: Entry
    verdict: Verdict


def judge_list(
    session: Session, actor: Actor | None, sheet: Sheet, defaults: Defaults, *, at: datetime
) -> list[JudgedRow]:
    """Return what would become of every row of a list; writes nothing. The actor is None for the command."""
    today = local_date(at)
    places = queries.organizations_by_name(session, policy.importable_organizations(actor), today)
    entries = [rules.read_entry(row, defaults, places) for row in sheet.rows]
    verdicts = _judge(session, actor, entries, {}, today)
    return [JudgedRow(*each) for each in zip(sheet.rows, entries, verdicts, strict=True)]


def _judge(
    session: Session, actor: Actor | None, entries: Sequence[Entry], asked: Mapping[int, Asked], today: date
) -> list[Verdict]:
    sound = [entry for entry in entries if not entry.faults]
    staff = queries.list_name_keys(session, organization_ids={each.organization_id or 0 for each in sound})
    known = queries.add_spells(session, queries.find_alike(session, sound, staff), policy.hears_of(actor), today)
    return rules.judge(entries, known, today, asked=asked)


def keep_list(
    session: Session,
    actor: Actor | None,
    judged: Sequence[JudgedRow],
    *,
    client_id: str,
    file_name: str = "",
    left_out: Sequence[str] = (),
    at: datetime,
) -> str:
    """Keep a list to be looked at, and return its public id; the same `client_id` keeps it once.

    Raises `RuleBroken` "list-empty", or "sent-before" for a `client_id` that came with other rows. Set-based.
    """
    if not judged:
        raise RuleBroken("list-empty")
    values: dict[str, Any] = {
        "account_id": actor.account_id if actor else None,
        "client_id": client_id,
        "file_name": "".join(sign for sign in file_name if sign.isprintable())[:200],
        "left_out": list(left_out),
        "state": "ready",
        "invites": True,
        "created_at": at,
    }
    values["public_id"] = public_id = new_public_id()
    made = insert_once(session, StaffImport, [values], "id")
    if not made:
        return _kept_before(session, client_id, values["account_id"], judged)
    for part in chunks(judged, 500):
        session.execute(insert(StaffImportRow), [_row(made[0].id, each) for each in part])
    _record(session, actor, "organizations.list_brought", public_id, at, rows=len(judged))
    return public_id


def _row(import_id: int, each: JudgedRow) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "number": each.row.number,
        "cells": each.row.cells,
        "entry": each.entry.as_json(),
        **verdict_values(each.verdict),
    }


def verdict_values(verdict: Verdict) -> dict[str, Any]:
    """Return the columns of a row that a verdict fills."""
    said = {
        "question": verdict.question,
        "candidates": list(verdict.candidates),
        "faults": [rules.fault_json(fault) for fault in verdict.faults],
    }
    return {"what": verdict.what, "said": said, "same_as": verdict.same_as}


def _kept_before(session: Session, client_id: str, account_id: int | None, judged: Sequence[JudgedRow]) -> str:
    """Return the list that the same form brought before; raise `RuleBroken("sent-before")` when it was another one."""
    found = session.execute(
        select(StaffImport.id, StaffImport.public_id).where(
            StaffImport.client_id == client_id, StaffImport.account_id == account_id
        )
    ).one_or_none()
    rows = queries.list_rows(session, found.id) if found else []
    if found is None or [each.cells for each in rows] != [each.row.cells for each in judged]:
        raise RuleBroken("sent-before")
    return str(found.public_id)


@dataclass(frozen=True)
class Answered:
    """The rows of a list as they were read, and what comes of each with the answers that were given."""

    rows: list[ListedRow]
    asked: dict[int, Asked]
    verdicts: list[Verdict]

    @property
    def left(self) -> int:
        """Return how many questions are left."""
        return sum(verdict.what == "ask" for verdict in self.verdicts)


def judge_answers(
    session: Session,
    actor: Actor,
    public_id: str,
    answers: Mapping[int, str],
    *,
    rest_is_new: bool = False,
    at: datetime,
) -> Answered:
    """Return what the rows of a list come to with these answers; writes nothing, so that nobody waits meanwhile.

    `answers` holds a candidate's place ("0") or `rules.SOMEBODY_NEW` by the number of a row; what is no answer to
    its question is passed over. `rest_is_new`: all that is still asked about is somebody new. Raises `NotFound`.
    """
    rows = queries.list_rows(session, _seen_list(session, actor, public_id).id)
    asked = {row.number: _asked(row, answers.get(row.number, ""), rest_is_new=rest_is_new) for row in rows}
    verdicts = _judge(session, actor, [rules.entry_of(row.entry) for row in rows], asked, local_date(at))
    return Answered(rows, asked, verdicts)


def answer_rows(session: Session, actor: Actor, public_id: str, answered: Answered) -> int:
    """Note what `judge_answers` found, and return how many questions are left.

    Who was added meanwhile is seen when the list is applied: each part is judged anew. A second tap changes nothing.
    Raises `NotFound`, `RuleBroken` "list-begun", and "list-changed" when another window answered otherwise since.
    """
    found = held_list(session, actor, public_id)
    if found.state != "ready":
        raise RuleBroken("list-begun")
    rows = queries.list_rows(session, found.id)
    if rows != answered.rows:
        if [row.answer for row in rows] != [each.answer for each in answered.asked.values()]:
            raise RuleBroken("list-changed")
        return answered.left
    _write_changed(session, answered.rows, answered.asked, answered.verdicts)
    return answered.left


def _asked(row: ListedRow, answer: str, *, rest_is_new: bool) -> Asked:
    """Return what was asked about a row, with the newest answer to it."""
    candidates = tuple(row.said["candidates"])
    chosen = row.answer
    if answer == SOMEBODY_NEW:
        chosen = SOMEBODY_NEW
    elif answer.isdecimal() and len(answer) < 3 and int(answer) < len(candidates):
        chosen = candidates[int(answer)]
    elif rest_is_new and row.what == "ask":
        chosen = SOMEBODY_NEW
    return Asked(candidates, chosen)


def _write_changed(
    session: Session, rows: Sequence[ListedRow], asked: Mapping[int, Asked], verdicts: Iterable[Verdict]
) -> None:
    """Write the rows whose answer or outcome is another one than before. A settled question keeps its candidates."""
    changes = []
    for row, verdict in zip(rows, verdicts, strict=True):
        before, values = asked[row.number], verdict_values(verdict)
        values["said"]["candidates"] = list(verdict.candidates or before.candidates)
        if (values, before.answer) != ({"what": row.what, "said": row.said, "same_as": row.same_as}, row.answer):
            changes.append({"id": row.id, "answer": before.answer, **values})
    for part in chunks(changes, 500):
        session.execute(update(StaffImportRow), list(part))


def begin_list(
    session: Session, actor: Actor | None, public_id: str, *, only_valid: bool, invites: bool, at: datetime
) -> None:
    """Let a list be applied from now on, part by part. Begun twice is once.

    Raises `NotFound`, `RuleBroken` "list-withdrawn", or "list-has-faults" unless `only_valid` leaves out what is
    refused and what is still asked about.
    """
    found = held_list(session, actor, public_id)
    if found.state in ("applying", "done"):
        return
    if found.state == "withdrawn":
        raise RuleBroken("list-withdrawn")
    counts = queries.count_rows(session, found.id)
    left = counts.get("refuse", 0) + counts.get("ask", 0)
    if left and not only_valid:
        raise RuleBroken("list-has-faults")
    session.execute(update(StaffImport).where(StaffImport.id == found.id).values(state="applying", invites=invites))
    _record(session, actor, "organizations.list_begun", public_id, at, left_out=left, invites=invites)


def withdraw_list(session: Session, actor: Actor, public_id: str, *, at: datetime) -> None:
    """Put a list away that was not begun. Raises `NotFound`, `RuleBroken("list-begun")`. Twice is once."""
    found = held_list(session, actor, public_id)
    if found.state == "withdrawn":
        return
    if found.state != "ready":
        raise RuleBroken("list-begun")
    session.execute(update(StaffImport).where(StaffImport.id == found.id).values(state="withdrawn", done_at=at))
    _record(session, actor, "organizations.list_withdrawn", public_id, at)


def held_list(session: Session, actor: Actor | None, public_id: str) -> ImportRow:
    """Return a list that the actor brought, or administers, while nobody else changes it; raise `NotFound`."""
    take_turns(session, f"staff list {public_id}")
    return _seen_list(session, actor, public_id)


def _seen_list(session: Session, actor: Actor | None, public_id: str) -> ImportRow:
    found = queries.get_import(session, public_id)
    if not policy.can_see_import(actor, found.account_id):
        raise NotFound
    return found


def forget_lists(session: Session, *, at: datetime) -> int:
    """Forget the rows of lists that have been left for thirty days, and return how many. That there were, stays."""
    old = select(StaffImport.id).where(StaffImport.created_at < at - ROWS_KEPT, StaffImport.state != "applying")
    session.execute(
        update(StaffImport)
        .where(StaffImport.id.in_(old), StaffImport.state == "ready")
        .values(state="withdrawn", done_at=at)
    )
    gone = delete(StaffImportRow).where(StaffImportRow.import_id.in_(old)).returning(StaffImportRow.id)
    return len(session.execute(gone, execution_options={"synchronize_session": False}).all())


def _record(
    session: Session, actor: Actor | None, action: str, public_id: str, at: datetime, **details: object
) -> None:
    account_id = actor.account_id if actor else None
    record(session, account_id, action, "staff_list", public_id, at=at, organization_id=None, **details)
