"""Applying a list of staff, part by part: each part is judged anew behind its locks, and is whole or not there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record, record_many
from lms.clock import local_date
from lms.db import insert_once, take_turns, upsert
from lms.ids import new_public_id
from lms.organizations import policy, queries, rules
from lms.organizations.models import Employment, EmploymentTerms, StaffImport, StaffImportRow
from lms.organizations.queries import ImportRow, ListedRow
from lms.organizations.rules import Asked, Entry, Fault, Known, Verdict
from lms.organizations.service.staging import verdict_values
from lms.people.queries import find_identity, find_session_id
from lms.people.service import NewPerson, add_people, lock, lock_contacts

#: Rows of a part: some tenths of a second, so that nobody who writes waits long.
PART = 250


@dataclass(frozen=True)
class _Judged:
    """One row of the part at hand."""

    row: ListedRow
    entry: Entry
    verdict: Verdict


def apply_part(session: Session, public_id: str, *, most: int = PART, at: datetime) -> int:
    """Apply the next rows of a list that was begun, and return how many are left; 0 too for a list that was not.

    What cannot be any more is refused with its reason. Who brought the list must still be allowed to, row by row.
    """
    take_turns(session, f"staff list {public_id}")
    found = queries.get_import(session, public_id)
    if found.state != "applying":
        return 0
    rows = queries.list_rows(session, found.id, is_waiting=True, limit=most)
    if rows:
        _apply(session, found, rows, at)
    left = queries.count_rows(session, found.id)["waiting"]
    if not left:
        _finish(session, found, at)
    return left


def _finish(session: Session, found: ImportRow, at: datetime) -> None:
    session.execute(update(StaffImport).where(StaffImport.id == found.id).values(state="done", done_at=at))
    counts = queries.count_rows(session, found.id)
    record(session, found.account_id, "organizations.list_applied", "staff_list", found.public_id, at=at, **counts)


def _apply(session: Session, found: ImportRow, rows: Sequence[ListedRow], at: datetime) -> None:
    """Judge rows behind their locks, and write what comes of them."""
    today = local_date(at)
    actor = _actor_of(session, found.account_id, today)
    entries = _allowed(session, actor, rows, today)
    _take_turns(session, entries)
    known = _look(session, actor, found, rows, entries, today)
    asked = {row.number: Asked(tuple(row.said["candidates"]), row.answer) for row in rows}
    same_as = {row.number: row.same_as for row in rows if row.same_as is not None}
    verdicts = rules.judge(entries, known, today, asked=asked, same_as=same_as)
    judged = [_Judged(*each) for each in zip(rows, entries, map(_unasked, verdicts), strict=True)]
    persons = _add_people(session, actor, found, judged, at)
    _begin(session, found, judged, persons, at)
    _change(session, found, judged, today, at)
    _mark(session, judged, persons, at)


def _actor_of(session: Session, account_id: int | None, today: date) -> Actor | None:
    """Return who brought a list as she stands now: nobody's roles once her account is closed. None for the command."""
    if account_id is None:
        return None
    session_id = find_session_id(session, account_id)
    identity = find_identity(session, session_id) if session_id else None
    if identity is None:
        return Actor(account_id, 0, "", "", "en", today)
    lock(session, [identity.person_id])
    ties = queries.ties_of(session, identity.person_id, today)
    return Actor(
        account_id=account_id,
        person_id=identity.person_id,
        public_id=identity.person_public_id,
        name=identity.name,
        language=identity.language,
        today=today,
        roles=identity.roles | ({"supervisor"} if ties.supervises else frozenset()),
        employments=ties.employments,
        supervises=ties.supervises,
    )


def _allowed(session: Session, actor: Actor | None, rows: Sequence[ListedRow], today: date) -> list[Entry]:
    """Return what the rows say; one for an organization that the actor does not answer for any more has a fault."""
    places = set(queries.organizations_by_name(session, policy.importable_organizations(actor), today).values())
    entries = [rules.entry_of(row.entry) for row in rows]
    return [
        entry
        if entry.organization_id in places
        else rules.with_fault(entry, Fault("organization-unknown", "organization"))
        for entry in entries
    ]


def _take_turns(session: Session, entries: Iterable[Entry]) -> None:
    """Let whoever adds somebody of one of these names or contacts wait, as `welcome_person` does."""
    entries = list(entries)
    take_turns(session, *(f"newcomer {entry.name_key}" for entry in entries))
    lock_contacts(session, *(each for entry in entries for each in entry.identifiers))


