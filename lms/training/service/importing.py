"""Bringing many earlier records at once: looked at first, then written in one transaction, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.clock import local_date
from lms.db import insert_once
from lms.errors import BadInput
from lms.ids import new_public_id
from lms.organizations.rules import TableProblem
from lms.people.service import lock
from lms.signals import announce
from lms.training import queries
from lms.training.events import TrainingRecognized, training_recognized
from lms.training.models import EarlierTraining, Recognition, TrainingImport, TrainingReview
from lms.training.queries import ImportHead
from lms.training.rules import importing as rules
from lms.training.rules.importing import Entry, Plan, Wanted
from lms.training.service.reviewing import worth_columns
from lms.training.service.telling import columns_of


@dataclass(frozen=True)
class Decider:
    """One of the two certifiers under whose decision rows that were recognized before count at once."""

    account_id: int
    person_id: int


Deciders = tuple[Decider, Decider]


@dataclass(frozen=True)
class Brought:
    """A table that was read: its name, the rows that are whole, and the faults of the others."""

    name: str
    wanted: Sequence[Wanted]
    problems: Sequence[TableProblem] = ()


@dataclass(frozen=True)
class Imported:
    """What an import did, or would do. `created` counts all new entries, `recognized` those that count at once."""

    created: int
    recognized: int
    unchanged: int
    problems: tuple[TableProblem, ...]
    lines: tuple[str, ...]
    #: The row of this import, None where nothing was written.
    import_id: int | None = None


def preview_import(session: Session, brought: Brought, deciders: Deciders | None = None) -> Imported:
    """Return what `import_rows` would do, with every fault. Writes nothing."""
    people, problems = people_of(session, brought)
    return _summary(plan_of(session, brought, people, deciders), [*brought.problems, *problems])


def people_of(session: Session, brought: Brought) -> tuple[dict[int, int], list[TableProblem]]:
    """Return by row the person whom it names, and a fault for each row that names nobody or several."""
    named = queries.list_named(session, {contact for each in brought.wanted for contact in each.contacts})
    return rules.find_people(brought.wanted, named)


def plan_of(session: Session, brought: Brought, people: dict[int, int], deciders: Deciders | None = None) -> Plan:
    """Return what would be written of a table whose rows name these people."""
    ids = set(people.values())
    return rules.plan_import(
        brought.wanted,
        people,
        queries.list_imported(session, {(people[each.row], each.key) for each in brought.wanted if each.row in people}),
        queries.count_by_person(session, ids),
        deciders={each.person_id for each in deciders} if deciders else None,
    )


def _summary(plan: Plan, problems: Sequence[TableProblem]) -> Imported:
    return Imported(
        created=len(plan.entries),
        recognized=sum(each.worth is not None for each in plan.entries),
        unchanged=plan.unchanged,
        problems=tuple(sorted([*problems, *plan.problems])),
        lines=tuple(_line(each) for each in plan.entries),
    )


def _line(entry: Entry) -> str:
    told = entry.wanted.told
    what = "recognize" if entry.worth else "record, to be reviewed"
    return f"row {entry.wanted.row}: {what}: {told.title!r} of {told.issuer!r}, {told.learned_on.isoformat()}"


def import_rows(
    session: Session,
    brought: Brought,
    *,
    deciders: Deciders | None = None,
    valid_only: bool = False,
    actor_account_id: int | None = None,
    import_id: int | None = None,
    at: datetime,
) -> Imported:
    """Write the rows of a table and return what was done; the same table twice changes nothing the second time.

    With `deciders`, rows that were recognized before count at once. Raises `BadInput` with every fault, unless
    `valid_only` leaves the faulty rows out. `import_id` names a table whose first part was written before.
    """
    people, problems = people_of(session, brought)
    lock(session, people.values())
    plan = plan_of(session, brought, people, deciders)
    done = _summary(plan, [*brought.problems, *problems])
    if done.problems and not valid_only:
        raise BadInput(done.problems)
    if plan.entries:
        batch = _batch(session, brought, deciders, actor_account_id, import_id, at)
        batch.created, batch.recognized = batch.created + done.created, batch.recognized + done.recognized
        batch.applied_at = batch.applied_at or at
        done = replace(done, import_id=batch.id)
        write_entries(session, plan.entries, batch, deciders, actor_account_id, at)
        counts = {"created": done.created, "recognized": done.recognized}
        record(session, actor_account_id, "training.imported", "training_import", batch.public_id, at=at, **counts)
    return done


def _batch(
    session: Session,
    brought: Brought,
    deciders: Deciders | None,
    actor_account_id: int | None,
    import_id: int | None,
    at: datetime,
) -> TrainingImport:
    """Return the row of this import: the one of its earlier parts, or a new one."""
    known = session.get(TrainingImport, import_id, with_for_update=True) if import_id else None
    if known is not None:
        return known
    batch = TrainingImport(
        public_id=new_public_id(),
        name=brought.name[:200],
        created=0,
        recognized=0,
        brought_by=actor_account_id,
        brought_at=at,
        first_by=deciders[0].account_id if deciders else None,
        second_by=deciders[1].account_id if deciders else None,
    )
    session.add(batch)
    session.flush()
    return batch


def write_entries(
    session: Session,
    entries: Sequence[Entry],
    batch: TrainingImport | ImportHead,
    deciders: Deciders | None,
    actor_account_id: int | None,
    at: datetime,
) -> None:
    """Write entries, and what counts at once; announce whose record changed."""
    common = {
        "round": 1,
        "sent_at": at,
        "entered_by": actor_account_id,
        "recorded_on": local_date(at),
        "recorded_at": at,
        "import_id": batch.id,
    }
    rows = [
        {
            **columns_of(each.wanted.told),
            **common,
            "public_id": new_public_id(),
            "person_id": each.person_id,
            "state": "recognized" if each.worth else "waiting",
            "import_key": each.wanted.key,
        }
        for each in entries
    ]
    new = insert_once(session, EarlierTraining, rows, "id", "person_id", "import_key")
    ids = {(row.person_id, row.import_key): row.id for row in new}
    counting = [each for each in entries if each.worth is not None]
    if deciders is not None and counting:
        _recognize(session, counting, ids, deciders, batch.public_id, at)


def _recognize(
    session: Session,
    entries: Sequence[Entry],
    ids: dict[tuple[int, str], int],
    deciders: Deciders,
    client_id: str,
    at: datetime,
) -> None:
    """Write the two reviews and the recognition of each entry, and announce it once for all."""
    reviews: list[dict[str, Any]] = []
    recognitions: list[dict[str, Any]] = []
    for each in entries:
        common = {"training_id": ids[each.person_id, each.wanted.key], "round": 1, **worth_columns(each.worth)}
        reviews += [
            {
                **common,
                "outcome": "accept",
                "note": each.wanted.recognized_by,
                "decided_by": decider.account_id,
                "decided_at": at,
                "client_id": client_id,
            }
            for decider in deciders
        ]
        recognitions.append(
            {
                **common,
                "public_id": new_public_id(),
                "person_id": each.person_id,
                "recognized_on": local_date(at),
                "recognized_at": at,
                "first_by": deciders[0].account_id,
                "second_by": deciders[1].account_id,
            }
        )
    session.execute(insert(cast("Table", TrainingReview.__table__)), reviews)
    session.execute(insert(cast("Table", Recognition.__table__)), recognitions)
    people = tuple(dict.fromkeys(each.person_id for each in entries))
    announce(training_recognized, session, TrainingRecognized(people, at))
