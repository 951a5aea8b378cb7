"""Waivers: a certifier says, with a reason, that one requirement need not be met."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.clock import local_date
from lms.content.library import current
from lms.errors import NotFound, RuleBroken
from lms.people.service import lock
from lms.signals import announce
from lms.tracks import policy, queries
from lms.tracks.events import WaiverChanged, waiver_changed
from lms.tracks.models import Waiver
from lms.tracks.queries import Foreseen
from lms.tracks.rules import Waived
from lms.tracks.service.enrolling import complete


def waive(
    session: Session,
    actor: Actor,
    person_id: int,
    track_key: str,
    requirement: str,
    *,
    reason: str,
    note: str,
    ends_on: date | None,
    client_id: str,
    at: datetime,
) -> str:
    """Let one requirement of the cycle in which a person is count as met, and return the waiver's public id.

    The same `client_id` again changes nothing. Raises `NotFound` unless the actor is a certifier, the person another
    one, and on this track now; `RuleBroken` ("ends-past", "not-waivable" for what is met, planned or not asked for, and
    "sent-before" for a `client_id` that came with something else).
    """
    lock(session, [person_id])
    if not policy.can_waive(actor, person_id):
        raise NotFound
    asked = (person_id, track_key, requirement, reason, note, ends_on)
    known = _find(session, actor, client_id)
    if known is not None:
        same = (known.person_id, known.track_key, known.requirement, known.reason_code, known.note, known.ends_on)
        if same != asked:
            raise RuleBroken("sent-before")
        return known.public_id
    cycle = _checked_cycle(session, person_id, track_key, requirement, ends_on, local_date(at))
    _end_open(session, actor, (person_id, track_key, cycle, requirement), at)
    made = Waiver(
        person_id=person_id,
        track_key=track_key,
        cycle=cycle,
        requirement=requirement,
        reason_code=reason,
        note=note,
        granted_by=actor.account_id,
        granted_at=at,
        ends_on=ends_on,
        client_id=client_id,
    )
    session.add(made)
    session.flush()
    _tell(session, actor, "tracks.waived", made, at)
    complete(session, current(session), [person_id], at=at)
    return made.public_id


def plan_waiver(
    session: Session,
    actor: Actor,
    person_id: int,
    track_key: str,
    requirement: str,
    *,
    ends_on: date | None,
    at: datetime,
) -> tuple[Foreseen, ...]:
    """Return what a person would complete if she were spared a requirement; raise as `waive` does. Writes nothing."""
    if not policy.can_waive(actor, person_id):
        raise NotFound
    cycle = _checked_cycle(session, person_id, track_key, requirement, ends_on, local_date(at))
    waived = Waived("", track_key, cycle, requirement, "", at, ends_on)
    return queries.waive_ahead(session, current(session), person_id, waived).completed


def withdraw_waiver(session: Session, actor: Actor, public_id: str, *, at: datetime) -> bool:
    """Take a waiver back, and return whether that is new; a track that was completed with it stays so.

    Raises `NotFound` unless the actor is a certifier and the waiver another person's.
    """
    person_id = session.scalars(select(Waiver.person_id).where(Waiver.public_id == public_id)).one_or_none()
    if person_id is None or not policy.can_waive(actor, person_id):
        raise NotFound
    lock(session, [person_id])
    found = session.scalars(select(Waiver).where(Waiver.public_id == public_id)).one()
    if found.withdrawn_at is not None:
        return False
    found.withdrawn_at, found.withdrawn_by = at, actor.account_id
    _tell(session, actor, "tracks.waiver_withdrawn", found, at)
    return True


def _find(session: Session, actor: Actor, client_id: str) -> Waiver | None:
    query = select(Waiver).where(Waiver.granted_by == actor.account_id, Waiver.client_id == client_id)
    return session.scalars(query).one_or_none()


def _checked_cycle(
    session: Session, person_id: int, track_key: str, requirement: str, ends_on: date | None, today: date
) -> int:
    """Return the cycle in which a person may be spared a requirement until then; raise as `waive` does."""
    if ends_on is not None and ends_on < today:
        raise RuleBroken("ends-past")
    standing = queries.standing_of(session, current(session), [person_id], today=today)
    enrolment = standing.enrolments.get((person_id, track_key))
    explained = standing.explain(person_id, track_key)
    if enrolment is None or enrolment.state != "active" or explained is None:
        raise NotFound
    part = next((each for each in explained.parts if each.id == requirement), None)
    if part is None or not part.can_be_waived:
        raise RuleBroken("not-waivable")
    return enrolment.cycle


def _end_open(session: Session, actor: Actor, address: tuple[int, str, int, str], at: datetime) -> None:
    """Close the waiver before this one, whose last day has passed: else it would count still."""
    person_id, track_key, cycle, requirement = address
    ended = update(Waiver).where(
        Waiver.person_id == person_id,
        Waiver.track_key == track_key,
        Waiver.cycle == cycle,
        Waiver.requirement == requirement,
        Waiver.withdrawn_at.is_(None),
    )
    session.execute(ended.values(withdrawn_at=at, withdrawn_by=actor.account_id))


def _tell(session: Session, actor: Actor, action: str, waiver: Waiver, at: datetime) -> None:
    """Note what was done, without the words for the worker, and announce it."""
    record(
        session,
        actor.account_id,
        action,
        "person",
        waiver.person_id,
        at=at,
        track=waiver.track_key,
        cycle=waiver.cycle,
        requirement=waiver.requirement,
        reason=waiver.reason_code,
        ends_on=waiver.ends_on,
    )
    is_granted = waiver.withdrawn_at is None
    fact = WaiverChanged(waiver.id, waiver.person_id, waiver.track_key, is_granted, at)
    announce(waiver_changed, session, fact)
