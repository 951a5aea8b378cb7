"""Who plans sessions, keeps their lists, closes them, and sees them; beside each check the same as a row filter."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from lms.actor import Actor
from lms.fieldwork.models import (
    AttendanceEntry,
    Cohort,
    CohortOrganization,
    GroupSession,
    SessionTeacher,
    SignUp,
)


def can_plan(actor: Actor, organization_id: int | None) -> bool:
    """Return whether the actor may plan sessions and cohorts of an organization (None: of the whole consortium).

    Trainers plan for anybody, supervisors for the organizations whose staff they answer for.
    """
    return actor.has("trainer") or (organization_id is not None and organization_id in actor.supervises)


def can_keep(actor: Actor, organization_id: int | None, teachers: Collection[int]) -> bool:
    """Return whether the actor may keep the list of a session: who comes, who is there, and closing it.

    Those are trainers, administrators, who teaches it, and the supervisors of the organization that hosts it.
    """
    hosts = organization_id is not None and organization_id in actor.supervises
    return actor.has("trainer", "administrator") or hosts or actor.person_id in teachers


def kept_sessions(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the sessions whose list `can_keep` lets the actor keep."""
    if actor.has("trainer", "administrator"):
        return true()
    teaches = exists().where(
        SessionTeacher.group_session_id == GroupSession.id, SessionTeacher.person_id == actor.person_id
    )
    return or_(GroupSession.organization_id.in_(actor.supervises), teaches)


def can_reopen(actor: Actor) -> bool:
    """Return whether the actor may open a closed session again."""
    return actor.has("trainer", "administrator")


def can_mark(actor: Actor, person_id: int) -> bool:
    """Return whether the actor, who keeps a list, may mark this person on it: nobody marks herself."""
    return actor.person_id != person_id


def _places(actor: Actor) -> list[int]:
    """Return the organizations for which the actor works today, or whose staff she answers for."""
    works = {span.organization_id for span in actor.employments if span.covers(actor.today)}
    return sorted(works | set(actor.supervises))


def open_sessions(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the sessions for which the actor, or her staff, may sign up.

    A session of a cohort asks the cohort: one without organizations is open to everybody.
    """
    places = _places(actor)
    of_cohort = CohortOrganization.cohort_id == GroupSession.cohort_id
    alone = or_(GroupSession.organization_id.is_(None), GroupSession.is_open, GroupSession.organization_id.in_(places))
    together = or_(
        ~exists().where(of_cohort), exists().where(of_cohort, CohortOrganization.organization_id.in_(places))
    )
    return or_(and_(GroupSession.cohort_id.is_(None), alone), and_(GroupSession.cohort_id.is_not(None), together))


def own_sessions(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the sessions that the actor ever signed up for, or came to."""
    signed = select(SignUp.group_session_id).where(SignUp.person_id == actor.person_id)
    came = select(AttendanceEntry.group_session_id).where(AttendanceEntry.person_id == actor.person_id)
    return or_(GroupSession.id.in_(signed), GroupSession.id.in_(came))


def told_of_staff(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the sessions of which an hours entry may tell who answers for the staff.

    Not those that another employer hosts.
    """
    return or_(GroupSession.organization_id.is_(None), GroupSession.organization_id.in_(actor.supervises))


def visible_sessions(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the sessions whose page the actor may open."""
    return or_(open_sessions(actor), own_sessions(actor), kept_sessions(actor))


def kept_cohorts(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the cohorts that the actor may plan for."""
    if actor.has("trainer", "administrator"):
        return true()
    return Cohort.organization_id.in_(actor.supervises)


def walk_in_places(actor: Actor) -> tuple[int, ...] | None:
    """Return the organizations among whose staff the actor may find somebody who was not signed up; None for all."""
    return None if actor.has("trainer", "administrator") else actor.supervises
