"""Changes of the hours ledger: entered once, countersigned by another, returned, answered, corrected, withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, select, update
from sqlalchemy.orm import Session

from lms.actor import Actor, Span
from lms.audit.service import record
from lms.clock import local_date
from lms.competencies.specs import FrameworkSpec
from lms.content.library import current
from lms.errors import NotFound, RuleBroken
from lms.fieldwork.events import (
    FieldworkCredited,
    HoursReturned,
    ReturnedEntry,
    fieldwork_credited,
    hours_returned,
)
from lms.fieldwork.models import HoursAct, HoursEntry, HoursEvent, HoursHost
from lms.fieldwork.policy import hours as policy
from lms.fieldwork.queries import hours as ledger
from lms.fieldwork.rules import hours as rules
from lms.fieldwork.rules.hours import Host, Sheet
from lms.organizations.queries import list_every, spans_of, ties_of
from lms.organizations.queries.supervising import stands_in_at
from lms.people.service import lock
from lms.signals import announce

#: So many entries are countersigned by one act at most.
MOST_AT_ONCE = 200


def enter(
    session: Session,
    actor: Actor,
    sheet: Sheet,
    *,
    client_id: str,
    at: datetime,
    corrects: str | None = None,
    seen: str = "",
) -> str:
    """Enter the actor's own hours, and return the entry's public id. The same `client_id` again enters nothing.

    `corrects` names an entry of hers that this one replaces, which was in the state `seen` on her page. Raises
    `NotFound` when that is not hers, and `RuleBroken` with the codes of `rules.check_sheet` and `rules.check_room`,
    "competency-unknown", "host-unknown", "sent-before" (this `client_id` came with other words), "changed-meanwhile".
    """
    lock(session, [actor.person_id])
    sheet = rules.tidy(sheet)
    if (known := _find_sent(session, actor.person_id, sheet, client_id)) is not None:
        return known
    old = _own(session, actor, corrects) if corrects else None
    if old is not None and (old.state != seen or not rules.may_become(old.state, "replaced")):
        raise RuleBroken("changed-meanwhile")
    entry = _write(session, actor, actor.person_id, sheet, client_id, at, old)
    if old is not None:
        _add_event(session, actor, [old], "replaced", at)
    details = {"minutes": sheet.minutes, "kind": sheet.kind, "corrects": old.id if old else None}
    _record(session, actor, "fieldwork.hours_entered", entry, at, **details)
    return entry.public_id


def enter_from_paper(
    session: Session, actor: Actor, person_id: int, sheet: Sheet, *, client_id: str, at: datetime
) -> str:
    """Enter what stands on somebody's signed paper log, countersigned at once, and return the entry's public id.

    Raises `NotFound` unless the actor answers for the organization today and is somebody else, and of one
    who left too long ago (`rules.may_settle`); `RuleBroken` as `enter` does.
    """
    lock(session, [person_id, actor.person_id])
    sheet = rules.tidy(sheet)
    spans = spans_of(session, [person_id]).get(person_id, ())
    if not _settles(session, actor, person_id, spans, sheet.organization_id, at):
        raise NotFound
    if (known := _find_sent(session, person_id, sheet, client_id)) is not None:
        return known
    entry = _write(session, actor, person_id, sheet, client_id, at, None)
    _add_event(session, actor, [entry], "countersigned", at)
    _record(session, actor, "fieldwork.hours_from_paper", entry, at, minutes=sheet.minutes, sheet_on=sheet.sheet_on)
    announce(fieldwork_credited, session, FieldworkCredited((person_id,), at))
    return entry.public_id


def countersign(session: Session, actor: Actor, public_ids: Collection[str], *, client_id: str, at: datetime) -> str:
    """Countersign these entries, all or none, and return the public id of the act. The same `client_id` does it once.

    Raises `NotFound` when one of them is not for this actor to countersign; `RuleBroken` ("nothing-chosen",
    "too-many", "changed-meanwhile" when one of them does not wait any more, and "sent-before").
    """
    wanted = set(public_ids)
    entries = _locked(session, actor, HoursEntry.public_id.in_(wanted))
    if (known := _find_act(session, actor, client_id, entries)) is not None:
        return known
    _check_settles(session, actor, entries, len(wanted), at)
    if not entries:
        raise RuleBroken("nothing-chosen")
    if len(entries) > MOST_AT_ONCE:
        raise RuleBroken("too-many", most=MOST_AT_ONCE)
    if not all(rules.may_become(entry.state, "countersigned") for entry in entries):
        raise RuleBroken("changed-meanwhile")
    act = HoursAct(made_by=actor.account_id, made_at=at, client_id=client_id)
    session.add(act)
    session.flush()
    _add_event(session, actor, entries, "countersigned", at, act_id=act.id)
    ids, people = [entry.id for entry in entries], sorted({entry.person_id for entry in entries})
    record(session, actor.account_id, "fieldwork.hours_countersigned", "hours_act", act.public_id, at=at, entries=ids)
    announce(fieldwork_credited, session, FieldworkCredited(tuple(people), at))
    return act.public_id


def undo_act(session: Session, actor: Actor, public_id: str, *, at: datetime) -> int:
    """Take back what an act of the actor countersigned, and return how many entries wait again. Twice changes nothing.

    Entries that met something else since stay as they are. Raises `NotFound` for a stranger's act and
    `RuleBroken("undo-late")`.
    """
    mine = (HoursAct.public_id == public_id, HoursAct.made_by == actor.account_id)
    entries = _locked(session, actor, HoursEntry.id.in_(_entries_of(*mine)))
    act = session.execute(select(HoursAct).where(*mine)).scalar_one_or_none()
    if act is None:
        raise NotFound
    if act.undone_at is not None:
        return 0
    if at > act.made_at + timedelta(hours=rules.UNDO_HOURS):
        raise RuleBroken("undo-late")
    newest = _newest_acts(session, [entry.id for entry in entries])
    ours = [entry for entry in entries if entry.state == "countersigned" and newest.get(entry.id) == act.id]
    hosts = ledger.hosts_of(session, [entry.id for entry in ours])
    spans = spans_of(session, [entry.person_id for entry in ours])
    ours = [entry for entry in ours if _may_settle(session, actor, entry, spans, hosts, at)]
    _add_event(session, actor, ours, "reopened", at)
    act.undone_at = at
    ids = [entry.id for entry in ours]
    record(session, actor.account_id, "fieldwork.countersigning_undone", "hours_act", public_id, at=at, entries=ids)
    return len(ours)


def return_entry(session: Session, actor: Actor, public_id: str, words: str, *, at: datetime) -> None:
    """Return an entry to its worker with a reason; one that was countersigned does not count any more.

    Raises `NotFound` when it is not for this actor; `RuleBroken` with the codes of `rules.check_words` and
    "changed-meanwhile".
    """
    entries = _locked(session, actor, HoursEntry.public_id == public_id)
    _check_settles(session, actor, entries, 1, at)
    words = rules.check_words(words)
    if not _happened(session, actor, entries[0], "returned", words):
        _become(session, actor, entries[0], "returned", at, words)
        entry = entries[0]
        told = ReturnedEntry(entry.id, entry.public_id, entry.person_id, entry.organization_id, words)
        announce(hours_returned, session, HoursReturned((told,), at))


def dispute(session: Session, actor: Actor, public_id: str, words: str, *, at: datetime) -> None:
    """Answer why returned hours are right after all, so that the supervisor looks again.

    Raises `NotFound` when the entry is not the actor's; `RuleBroken` as `return_entry` does.
    """
    lock(session, [actor.person_id])
    entry, words = _own(session, actor, public_id), rules.check_words(words)
    if not _happened(session, actor, entry, "disputed", words):
        _become(session, actor, entry, "disputed", at, words)


def withdraw(session: Session, actor: Actor, public_id: str, *, seen: str, at: datetime) -> None:
    """Withdraw an entry of the actor's own, which was in the state `seen` on her page; it stays in her history.

    Raises `NotFound` when it is not hers; `RuleBroken("changed-meanwhile")`.
    """
    lock(session, [actor.person_id])
    entry = _own(session, actor, public_id)
    if entry.state == "withdrawn":
        return
    if entry.state != seen:
        raise RuleBroken("changed-meanwhile")
    _become(session, actor, entry, "withdrawn", at, "")


def _find_sent(session: Session, person_id: int, sheet: Sheet, client_id: str) -> str | None:
    """Return what the same form has entered; None when it was not sent yet. Raises `RuleBroken("sent-before")`."""
    entry = session.execute(
        select(HoursEntry).where(HoursEntry.person_id == person_id, HoursEntry.client_id == client_id)
    ).scalar_one_or_none()
    if entry is None:
        return None
    same_host = ledger.hosts_of(session, [entry.id]).get(entry.id) == sheet.host
    if not same_host or any(getattr(entry, name) != value for name, value in _columns(sheet).items()):
        raise RuleBroken("sent-before")
    return entry.public_id


def _columns(sheet: Sheet) -> dict[str, Any]:
    """Return a sheet as the columns of an entry; its host has a row of its own."""
    found = asdict(sheet) | {"competencies": list(sheet.competencies)}
    del found["host"]
    return found


def _write(
    session: Session,
    actor: Actor,
    person_id: int,
    sheet: Sheet,
    client_id: str,
    at: datetime,
    old: HoursEntry | None,
) -> HoursEntry:
    """Write an entry of a person whose row is locked, after every check."""
    today = local_date(at)
    spans = spans_of(session, [person_id]).get(person_id, ())
    rules.check_sheet(sheet, spans, today, kept=old.done_on if old else None)
    _check_competencies(session, sheet.competencies)
    if sheet.host is not None and sheet.host.organization_id is not None:
        _check_host(session, sheet.host.organization_id)
    others = ledger.minutes_on(session, person_id, sheet.done_on, but=old.id if old else None)
    rules.check_room(sheet.minutes, others)
    supervised = ties_of(session, person_id, today).supervises
    entry = HoursEntry(
        **_columns(sheet),
        person_id=person_id,
        source="self" if sheet.sheet_on is None else "paper",
        is_of_supervisor=sheet.organization_id in supervised,
        replaces_id=old.id if old else None,
        entered_by=actor.account_id,
        entered_at=at,
        client_id=client_id,
        state="sent",
        state_at=at,
    )
    session.add(entry)
    session.flush()
    session.add(HoursEvent(entry_id=entry.id, kind="entered", at=at, by=actor.account_id))
    if sheet.host is not None:
        session.add(HoursHost(entry_id=entry.id, **asdict(sheet.host)))
    return entry


def _check_competencies(session: Session, wanted: Sequence[str]) -> None:
    """Raise `RuleBroken("competency-unknown")` unless all of these are published."""
    library = current(session)
    frameworks = (library.spec(FrameworkSpec, "framework", key) for key in library.keys("framework"))
    known = {f"{framework.key}/{each.id}" for framework in frameworks for each in framework.competencies}
    if not known.issuperset(wanted):
        raise RuleBroken("competency-unknown")


def _check_host(session: Session, organization_id: int) -> None:
    """Raise `RuleBroken("host-unknown")` unless there is such an organization."""
    if organization_id not in {each.id for each in list_every(session)}:
        raise RuleBroken("host-unknown")


def _own(session: Session, actor: Actor, public_id: str) -> HoursEntry:
    """Return an entry of the actor, whose row is locked; raise `NotFound`."""
    mine = select(HoursEntry).where(HoursEntry.public_id == public_id, HoursEntry.person_id == actor.person_id)
    entry = session.execute(mine).scalar_one_or_none()
    if entry is None:
        raise NotFound
    return entry


def _locked(session: Session, actor: Actor, criterion: ColumnElement[bool]) -> list[HoursEntry]:
    """Return the entries that meet `criterion` and that the actor may settle, in order, with their people locked."""
    mine = (criterion, policy.settled_by(actor))
    people = session.scalars(select(HoursEntry.person_id).where(*mine)).all()
    lock(session, [*people, actor.person_id])
    return list(session.scalars(select(HoursEntry).where(*mine).order_by(HoursEntry.id)))


def _check_settles(session: Session, actor: Actor, entries: Sequence[HoursEntry], wanted: int, at: datetime) -> None:
    """Raise `NotFound` unless all that were wanted are there, and the actor may settle each as the rows stand."""
    hosts = ledger.hosts_of(session, [entry.id for entry in entries])
    places = {(entry.organization_id, entry.is_of_supervisor, hosts.get(entry.id)): entry for entry in entries}
    spans = spans_of(session, [entry.person_id for entry in places.values()])
    settle = (_may_settle(session, actor, each, spans, hosts, at) for each in places.values())
    if len(entries) != wanted or not all(settle):
        raise NotFound


def _may_settle(
    session: Session,
    actor: Actor,
    entry: HoursEntry,
    spans: Mapping[int, Sequence[Span]],
    hosts: Mapping[int, Host],
    at: datetime,
) -> bool:
    if entry.is_of_supervisor and actor.has(*policy.OFFICE):
        return True
    theirs = spans.get(entry.person_id, ())
    if _settles(session, actor, entry.person_id, theirs, entry.organization_id, at):
        return True
    host = hosts.get(entry.id)
    if host is None or not host.is_asked or host.organization_id is None:
        return False
    may = policy.can_settle_as_host(actor, entry.person_id, host.organization_id)
    return may and _answers_for(session, actor, entry.person_id, host.organization_id, at)


def _settles(
    session: Session, actor: Actor, person_id: int, spans: Sequence[Span], organization_id: int, at: datetime
) -> bool:
    """Return whether the actor may settle for the employer of a person with these spells, as the rows stand."""
    may = policy.can_settle(actor, person_id, spans, organization_id, is_of_supervisor=False)
    return may and _answers_for(session, actor, person_id, organization_id, at)


def _answers_for(session: Session, actor: Actor, person_id: int, organization_id: int, at: datetime) -> bool:
    """Return whether the actor, as the rows stand, answers for the organization, not standing in for the person."""
    today = local_date(at)
    supervises = set(ties_of(session, actor.person_id, today).supervises)
    return organization_id in supervises - stands_in_at(session, actor.person_id, person_id, today)


def _entries_of(*criteria: ColumnElement[bool]) -> Select[int]:
    """Return the statement of the ids of the entries of an act."""
    return select(HoursEvent.entry_id).join(HoursAct, HoursAct.id == HoursEvent.act_id).where(*criteria)


def _find_act(session: Session, actor: Actor, client_id: str, entries: Sequence[HoursEntry]) -> str | None:
    """Return the act of the same form; None when it was not sent yet. Raises `RuleBroken("sent-before")`."""
    mine = (HoursAct.made_by == actor.account_id, HoursAct.client_id == client_id)
    act = session.execute(select(HoursAct.public_id).where(*mine)).scalar_one_or_none()
    if act is None:
        return None
    if set(session.scalars(_entries_of(*mine))) != {entry.id for entry in entries}:
        raise RuleBroken("sent-before")
    return act


def _newest_acts(session: Session, entry_ids: Sequence[int]) -> dict[int, int | None]:
    """Return the act of the newest event of each entry."""
    newest = select(func.max(HoursEvent.id)).where(HoursEvent.entry_id.in_(entry_ids)).group_by(HoursEvent.entry_id)
    rows = session.execute(select(HoursEvent.entry_id, HoursEvent.act_id).where(HoursEvent.id.in_(newest)))
    return {row.entry_id: row.act_id for row in rows}


def _happened(session: Session, actor: Actor, entry: HoursEntry, kind: str, words: str) -> bool:
    """Return whether the newest event is this very one: the form was sent twice."""
    newest = ledger.list_events(session, entry.id)[-1]
    return (newest.kind, newest.by, newest.words) == (kind, actor.account_id, words)


def _become(session: Session, actor: Actor, entry: HoursEntry, kind: str, at: datetime, words: str) -> None:
    """Let an entry meet an event, and log it; raise `RuleBroken("changed-meanwhile")` when it cannot."""
    if not rules.may_become(entry.state, kind):
        raise RuleBroken("changed-meanwhile")
    was = entry.state
    _add_event(session, actor, [entry], kind, at, words=words)
    _record(session, actor, f"fieldwork.hours_{kind}", entry, at, was=was)


def _add_event(
    session: Session,
    actor: Actor,
    entries: Sequence[HoursEntry],
    kind: str,
    at: datetime,
    *,
    words: str = "",
    act_id: int | None = None,
) -> None:
    """Add the same event to entries, and set the state that it makes. Two statements, however many entries."""
    if not entries:
        return
    event = {"kind": kind, "at": at, "by": actor.account_id, "words": words, "act_id": act_id}
    session.execute(insert(HoursEvent), [{"entry_id": entry.id, **event} for entry in entries])
    state = {"state": rules.state_after(kind), "state_at": at}
    session.execute(update(HoursEntry).where(HoursEntry.id.in_([entry.id for entry in entries])).values(state))


def _record(session: Session, actor: Actor, action: str, entry: HoursEntry, at: datetime, **details: object) -> None:
    record(
        session,
        actor.account_id,
        action,
        "hours_entry",
        entry.public_id,
        at=at,
        organization_id=entry.organization_id,
        person=entry.person_id,
        **details,
    )