def _look(
    session: Session,
    actor: Actor | None,
    found: ImportRow,
    rows: Sequence[ListedRow],
    entries: Sequence[Entry],
    today: date,
) -> Known:
    """Return who may be meant, held, with their spells and with what came of the list's earlier rows."""
    leaders = {row.same_as for row in rows if row.same_as is not None}
    offered = {each for row in rows for each in row.said["candidates"]} | {row.answer for row in rows}
    people = {int(each.removeprefix("person:")) for each in offered if each.startswith("person:")}
    # of names that are merely near, only those are looked at whom the list asked about: no new question can be asked
    staff = queries.list_name_keys(session, person_ids=people)
    known = queries.find_alike(session, [entry for entry in entries if not entry.faults], staff)
    numbers = leaders | {int(each.removeprefix("row:")) for each in offered if each.startswith("row:")}
    earlier, made = queries.find_earlier(session, found.id, known.keys.keys(), numbers)
    keys = {**dict.fromkeys(earlier.values(), ""), **known.keys}
    lock(session, keys)
    known = rules.with_earlier(known, keys, earlier, made)
    return queries.add_spells(session, known, policy.hears_of(actor), today)


def _unasked(verdict: Verdict) -> Verdict:
    """Return a verdict that asks nothing: it is too late for a question, so that its sentence is the refusal."""
    if verdict.what != "ask":
        return verdict
    return Verdict(verdict.row, "refuse", faults=(Fault(verdict.question),))


def _add_people(
    session: Session, actor: Actor | None, found: ImportRow, judged: Sequence[_Judged], at: datetime
) -> dict[int, int]:
    """Add those who are new, and return the person of each row that has one."""
    new = [each for each in judged if each.verdict.what == "create" and each.verdict.same_as is None]
    people = [NewPerson(e.entry.name, e.entry.language, e.verdict.contacts, by_text=e.entry.by_text) for e in new]
    ids = add_people(session, actor, people, invites=found.invites, at=at) if new else []
    persons = {each.entry.row: person_id for each, person_id in zip(new, ids, strict=True)}
    for each in judged:
        verdict = each.verdict
        if verdict.person_id is not None:
            persons[each.entry.row] = verdict.person_id
        elif verdict.same_as in persons:
            persons[each.entry.row] = persons[verdict.same_as]
    return persons


def _begin(
    session: Session,
    found: ImportRow,
    judged: Sequence[_Judged],
    persons: Mapping[int, int],
    at: datetime,
) -> None:
    """Begin the employments of those who are new at an organization."""
    begun = [each.entry for each in judged if each.verdict.what in ("create", "start")]
    rows = [_spell(entry, persons[entry.row], local_date(at)) for entry in begun]
    ids = {row.public_id: row.id for row in insert_once(session, Employment, rows, "id", "public_id")}
    terms = [
        {
            "employment_id": ids[row["public_id"]],
            "since": row["started_on"],
            "title": entry.title or entry.usual_title,
            "hours_per_week": entry.hours,
            "kind": "employee",
        }
        for entry, row in zip(begun, rows, strict=True)
    ]
    insert_once(session, EmploymentTerms, terms)
    told = [(row["public_id"], _details(row)) for row in rows]
    record_many(session, found.account_id, "organizations.employment_started", "employment", told, at=at)


def _spell(entry: Entry, person_id: int, today: date) -> dict[str, Any]:
    return {
        "public_id": new_public_id(),
        "person_id": person_id,
        "organization_id": entry.organization_id,
        "started_on": entry.started_on or today,
    }


def _details(row: Mapping[str, Any]) -> dict[str, object]:
    return {
        "organization_id": row["organization_id"],
        "person": row["person_id"],
        "started_on": row["started_on"],
        "by": "list",
    }


def _change(session: Session, found: ImportRow, judged: Sequence[_Judged], today: date, at: datetime) -> None:
    """Set the title and the hours of those who work there already, from today on; the rest of their terms stays."""
    changed = {each.verdict.employment_id: each for each in judged if each.verdict.what == "change"}
    if not changed:
        return
    told = []
    for row in queries.terms_of(session, [key for key in changed if key is not None], today):
        entry = changed[row.employment_id].entry
        values = {
            "title": entry.title or row.title,
            "hours_per_week": row.hours_per_week if entry.hours is None else entry.hours,
            "kind": row.kind,
            "supervising_provider_id": row.supervising_provider_id,
            "work_area": row.work_area,
        }
        since = max(today, row.started_on)
        new = {"employment_id": row.employment_id, "since": since, **values}
        upsert(session, EmploymentTerms, new, key=("employment_id", "since"), change=tuple(values))
        details = {"organization_id": row.organization_id, "person": row.person_id, "since": since, "kind": row.kind}
        told.append((row.public_id, {**details, "by": "list"}))
    record_many(session, found.account_id, "organizations.terms_changed", "employment", told, at=at)


def _mark(session: Session, judged: Sequence[_Judged], persons: Mapping[int, int], at: datetime) -> None:
    """Note on each row what became of it. One that is done with another row of the same person has that person."""
    changes = []
    for each in judged:
        values = verdict_values(each.verdict)
        if each.verdict.what != "refuse":
            values["said"] = each.row.said
        person_id = persons.get(each.entry.row)
        changes.append({"id": each.row.id, "person_id": person_id, "applied_at": at, **values})
    session.execute(update(StaffImportRow), changes)
