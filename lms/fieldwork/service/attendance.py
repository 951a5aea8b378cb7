"""Who is there: the code on the wall, the list on a phone, the paper sheet, and corrections. Entries are only added."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.clock import local_date
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.fieldwork.models import AttendanceEntry, GroupSession, SignUp
from lms.fieldwork.policy import sessions as policies
from lms.fieldwork.queries.attendance import EntryRow, latest_entries
from lms.fieldwork.queries.sessions import alike, list_sessions, teachers_of
from lms.fieldwork.rules import attendance as rules
from lms.fieldwork.rules import sessions as session_rules
from lms.fieldwork.rules.attendance import Stays
from lms.fieldwork.service.holding import hold, hold_kept, keeps, note
from lms.fieldwork.service.sign_ups import join
from lms.organizations.queries import list_staff


def arrive(session: Session, actor: Actor, public_id: str, *, stamp: str, at: datetime) -> bool:
    """Note that the actor, who scanned the code made with `stamp`, is there; return whether that is new.

    Raises `NotFound`, and `RuleBroken`: "code-old", "session-cancelled", "session-closed", "too-early" (more than 30
    minutes before), "over", and "not-yourself" for those who keep the list: another person marks them.
    """
    group = hold(session, actor, public_id)
    if group.stamp != stamp:
        raise RuleBroken("code-old")
    session_rules.check_changeable(group.state)
    if keeps(session, actor, group, at):
        raise RuleBroken("not-yourself")
    window = session_rules.window_of(group.starts_at, group.ends_at, at)
    if window != "open":
        raise RuleBroken("too-early" if window == "early" else "over")
    latest = latest_entries(session, group.id, actor.person_id).get(actor.person_id)
    stays = rules.arrived(latest.stays if latest else (), at)
    if latest and stays == latest.stays:
        return False
    if len(stays) > rules.MOST_STAYS:
        raise RuleBroken("stays-many", most=rules.MOST_STAYS)
    _add(session, actor, group, {actor.person_id: stays}, {actor.person_id: latest}, way="code", at=at)
    return True


def depart(session: Session, actor: Actor, public_id: str, *, at: datetime) -> bool:
    """Note that the actor leaves; return whether she was there. After the end nothing changes."""
    group = hold(session, actor, public_id)
    latest = latest_entries(session, group.id, actor.person_id).get(actor.person_id)
    if latest is None or group.state != "held" or at > group.ends_at or not rules.is_there(latest.stays):
        return False
    stays = rules.departed(latest.stays, at)
    _add(session, actor, group, {actor.person_id: stays}, {actor.person_id: latest}, way="code", at=at)
    return True


def mark(
    session: Session,
    actor: Actor,
    public_id: str,
    person_ids: Collection[int],
    stays: Stays,
    *,
    way: str,
    sheet: str | None = None,
    at: datetime,
) -> tuple[int, ...]:
    """Note that people were there from when to when, and return for whom that is new.

    Who is noted already stays so; that is corrected one by one. People who were not signed up may be among them,
    as far as the actor may find them. Raises `NotFound`, and `RuleBroken`: "nobody-chosen", "not-yourself",
    "teacher-comes", "too-early", "session-cancelled", "session-closed", and those of `rules.check_stays`.
    """
    group = hold_kept(session, actor, public_id, person_ids, at=at)
    _check_mark(session, actor, group, person_ids, at)
    if not stays:
        raise RuleBroken("stay-missing")
    rules.check_stays(stays, group.starts_at, group.ends_at, at)
    latest = latest_entries(session, group.id)
    new = [each for each in sorted(set(person_ids)) if each not in latest or not latest[each].stays]
    former = {each: latest.get(each) for each in new}
    _add(session, actor, group, dict.fromkeys(new, stays), former, way=way, sheet=sheet, at=at)
    return tuple(new)


def correct(
    session: Session,
    actor: Actor,
    public_id: str,
    person_id: int,
    stays: Stays,
    *,
    seen: int,
    reason: str = "",
    makes_up: str | None = None,
    at: datetime,
) -> bool:
    """Write what holds of one person's attendance instead of entry number `seen` (0: none); return whether it is new.

    No stay at all says that she was not there. `makes_up` is the public id of a closed session of the same cohort or
    module. Raises as `mark` does, and `RuleBroken` "changed-meanwhile", "reason-missing", "makes-up-what".
    """
    group = hold_kept(session, actor, public_id, [person_id], at=at)
    _check_mark(session, actor, group, [person_id], at)
    rules.check_stays(stays, group.starts_at, group.ends_at, at)
    makes_up_id = _made_up(session, group, makes_up)
    latest = latest_entries(session, group.id, person_id).get(person_id)
    if (latest.stays, latest.makes_up_id) == (stays, makes_up_id) if latest else not stays:
        return False
    if (latest.number if latest else 0) != seen:
        raise RuleBroken("changed-meanwhile")
    if latest and not reason.strip():
        raise RuleBroken("reason-missing")
    way = "correction" if latest else "list"
    why = reason.strip() or None
    former = {person_id: latest}
    _add(session, actor, group, {person_id: stays}, former, way=way, reason=why, makes_up_id=makes_up_id, at=at)
    return True


def _check_mark(session: Session, actor: Actor, group: GroupSession, person_ids: Collection[int], at: datetime) -> None:
    """Raise `NotFound` or `RuleBroken` unless the actor may mark these people here and now."""
    session_rules.check_changeable(group.state)
    if at < group.starts_at - session_rules.OPENS:
        raise RuleBroken("too-early")
    if not person_ids:
        raise RuleBroken("nobody-chosen")
    if not all(policies.can_mark(actor, each) for each in person_ids):
        raise RuleBroken("not-yourself")
    if not set(person_ids).isdisjoint(teachers_of(session, [group.id]).get(group.id, {})):
        raise RuleBroken("teacher-comes")
    signed = select(SignUp.person_id).where(SignUp.group_session_id == group.id)
    came = select(AttendanceEntry.person_id).where(AttendanceEntry.group_session_id == group.id)
    others = set(person_ids) - set(session.scalars(signed.union(came)))
    if not others:
        return
    staff = list_staff(session, policies.walk_in_places(actor), local_date(at))
    if not others <= {row.person_id for row in staff}:
        raise NotFound


def _made_up(session: Session, group: GroupSession, public_id: str | None) -> int | None:
    """Return the id of the session of which a part is made up in this one; raise `RuleBroken("makes-up-what")`."""
    if not public_id:
        return None
    for row in list_sessions(session, alike(group), newest_first=True):
        if row.public_id == public_id:
            return row.id
    raise RuleBroken("makes-up-what")


def _add(
    session: Session,
    actor: Actor,
    group: GroupSession,
    stays: dict[int, Stays],
    former: dict[int, EntryRow | None],
    *,
    way: str,
    sheet: str | None = None,
    reason: str | None = None,
    makes_up_id: int | None = None,
    at: datetime,
) -> None:
    """Add one entry for each person after her former one; the session counts as held from the first one on."""
    rows = []
    for person_id, each in stays.items():
        last = former[person_id]
        kept = last.makes_up_id if last and way == "code" else makes_up_id
        rows.append(
            {
                "group_session_id": group.id,
                "person_id": person_id,
                "number": last.number + 1 if last else 1,
                "stays": rules.packed(each),
                "way": way,
                "sheet": sheet,
                "makes_up_id": kept,
                "reason": reason,
                "recorded_by": actor.account_id,
                "recorded_at": at,
            }
        )
    if not rows:
        return
    insert_once(session, AttendanceEntry, rows)
    join(session, group, [each for each, found in stays.items() if found], at=at)
    group.state = "held"
    note(session, actor, "attendance_noted", group, at=at, way=way, people=sorted(stays))
