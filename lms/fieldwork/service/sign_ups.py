"""Places in sessions: signing up, waiting, moving up, leaving."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.clock import local_date
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.fieldwork.events import PlaceGiven, SignedUpFor, TakenOff, place_given, signed_up_for, taken_off
from lms.fieldwork.models import CohortMember, GroupSession, SignUp
from lms.fieldwork.queries.cohorts import invited_organizations
from lms.fieldwork.queries.sessions import teachers_of
from lms.fieldwork.rules import sessions as rules
from lms.fieldwork.rules.sessions import LANGUAGES, Waiting
from lms.fieldwork.service.holding import hold, keeps, note
from lms.organizations.policy import still_supervises
from lms.organizations.queries import list_staff
from lms.signals import announce


@dataclass(frozen=True)
class SignedUp:
    """What signing up did, by person: who has a place, who waits, and who was on the list before."""

    placed: tuple[int, ...]
    waiting: tuple[int, ...]
    known: tuple[int, ...]


def sign_up(
    session: Session,
    actor: Actor,
    public_id: str,
    person_ids: Sequence[int],
    *,
    language: str,
    needs_interpreter: bool,
    at: datetime,
) -> SignedUp:
    """Sign up the actor, or staff of hers, and return who has a place and who waits.

    Never more people have a place than there are places. Somebody who is on the list already keeps her turn; what she
    says of her language holds from now on. Announces `SignedUpFor` for those whom the actor put there. Raises
    `NotFound` where the session is not for them, `RuleBroken` ("session-begun", "session-cancelled", "teacher-comes").
    """
    group = hold(session, actor, public_id, person_ids)
    check_people(session, actor, group, person_ids, at=at)
    rules.check_sign_up(group.state, group.starts_at, at)
    if language not in LANGUAGES:
        raise NotFound
    if not set(person_ids).isdisjoint(teachers_of(session, [group.id]).get(group.id, {})):
        raise RuleBroken("teacher-comes")
    asked = {"language": language, "needs_interpreter": needs_interpreter}
    rows = [
        {**asked, "group_session_id": group.id, "person_id": each, "signed_up_at": at, "signed_up_by": actor.account_id}
        for each in dict.fromkeys(person_ids)
    ]
    new = {row.person_id for row in insert_once(session, SignUp, rows, "person_id")}
    known = tuple(each for each in dict.fromkeys(person_ids) if each not in new)
    session.execute(update(SignUp).where(_open(group), SignUp.person_id.in_(known)).values(**asked))
    join(session, group, person_ids, at=at)
    fill_places(session, group, told={actor.person_id, *new}, at=at)
    if others := tuple(sorted(new - {actor.person_id})):
        announce(signed_up_for, session, SignedUpFor(group.id, others, at))
    note(session, actor, "signed_up", group, at=at, people=sorted(new), language=language)
    placed = set(session.scalars(select(SignUp.person_id).where(_open(group), SignUp.placed_at.is_not(None))))
    return SignedUp(
        tuple(each for each in person_ids if each in placed),
        tuple(each for each in person_ids if each not in placed),
        known,
    )


def leave(session: Session, actor: Actor, public_id: str, person_ids: Sequence[int], *, at: datetime) -> int:
    """Give up places, or the wait for one, and return how many; who waits longest moves up. Twice changes nothing.

    She herself, her supervisor and whoever keeps the list may; `TakenOff` announces whom others took off. Raises
    `NotFound`, `RuleBroken` as `sign_up` does.
    """
    group = hold(session, actor, public_id, person_ids)
    rules.check_sign_up(group.state, group.starts_at, at)
    if set(person_ids) != {actor.person_id} and not keeps(session, actor, group, at):
        check_people(session, actor, group, person_ids, at=at)
    left = session.scalars(
        update(SignUp)
        .where(_open(group), SignUp.person_id.in_(person_ids))
        .values(left_at=at, left_by=actor.account_id)
        .returning(SignUp.person_id)
    ).all()
    if left:
        note(session, actor, "left_session", group, at=at, people=sorted(left))
        if others := tuple(sorted(set(left) - {actor.person_id})):
            announce(taken_off, session, TakenOff(group.id, others, at))
        fill_places(session, group, at=at)
    return len(left)


def fill_places(session: Session, group: GroupSession, *, told: Collection[int] = (), at: datetime) -> None:
    """Give free places to those who wait and can follow, in their order. The caller holds the session.

    Announces `PlaceGiven` for those who are not `told` otherwise: by the page they look at, or as `SignedUpFor`.
    """
    rows = session.execute(
        select(SignUp.id, SignUp.person_id, SignUp.language, SignUp.needs_interpreter, SignUp.placed_at)
        .where(_open(group))
        .order_by(SignUp.id)
    ).all()
    free = group.capacity - sum(row.placed_at is not None for row in rows)
    waiting = [Waiting(row.id, row.language, row.needs_interpreter) for row in rows if row.placed_at is None]
    chosen = {each.sign_up_id for each in rules.next_in_line(waiting, free, group.language, group.interpreters)}
    if not chosen:
        return
    session.execute(update(SignUp).where(SignUp.id.in_(chosen)).values(placed_at=at))
    people = tuple(sorted(row.person_id for row in rows if row.id in chosen and row.person_id not in told))
    if people:
        announce(place_given, session, PlaceGiven(group.id, people, at))


def join(session: Session, group: GroupSession, person_ids: Collection[int], *, at: datetime) -> None:
    """Let people belong to the cohort of a session, where it has one. Twice changes nothing."""
    if group.cohort_id is not None:
        rows = [{"cohort_id": group.cohort_id, "person_id": each, "joined_at": at} for each in sorted(set(person_ids))]
        insert_once(session, CohortMember, rows)


def check_people(
    session: Session, actor: Actor, group: GroupSession, person_ids: Collection[int], *, at: datetime
) -> None:
    """Raise `NotFound` unless each is the actor herself or staff of hers, and the session is for where they work."""
    today, others = local_date(at), set(person_ids) - {actor.person_id}
    audience = _audience(session, group)
    works = {span.organization_id for span in actor.employments if span.covers(today)} | set(actor.supervises)
    if actor.person_id in person_ids and audience is not None and works.isdisjoint(audience):
        raise NotFound
    if not others:
        return
    places = [
        each
        for each in actor.supervises
        if (audience is None or each in audience) and still_supervises(session, actor, each, today)
    ]
    if not others <= {row.person_id for row in list_staff(session, places, today)}:
        raise NotFound


def _audience(session: Session, group: GroupSession) -> set[int] | None:
    """Return the organizations whose people may come; None for everybody's. As `policies.open_sessions`."""
    if group.cohort_id is not None:
        return invited_organizations(session, group.cohort_id) or None
    if group.organization_id is None or group.is_open:
        return None
    return {group.organization_id}


def _open(group: GroupSession) -> ColumnElement[bool]:
    return (SignUp.group_session_id == group.id) & SignUp.left_at.is_(None)
