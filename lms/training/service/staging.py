"""Tables of earlier records that staff bring on a page: kept row by row, looked at, begun, forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.clock import local_date
from lms.content.library import current
from lms.db import chunks, insert_once, take_turns
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id
from lms.organizations.rules import TableProblem, TableRow
from lms.training import policy, queries
from lms.training.models import TrainingImport, TrainingImportRow
from lms.training.queries import ImportHead
from lms.training.rules import importing as rules
from lms.training.rules.tables import fault_json
from lms.training.service.importing import Brought, people_of, plan_of


@dataclass(frozen=True)
class JudgedRow:
    """A row of a table as it came, what would become of it, and whom it names."""

    row: TableRow
    what: str
    faults: tuple[TableProblem, ...] = ()
    person_id: int | None = None


def judge_table(session: Session, rows: Sequence[TableRow], *, at: datetime) -> list[JudgedRow]:
    """Return what would become of every row of a table. Writes nothing."""
    brought = read_table(session, "", rows, at)
    people, problems = people_of(session, brought)
    return judged_rows(rows, people, plan_of(session, brought, people), [*brought.problems, *problems])


def read_table(session: Session, name: str, rows: Sequence[TableRow], at: datetime) -> Brought:
    """Return what the rows of a table ask for, and the faults of the others."""
    return Brought(name, *rules.read_rows(rows, queries.known_of(current(session)), local_date(at)))


def judged_rows(
    rows: Sequence[TableRow], people: dict[int, int], plan: rules.Plan, problems: Sequence[TableProblem]
) -> list[JudgedRow]:
    """Return what the rows come to: what is planned, what is wrong, and what is there already."""
    faults: dict[int, list[TableProblem]] = {}
    for each in (*problems, *plan.problems):
        faults.setdefault(each.row, []).append(each)
    new = {entry.wanted.row for entry in plan.entries}
    return [
        JudgedRow(
            row,
            "refuse" if row.number in faults else "new" if row.number in new else "same",
            tuple(faults.get(row.number, ())),
            people.get(row.number),
        )
        for row in rows
    ]


def keep_table(
    session: Session, actor: Actor, name: str, judged: Sequence[JudgedRow], *, client_id: str, at: datetime
) -> str:
    """Keep a table that was brought on a page, and return its public id; the same `client_id` keeps it once.

    Raises `NotFound`, and `RuleBroken` "table_empty", or "sent_before" for a `client_id` that came with other rows.
    """
    if not policy.can_bring_tables(actor):
        raise NotFound
    if not judged:
        raise RuleBroken("table_empty")
    values = {"client_id": client_id, "name": name[:200], "state": "ready", "created": 0, "recognized": 0}
    values |= {"public_id": new_public_id(), "brought_by": actor.account_id, "brought_at": at}
    made = insert_once(session, TrainingImport, [values], "id")
    if not made:
        return _kept_before(session, client_id, actor.account_id, judged)
    for part in chunks(judged, 500):
        session.execute(insert(TrainingImportRow), [_row(made[0].id, each) for each in part])
    public_id = str(values["public_id"])
    record(session, actor.account_id, "training.import_brought", "training_import", public_id, at=at, rows=len(judged))
    return public_id


def _row(import_id: int, each: JudgedRow) -> dict[str, Any]:
    return {"import_id": import_id, "number": each.row.number, "cells": each.row.cells, **outcome_of(each)}


def outcome_of(each: JudgedRow) -> dict[str, Any]:
    """Return the columns of a row that a judgement fills."""
    said = [fault_json(found) for found in each.faults]
    return {"what": each.what, "said": said, "person_id": each.person_id}


def _kept_before(session: Session, client_id: str, account_id: int, judged: Sequence[JudgedRow]) -> str:
    """Return the table that the same form brought before; raise `RuleBroken("sent_before")` when it was another one."""
    mine = TrainingImport.client_id == client_id, TrainingImport.brought_by == account_id
    found = session.execute(select(TrainingImport.id, TrainingImport.public_id).where(*mine)).one_or_none()
    lines = queries.list_lines(session, found.id) if found else []
    if found is None or [each.cells for each in lines] != [each.row.cells for each in judged]:
        raise RuleBroken("sent_before")
    return str(found.public_id)


def begin_table(session: Session, actor: Actor, public_id: str, *, valid_only: bool, at: datetime) -> None:
    """Let a table be recorded from now on, part by part. Begun twice is once.

    Raises `NotFound`, and `RuleBroken("rows_faulty")` unless `valid_only` leaves out the rows that cannot be recorded.
    """
    if not policy.can_bring_tables(actor):
        raise NotFound
    found = held_table(session, public_id)
    if found.state != "ready":
        return
    left_out = queries.count_lines(session, found.id).get("refuse", 0)
    if left_out and not valid_only:
        raise RuleBroken("rows_faulty")
    set_table(session, found, state="applying")
    record(session, actor.account_id, "training.import_begun", "training_import", public_id, at=at, left_out=left_out)


def held_table(session: Session, public_id: str) -> ImportHead:
    """Return a table while nobody else changes it; raise `NotFound`."""
    take_turns(session, f"training table {public_id}")
    return queries.get_import(session, public_id)


def set_table(session: Session, found: ImportHead, **values: object) -> None:
    """Change a table that is held."""
    session.execute(update(TrainingImport).where(TrainingImport.id == found.id).values(**values))


def forget_tables(session: Session, *, before: datetime) -> int:
    """Forget the rows of tables that were brought before an instant, and return of how many; what they wrote stays.

    One that is being recorded is kept until it is done; one that was only looked at is put away.
    """
    old = select(TrainingImport.id).where(TrainingImport.brought_at < before, TrainingImport.state != "applying")
    session.execute(
        update(TrainingImport).where(TrainingImport.id.in_(old), TrainingImport.state == "ready").values(state="done")
    )
    gone = delete(TrainingImportRow).where(TrainingImportRow.import_id.in_(old)).returning(TrainingImportRow.import_id)
    return len(set(session.scalars(gone, execution_options={"synchronize_session": False})))
