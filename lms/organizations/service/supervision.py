"""Who answers for the staff of an organization: appointed by an administrator, or standing in for a supervisor."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.clock import local_date
from lms.errors import NotFound, RuleBroken
from lms.organizations import rules
from lms.organizations.models import Employment, Supervision
from lms.organizations.service.organizations import check_administers, held_organization
from lms.people.service import end_sessions_of, lock


def start_supervision(
    session: Session, actor: Actor, employment_public_id: str, organization_public_id: str, *, at: datetime
) -> None:
    """Let the holder of an employment answer for the staff of an organization, from today on. Her sessions end.

    Raises `NotFound` unless the actor administers, the employment is open today and the organization exists;
    `RuleBroken("supervises-herself")` when an administrator would appoint herself. Twice is once; one who stands
    in for somebody else stays from now on.
    """
    check_administers(actor)
    employment = _held_employment(session, employment_public_id)
    organization = held_organization(session, organization_public_id)
    today = local_date(at)
    if not _covers(employment, today):
        raise NotFound
    if employment.person_id == actor.person_id:
        raise RuleBroken("supervises-herself")
    found = _open_supervision(session, employment.id, organization.id, today)
    if found is not None and found.delegated_from_id is None:
        return
    if found is not None:
        _end_now(session, found, today)
    row = {"employment_id": employment.id, "organization_id": organization.id, "started_on": today}
    session.execute(insert(Supervision).values(row))
    end_sessions_of(session, employment.person_id, at=at)
    _record(session, actor, "organizations.supervision_started", organization.id, employment.person_id, at)


def end_supervision(
    session: Session, actor: Actor, employment_public_id: str, organization_public_id: str, *, at: datetime
) -> None:
    """End it at once: today is no longer covered. Her employment goes on. Raises `NotFound`. Twice is once.

    Whoever stands in for her does not any more.
    """
    check_administers(actor)
    employment = _held_employment(session, employment_public_id)
    organization = held_organization(session, organization_public_id)
    found = _open_supervision(session, employment.id, organization.id, local_date(at))
    if found is None:
        return
    _end_now(session, found, local_date(at))
    _record(session, actor, "organizations.supervision_ended", organization.id, employment.person_id, at)


def delegate(
    session: Session, actor: Actor, organization_id: int, employment_public_id: str, *, until: date, at: datetime
) -> None:
    """Let a colleague answer for the staff of an organization too, from today until a day. Her sessions end.

    Raises `NotFound` unless the actor supervises there by an appointment of her own and the employment is there,
    open today; `RuleBroken` "delegates-to-herself", "supervises-already", and those of `rules.check_delegation`.
    The same again is once.
    """
    today = local_date(at)
    own, employment = _own_supervision(session, actor, organization_id, employment_public_id, today)
    if employment.person_id == actor.person_id:
        raise RuleBroken("delegates-to-herself")
    job_ends = session.scalar(select(Employment.ended_on).where(Employment.id == own.employment_id))
    rules.check_delegation(until, today, min((each for each in (own.ended_on, job_ends) if each), default=None))
    found = _open_supervision(session, employment.id, organization_id, today)
    if found is not None and (found.delegated_from_id, found.ended_on) == (own.id, until):
        return
    if found is not None:
        raise RuleBroken("supervises-already")
    row = {"employment_id": employment.id, "organization_id": organization_id, "started_on": today}
    session.execute(insert(Supervision).values({**row, "ended_on": until, "delegated_from_id": own.id}))
    end_sessions_of(session, employment.person_id, at=at)
    told = {"until": until}
    _record(session, actor, "organizations.supervision_delegated", organization_id, employment.person_id, at, **told)


def end_delegation(
    session: Session, actor: Actor, organization_id: int, employment_public_id: str, *, at: datetime
) -> None:
    """End what the actor let a colleague do, at once. Raises `NotFound` for what she did not give. Twice is once."""
    today = local_date(at)
    own, employment = _own_supervision(session, actor, organization_id, employment_public_id, today)
    found = _open_supervision(session, employment.id, organization_id, today)
    if found is None:
        return
    if found.delegated_from_id != own.id:
        raise NotFound
    _end_now(session, found, today)
    _record(session, actor, "organizations.supervision_ended", organization_id, employment.person_id, at)


def end_delegations_of(session: Session, employment_id: int, last: date, today: date) -> None:
    """Let nobody stand in longer for somebody whose employment has `last` as its last day. The caller holds her row."""
    source = Supervision.__table__.alias("source")
    given = select(Supervision).join(source, source.c.id == Supervision.delegated_from_id)
    for found in session.scalars(given.where(source.c.employment_id == employment_id)).all():
        if found.ended_on is None or found.ended_on > last:
            if last < today:
                _end_now(session, found, today)
            else:
                found.ended_on = last


def _own_supervision(
    session: Session, actor: Actor, organization_id: int, employment_public_id: str, today: date
) -> tuple[Supervision, Employment]:
    """Return the actor's own appointment and a colleague's employment there, both held; raise `NotFound`."""
    person_id = session.execute(
        select(Employment.person_id).where(Employment.public_id == employment_public_id)
    ).scalar_one_or_none()
    lock(session, [actor.person_id, person_id or actor.person_id])
    own = session.execute(
        select(Supervision)
        .join(Employment, Employment.id == Supervision.employment_id)
        .where(
            Employment.person_id == actor.person_id,
            Supervision.organization_id == organization_id,
            Supervision.delegated_from_id.is_(None),
            Supervision.started_on <= today,
            Supervision.ended_on.is_(None) | (Supervision.ended_on >= today),
            Employment.ended_on.is_(None) | (Employment.ended_on >= today),
        )
        .order_by(Supervision.id)
        .limit(1)
    ).scalar_one_or_none()
    there = select(Employment).where(
        Employment.public_id == employment_public_id, Employment.organization_id == organization_id
    )
    employment = session.execute(there).scalar_one_or_none()
    if own is None or employment is None or not _covers(employment, today):
        raise NotFound
    return own, employment


def _covers(employment: Employment, day: date) -> bool:
    return employment.started_on <= day and (employment.ended_on is None or employment.ended_on >= day)


def _end_now(session: Session, found: Supervision, today: date) -> None:
    """End a supervision, and what was delegated from it, so that today is no longer covered."""
    given = select(Supervision).where(Supervision.delegated_from_id == found.id)
    for each in (*session.scalars(given).all(), found):
        if each.ended_on is not None and each.ended_on < today:
            continue
        if each.started_on >= today:
            session.delete(each)
            session.flush()
        else:
            each.ended_on = today - timedelta(days=1)


def _open_supervision(session: Session, employment_id: int, organization_id: int, today: date) -> Supervision | None:
    return session.execute(
        select(Supervision).where(
            Supervision.employment_id == employment_id,
            Supervision.organization_id == organization_id,
            Supervision.ended_on.is_(None) | (Supervision.ended_on >= today),
        )
    ).scalar_one_or_none()


def _held_employment(session: Session, public_id: str) -> Employment:
    """Return an employment with its person locked; raise `NotFound` when there is none."""
    person_id = session.execute(
        select(Employment.person_id).where(Employment.public_id == public_id)
    ).scalar_one_or_none()
    if person_id is None:
        raise NotFound
    lock(session, [person_id])
    return session.execute(select(Employment).where(Employment.public_id == public_id)).scalar_one()


def _record(
    session: Session,
    actor: Actor,
    action: str,
    organization_id: int,
    person_id: int,
    at: datetime,
    **details: object,
) -> None:
    record(
        session,
        actor.account_id,
        action,
        "organization",
        organization_id,
        at=at,
        organization_id=organization_id,
        person=person_id,
        **details,
    )
