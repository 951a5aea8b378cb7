"""Planning, changing and cancelling sessions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.clock import local_date, zone
from lms.competencies.rules import split
from lms.competencies.specs import FrameworkSpec
from lms.content.library import Library, current
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.fieldwork.events import SessionCancelled, SessionChanged, session_cancelled, session_changed
from lms.fieldwork.models import AttendanceEntry, Cohort, GroupSession, SessionTeacher, SignUp
from lms.fieldwork.policy import sessions as policies
from lms.fieldwork.rules import sessions as rules
from lms.fieldwork.rules.sessions import SessionPlan
from lms.fieldwork.service.holding import hold_kept, note
from lms.fieldwork.service.sign_ups import fill_places
from lms.ids import new_public_id
from lms.organizations.policy import still_supervises
from lms.people.service import lock
from lms.signals import announce


def plan_session(
    session: Session, actor: Actor, plan: SessionPlan, teachers: Collection[int], *, client_id: str, at: datetime
) -> str:
    """Plan a session with these people as teachers, and return its public id; the same `client_id` again does nothing.

    Raises `NotFound` where the actor may not plan, for an unknown cohort, module, track or competency, and
    `RuleBroken` as `rules.check_plan` does, or "sent-before" for a `client_id` that came with something else.
    """
    lock(session, [actor.person_id])
    known = session.execute(
        select(GroupSession).where(GroupSession.made_by == actor.account_id, GroupSession.client_id == client_id)
    ).scalar_one_or_none()
    if known is not None:
        if plan_of(known) != plan:
            raise RuleBroken("sent-before")
        return known.public_id
    _check(session, actor, plan, at)
    starts_at, ends_at = rules.check_plan(plan, zone(), local_date(at))
    group = GroupSession(
        **_columns(plan),
        starts_at=starts_at,
        ends_at=ends_at,
        made_by=actor.account_id,
        made_at=at,
        changed_at=at,
        client_id=client_id,
    )
    session.add(group)
    session.flush()
    _set_teachers(session, group, teachers)
    note(session, actor, "session_planned", group, at=at, day=plan.day, teachers=sorted(teachers))
    return group.public_id


def change_session(
    session: Session,
    actor: Actor,
    public_id: str,
    plan: SessionPlan,
    teachers: Collection[int],
    *,
    seen: int,
    at: datetime,
) -> None:
    """Change a session that was read at its revision `seen`; those who wait move up where there is room now.

    The host and the cohort stay. Announces `SessionChanged` when people have to know. Raises `NotFound`, and
    `RuleBroken` as planning does, or "session-cancelled", "session-closed", "changed-meanwhile", "capacity-below"
    (fewer places than are taken), "teacher-comes" (a teacher is on the list).
    """
    group = hold_kept(session, actor, public_id, at=at)
    before = plan_of(group)
    if before == plan and set(teachers) == _teachers(session, group):
        return
    rules.check_changeable(group.state)
    if group.revision != seen:
        raise RuleBroken("changed-meanwhile")
    if (plan.organization_id, plan.cohort_id) != (group.organization_id, group.cohort_id):
        raise NotFound
    _check_content(session, plan, before)
    starts_at, ends_at = rules.check_plan(plan, zone(), local_date(at))
    _check_room(session, group, plan.capacity)
    for name, value in _columns(plan).items():
        setattr(group, name, value)
    group.starts_at, group.ends_at, group.changed_at = starts_at, ends_at, at
    group.revision += 1
    _set_teachers(session, group, teachers)
    session.flush()
    note(session, actor, "session_changed", group, at=at, revision=group.revision, teachers=sorted(teachers))
    if rules.tells_everybody(before, plan) and (people := coming(session, group)):
        announce(session_changed, session, SessionChanged(group.id, group.revision, people, at))
    fill_places(session, group, at=at)


def cancel_session(session: Session, actor: Actor, public_id: str, *, reason: str, at: datetime) -> tuple[int, ...]:
    """Cancel a session and return who is told; twice changes nothing.

    Raises `NotFound`, `RuleBroken` ("reason-missing", "session-held" when somebody was there, "session-closed").
    """
    group = hold_kept(session, actor, public_id, at=at)
    if group.state == "cancelled":
        return ()
    if group.state != "planned":
        raise RuleBroken(f"session-{group.state}")
    if not reason.strip():
        raise RuleBroken("reason-missing")
    group.state, group.reason, group.changed_at = "cancelled", reason.strip(), at
    group.revision += 1
    people = coming(session, group)
    note(session, actor, "session_cancelled", group, at=at, people=people)
    announce(session_cancelled, session, SessionCancelled(group.id, people, at))
    return people


def renew_code(session: Session, actor: Actor, public_id: str, *, at: datetime) -> None:
    """Make the code on the wall anew, so that the old one takes nobody in any more. Raises `NotFound`."""
    group = hold_kept(session, actor, public_id, at=at)
    group.stamp = new_public_id()
    note(session, actor, "session_code_renewed", group, at=at)


def plan_of(group: GroupSession) -> SessionPlan:
    """Return what was decided about a session."""
    fields = {name: getattr(group, name) for name in SessionPlan.__dataclass_fields__}
    return SessionPlan(
        **{**fields, "competencies": tuple(group.competencies), "interpreters": tuple(group.interpreters)}
    )


def coming(session: Session, group: GroupSession) -> tuple[int, ...]:
    """Return who has a place in a session or waits for one. One query."""
    rows = select(SignUp.person_id).where(SignUp.group_session_id == group.id, SignUp.left_at.is_(None))
    return tuple(session.scalars(rows.order_by(SignUp.person_id)))


def _columns(plan: SessionPlan) -> dict[str, object]:
    return {**asdict(plan), "competencies": list(plan.competencies), "interpreters": list(plan.interpreters)}


def _check(session: Session, actor: Actor, plan: SessionPlan, at: datetime) -> None:
    """Raise `NotFound` unless the actor may plan this there, and all that it names exists."""
    host = plan.organization_id
    if not policies.can_plan(actor, host):
        raise NotFound
    if not actor.has("trainer") and (host is None or not still_supervises(session, actor, host, local_date(at))):
        raise NotFound
    if plan.cohort_id is not None:
        kept = select(Cohort.id).where(Cohort.id == plan.cohort_id, policies.kept_cohorts(actor))
        if session.execute(kept).scalar_one_or_none() is None:
            raise NotFound
    _check_content(session, plan, None)


def _check_content(session: Session, plan: SessionPlan, before: SessionPlan | None) -> None:
    """Raise `NotFound` for a module, track or competency that is not published, unless it was named before."""
    library = current(session)
    for kind, key, kept in (
        ("module", plan.module_key, before and before.module_key),
        ("track", plan.track_key, before and before.track_key),
    ):
        if key is not None and key != kept:
            library.get(kind, key)
    for each in set(plan.competencies) - set(before.competencies if before else ()):
        if not _is_competency(library, each):
            raise NotFound(f"no competency {each!r}")


def _is_competency(library: Library, name: str) -> bool:
    if "/" not in name:
        return False
    framework, competency = split(name)
    if library.find("framework", framework) is None:
        return False
    return library.spec(FrameworkSpec, "framework", framework).competency(competency) is not None


def _check_room(session: Session, group: GroupSession, capacity: int) -> None:
    """Raise `RuleBroken("capacity-below")` when more people have a place than there would be."""
    taken = len(
        session.scalars(
            select(SignUp.id).where(
                SignUp.group_session_id == group.id, SignUp.left_at.is_(None), SignUp.placed_at.is_not(None)
            )
        ).all()
    )
    if capacity < taken:
        raise RuleBroken("capacity-below", placed=taken)


def _teachers(session: Session, group: GroupSession) -> set[int]:
    return set(session.scalars(select(SessionTeacher.person_id).where(SessionTeacher.group_session_id == group.id)))


def _set_teachers(session: Session, group: GroupSession, person_ids: Collection[int]) -> None:
    """Let exactly these people teach; raise `RuleBroken("teacher-comes")` when one of them is on the list."""
    signed = select(SignUp.id).where(
        SignUp.group_session_id == group.id, SignUp.left_at.is_(None), SignUp.person_id.in_(person_ids)
    )
    came = select(AttendanceEntry.id).where(
        AttendanceEntry.group_session_id == group.id, AttendanceEntry.person_id.in_(person_ids)
    )
    if session.scalars(signed.limit(1)).first() or session.scalars(came.limit(1)).first():
        raise RuleBroken("teacher-comes")
    gone = SessionTeacher.person_id.not_in(person_ids)
    session.execute(delete(SessionTeacher).where(SessionTeacher.group_session_id == group.id, gone))
    insert_once(
        session,
        SessionTeacher,
        [{"group_session_id": group.id, "person_id": each} for each in sorted(set(person_ids))],
    )
