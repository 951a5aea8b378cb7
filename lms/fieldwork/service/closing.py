"""Closing a session, so that its minutes count, and opening it again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.content.library import current
from lms.courses.service import finish_together
from lms.errors import NotFound, RuleBroken
from lms.fieldwork.events import FieldworkCredited, fieldwork_credited
from lms.fieldwork.models import AttendanceEntry, ClassCredit, GroupSession
from lms.fieldwork.policy import sessions as policies
from lms.fieldwork.queries.attendance import CreditRow, latest_entries, standing_credits
from lms.fieldwork.rules import CreditedMinutes, Crediting, Spent, Visit
from lms.fieldwork.rules import attendance as rules
from lms.fieldwork.rules.attendance import CreditLine, Stays
from lms.fieldwork.service.holding import hold_kept, note
from lms.signals import announce

#: (person id, id of the session whose matter is learned)
_Unit = tuple[int, int]


@dataclass(frozen=True)
class Closing:
    """What closing does: a line for everybody who was there, lines of other sessions that change with it."""

    lines: tuple[CreditLine, ...]
    elsewhere: tuple[CreditLine, ...]
    fingerprint: str
    crediting: Crediting = field(default_factory=Crediting)


@dataclass(frozen=True)
class _Settled:
    """All lines of some units as they should be, beside those that stand."""

    lines: tuple[CreditLine, ...]
    standing: dict[tuple[int, int], CreditRow]
    towards: dict[int, GroupSession]
    #: When each person was at the session itself.
    stays: dict[int, Stays]

    @property
    def changed(self) -> tuple[CreditLine, ...]:
        """Return the lines that do not stand yet as they should."""
        return tuple(each for each in self.lines if not _stands(each, self.standing))


def preview_closing(session: Session, group_session_id: int, *, at: datetime) -> Closing:
    """Return what closing a session would do now, at `at`. Four queries. Writes nothing; raises `NotFound`."""
    group = session.get(GroupSession, group_session_id)
    if group is None:
        raise NotFound
    settled = _settle(session, group, is_closed=True)
    return replace(_closing(group, settled), crediting=_crediting(session, group, settled, at))


def _crediting(session: Session, group: GroupSession, settled: _Settled, at: datetime) -> Crediting:
    """Return what would newly count: where a line changes, the minutes by which it grows."""
    spent = []
    for line in (each for each in settled.changed if each.group_session_id == group.id):
        known = settled.standing.get((line.group_session_id, line.person_id))
        more = line.credited_minutes - (known.credited_minutes if known else 0)
        towards = settled.towards[line.towards_id]
        if more > 0:
            fact = CreditedMinutes(line.person_id, "class", tuple(towards.competencies), more, group.day, at)
            visit = Visit(settled.stays[line.person_id], group.starts_at, group.ends_at)
            spent.append(Spent(fact, None, None if known else visit))  # what is known takes its own time already
    taught = [(each, key, towards.language) for towards, key, people in _taught(session, settled) for each in people]
    return Crediting(tuple(spent), tuple(taught))


def close_session(session: Session, actor: Actor, public_id: str, *, fingerprint: str, at: datetime) -> bool:
    """Let the minutes of a session count, exactly as the preview with this fingerprint said.

    Those for whom it counts whole have finished the lessons of its module, where it says so. Returns False, and
    changes nothing, when it is closed already. Raises `NotFound`, `RuleBroken` ("session-not-over",
    "session-cancelled", "changed-meanwhile" when the preview is no longer true).
    """
    people = _people(session, public_id)
    group = hold_kept(session, actor, public_id, people, at=at)
    if group.state == "closed":
        return False
    rules.check_closing(group.state, group.ends_at, at)
    settled = _settle(session, group, is_closed=True)
    if _closing(group, settled).fingerprint != fingerprint or not {line.person_id for line in settled.lines} <= people:
        raise RuleBroken("changed-meanwhile")
    group.state, group.changed_at = "closed", at
    credited = _write(session, actor, settled, at)
    note(session, actor, "session_closed", group, at=at, people=sorted(credited))
    _finish_lessons(session, settled, at)
    if credited:
        announce(fieldwork_credited, session, FieldworkCredited(tuple(sorted(credited)), at))
    return True


def reopen_session(session: Session, actor: Actor, public_id: str, *, reason: str, at: datetime) -> None:
    """Open a closed session again: its minutes count no more until it is closed anew; lessons stay finished.

    Raises `NotFound`, `RuleBroken` ("reason-missing", "session-open").
    """
    people = _people(session, public_id)
    group = hold_kept(session, actor, public_id, people, at=at)
    if not policies.can_reopen(actor):
        raise NotFound
    if group.state != "closed":
        raise RuleBroken("session-open")
    if not reason.strip():
        raise RuleBroken("reason-missing")
    settled = _settle(session, group, is_closed=False)
    group.state, group.reason, group.changed_at = "held", reason.strip(), at
    _write(session, actor, settled, at)
    note(session, actor, "session_reopened", group, at=at, people=sorted(people))


def _people(session: Session, public_id: str) -> set[int]:
    """Return everybody of whom there is an entry, to be locked first."""
    query = select(AttendanceEntry.person_id).join(GroupSession, GroupSession.id == AttendanceEntry.group_session_id)
    return set(session.scalars(query.where(GroupSession.public_id == public_id)))


def _closing(group: GroupSession, settled: _Settled) -> Closing:
    own = tuple(each for each in settled.lines if each.group_session_id == group.id)
    others = tuple(each for each in settled.changed if each.group_session_id != group.id)
    return Closing(own, others, rules.fingerprint([*own, *others], group.revision))


def _settle(session: Session, group: GroupSession, *, is_closed: bool) -> _Settled:
    """Return what should stand of everybody who was there, and of the same matter elsewhere. Three queries."""
    entries = latest_entries(session, group.id)
    mine = standing_credits(session, ClassCredit.group_session_id == group.id)
    visits: dict[_Unit, list[tuple[tuple[datetime, int], int]]] = defaultdict(list)
    units = {(row.person_id, row.towards_id) for row in mine}
    for person_id, entry in entries.items():
        minutes = rules.minutes_present(entry.stays, group.starts_at, group.ends_at)
        unit = (person_id, entry.makes_up_id or group.id)
        units.add(unit)
        if is_closed and minutes:
            visits[unit].append(((group.starts_at, group.id), minutes))
    towards = _sessions(session, {group.id, *(each for _, each in units)})
    elsewhere = _elsewhere(session, group, units)
    starts = _sessions(session, {row.group_session_id for row in elsewhere})
    for row in elsewhere:
        visit = starts[row.group_session_id]
        visits[row.person_id, row.towards_id].append(((visit.starts_at, visit.id), row.present_minutes))
    lines = tuple(line for unit in sorted(visits) for line in _lines(unit, visits[unit], towards[unit[1]]))
    standing = {(row.group_session_id, row.person_id): row for row in (*mine, *elsewhere)}
    return _Settled(lines, standing, towards, {person_id: entry.stays for person_id, entry in entries.items()})


def _elsewhere(session: Session, group: GroupSession, units: Collection[_Unit]) -> list[CreditRow]:
    """Return what stands in other sessions towards the same matter. One query."""
    found = standing_credits(
        session,
        ClassCredit.person_id.in_({person_id for person_id, _ in units}),
        ClassCredit.towards_id.in_({towards_id for _, towards_id in units}),
        ClassCredit.group_session_id != group.id,
    )
    return [row for row in found if (row.person_id, row.towards_id) in units]


def _sessions(session: Session, ids: Collection[int]) -> dict[int, GroupSession]:
    if not ids:
        return {}
    return {row.id: row for row in session.scalars(select(GroupSession).where(GroupSession.id.in_(ids)))}


def _lines(unit: _Unit, visits: Sequence[tuple[tuple[datetime, int], int]], towards: GroupSession) -> list[CreditLine]:
    """Return what each visit of one person gives towards one session."""
    present = {visit[1]: minutes for visit, minutes in sorted(visits, key=lambda each: each[0])}
    total = rules.minutes_of(towards.starts_at, towards.ends_at)
    return [
        CreditLine(visit, unit[1], unit[0], present[visit], share.credited, share.is_full)
        for visit, share in rules.shares(total, towards.minimum_share, present).items()
    ]


def _stands(line: CreditLine, standing: dict[tuple[int, int], CreditRow]) -> bool:
    row = standing.get((line.group_session_id, line.person_id))
    names = ("towards_id", "present_minutes", "credited_minutes", "is_full")
    return row is not None and all(getattr(row, name) == getattr(line, name) for name in names)


def _write(session: Session, actor: Actor, settled: _Settled, at: datetime) -> set[int]:
    """Withdraw what no longer holds, add what is new, and return for whom minutes count now."""
    kept = {(line.group_session_id, line.person_id) for line in settled.lines} - {
        (line.group_session_id, line.person_id) for line in settled.changed
    }
    gone = [row.id for key, row in settled.standing.items() if key not in kept]
    if gone:
        withdrawn = {"withdrawn_at": at, "withdrawn_by": actor.account_id}
        session.execute(update(ClassCredit).where(ClassCredit.id.in_(gone)).values(**withdrawn))
    if not settled.changed:
        return set()
    days = {each.id: each.day for each in _sessions(session, {x.group_session_id for x in settled.changed}).values()}
    stamp = {"credited_at": at, "credited_by": actor.account_id}
    session.execute(
        insert(ClassCredit),
        [{**line.__dict__, "done_on": days[line.group_session_id], **stamp} for line in settled.changed],
    )
    return {line.person_id for line in settled.changed if line.credited_minutes}


def _finish_lessons(session: Session, settled: _Settled, at: datetime) -> None:
    """Let those for whom a session counts whole have finished the lessons of its module, where it says so."""
    for towards, key, people in _taught(session, settled):
        finish_together(session, current(session), people, key, language=towards.language, at=at)


def _taught(session: Session, settled: _Settled) -> Iterator[tuple[GroupSession, str, list[int]]]:
    """Yield the sessions that finish the lessons of a module, with the module and for whom."""
    library = current(session)
    for towards in settled.towards.values():
        people = sorted({line.person_id for line in settled.lines if line.towards_id == towards.id and line.is_full})
        key = towards.module_key
        if people and towards.finishes_lessons and key is not None and library.find("module", key):
            yield towards, key, people
