"""Cohorts: making one, joining all of its sessions at once, and leaving them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.clock import local_date
from lms.content.library import current
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.fieldwork.models import Cohort, CohortMember, CohortOrganization, GroupSession
from lms.fieldwork.policy import sessions as policies
from lms.fieldwork.queries.cohorts import get_cohort, invited_organizations
from lms.fieldwork.service.sign_ups import leave, sign_up
from lms.organizations.policy import still_supervises
from lms.people.service import lock


def add_cohort(
    session: Session,
    actor: Actor,
    name: str,
    *,
    organization_id: int | None,
    invited: Collection[int] = (),
    module_key: str | None = None,
    track_key: str | None = None,
    client_id: str,
    at: datetime,
) -> str:
    """Make a cohort and return its public id; the same `client_id` again changes nothing.

    `invited` are the organizations whose staff may join; none for everybody. Raises `NotFound` where the actor may not
    plan, `RuleBroken` ("name-missing", "sent-before").
    """
    lock(session, [actor.person_id])
    known = session.execute(
        select(Cohort).where(Cohort.made_by == actor.account_id, Cohort.client_id == client_id)
    ).scalar_one_or_none()
    if known is not None:
        if (known.name, known.organization_id) != (name.strip(), organization_id):
            raise RuleBroken("sent-before")
        return known.public_id
    _check(session, actor, organization_id, invited, at)
    if not name.strip():
        raise RuleBroken("name-missing")
    library = current(session)
    for kind, key in (("module", module_key), ("track", track_key)):
        if key is not None:
            library.get(kind, key)
    cohort = Cohort(
        name=name.strip(),
        organization_id=organization_id,
        module_key=module_key,
        track_key=track_key,
        made_by=actor.account_id,
        made_at=at,
        client_id=client_id,
    )
    session.add(cohort)
    session.flush()
    insert_once(
        session,
        CohortOrganization,
        [{"cohort_id": cohort.id, "organization_id": each} for each in sorted(set(invited))],
    )
    record(
        session,
        actor.account_id,
        "fieldwork.cohort_added",
        "cohort",
        cohort.public_id,
        at=at,
        organization_id=organization_id,
        invited=sorted(invited),
    )
    return cohort.public_id


def join_cohort(
    session: Session, actor: Actor, public_id: str, *, language: str, needs_interpreter: bool, at: datetime
) -> int:
    """Sign the actor up for every session of a cohort that is still to come, and return for how many.

    Raises `NotFound` where the cohort is not for where she works.
    """
    lock(session, [actor.person_id])
    cohort = get_cohort(session, public_id)
    invited = invited_organizations(session, cohort.id)
    works = {span.organization_id for span in actor.employments if span.covers(local_date(at))}
    if invited and invited.isdisjoint(works):
        raise NotFound
    coming = _coming(session, cohort.id, at)
    for each in coming:
        sign_up(session, actor, each, [actor.person_id], language=language, needs_interpreter=needs_interpreter, at=at)
    row = {"cohort_id": cohort.id, "person_id": actor.person_id, "joined_at": at}
    insert_once(session, CohortMember, [row])
    return len(coming)


def leave_cohort(session: Session, actor: Actor, public_id: str, *, at: datetime) -> int:
    """Let the actor leave a cohort and its sessions that are still to come, and return how many. Twice is once."""
    lock(session, [actor.person_id])
    cohort = get_cohort(session, public_id)
    left = sum(leave(session, actor, each, [actor.person_id], at=at) for each in _coming(session, cohort.id, at))
    session.execute(
        update(CohortMember)
        .where(
            CohortMember.cohort_id == cohort.id,
            CohortMember.person_id == actor.person_id,
            CohortMember.left_at.is_(None),
        )
        .values(left_at=at)
    )
    return left


def _coming(session: Session, cohort_id: int, at: datetime) -> list[str]:
    """Return the sessions of a cohort that have not begun, in the order in which they are held on to."""
    query = select(GroupSession.public_id).where(
        GroupSession.cohort_id == cohort_id, GroupSession.state == "planned", GroupSession.starts_at > at
    )
    return list(session.scalars(query.order_by(GroupSession.id)))


def _check(session: Session, actor: Actor, organization_id: int | None, invited: Collection[int], at: datetime) -> None:
    """Raise `NotFound` unless the actor may plan there; a supervisor invites her own organizations' staff only."""
    if not policies.can_plan(actor, organization_id):
        raise NotFound
    if actor.has("trainer"):
        return
    today = local_date(at)
    if organization_id is None or not still_supervises(session, actor, organization_id, today):
        raise NotFound
    if not set(invited) <= set(actor.supervises):
        raise NotFound
