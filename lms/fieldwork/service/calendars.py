"""The address of a person's calendar: made, renewed, withdrawn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.db import insert_once
from lms.fieldwork.models import CalendarFeed
from lms.people.service import lock


def open_feed(session: Session, actor: Actor, *, at: datetime) -> None:
    """Give the actor's calendar an address, unless it has one."""
    lock(session, [actor.person_id])
    row = {"person_id": actor.person_id, "account_id": actor.account_id, "made_at": at}
    if insert_once(session, CalendarFeed, [row]):
        record(session, actor.account_id, "fieldwork.calendar_opened", "person", actor.person_id, at=at)


def withdraw_feed(session: Session, actor: Actor, *, at: datetime) -> None:
    """Let the address of the actor's calendar work no more. Twice changes nothing."""
    lock(session, [actor.person_id])
    mine = (CalendarFeed.person_id == actor.person_id) & CalendarFeed.withdrawn_at.is_(None)
    gone = session.scalars(update(CalendarFeed).where(mine).values(withdrawn_at=at).returning(CalendarFeed.id)).all()
    if gone:
        record(session, actor.account_id, "fieldwork.calendar_withdrawn", "person", actor.person_id, at=at)


def renew_feed(session: Session, actor: Actor, *, at: datetime) -> None:
    """Give the actor's calendar another address; the old one works no more."""
    withdraw_feed(session, actor, at=at)
    open_feed(session, actor, at=at)
