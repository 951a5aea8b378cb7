"""Holding a session while it changes, and asking again, on the held row, who may change it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.clock import local_date
from lms.errors import NotFound
from lms.fieldwork.models import GroupSession
from lms.fieldwork.policy import sessions as policies
from lms.fieldwork.queries.sessions import teachers_of
from lms.organizations.policy import still_supervises
from lms.people.service import lock


def hold(session: Session, actor: Actor, public_id: str, person_ids: Iterable[int] = ()) -> GroupSession:
    """Return a session, held until the transaction ends, after the rows of these people; raise `NotFound`.

    Places, attendance and credits of a session change only while it is held, always people first: so two
    transactions cannot wait for each other.
    """
    lock(session, [*person_ids, actor.person_id])
    query = select(GroupSession).where(GroupSession.public_id == public_id).with_for_update(key_share=True)
    group = session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()
    if group is None:
        raise NotFound
    return group


def hold_kept(
    session: Session, actor: Actor, public_id: str, person_ids: Iterable[int] = (), *, at: datetime
) -> GroupSession:
    """Return a held session whose list the actor keeps, as of the local date of `at`; raise `NotFound`."""
    group = hold(session, actor, public_id, person_ids)
    if not keeps(session, actor, group, at):
        raise NotFound
    return group


def keeps(session: Session, actor: Actor, group: GroupSession, at: datetime) -> bool:
    """Return whether policy, and the rows as this session reads them, let the actor keep the list of a session."""
    teachers = teachers_of(session, [group.id]).get(group.id, {})
    if not policies.can_keep(actor, group.organization_id, teachers):
        return False
    if actor.has("trainer", "administrator") or actor.person_id in teachers or group.organization_id is None:
        return True
    return still_supervises(session, actor, group.organization_id, local_date(at))


def note(session: Session, actor: Actor, action: str, group: GroupSession, *, at: datetime, **details: object) -> None:
    """Add to the audit trail what was done to a session."""
    record(
        session,
        actor.account_id,
        f"fieldwork.{action}",
        "group_session",
        group.public_id,
        at=at,
        organization_id=group.organization_id,
        **details,
    )
