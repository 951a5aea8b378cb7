"""Sending letters: claimed by one sender at a time, then sent, put off or dropped."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, or_, select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.errors import NotFound, RuleBroken
from lms.notifications import rules
from lms.notifications.models import Letter
from lms.notifications.queries.facts import Claimed


def claim_letters(session: Session, holder: str, *, at: datetime, limit: int = rules.BATCH) -> tuple[Claimed, ...]:
    """Take up to `limit` letters that are due, or whose sender's lease ran out, and return them.

    Nobody else gets them until `rules.LEASE` has passed. A sender that dies costs its letters time, never a try.
    """
    lapsed = and_(Letter.state == "sending", Letter.locked_until <= at)
    due = (
        select(Letter.id)
        .where(or_(and_(Letter.state == "pending", Letter.run_at <= at), lapsed))
        .order_by(case((Letter.kind.in_(rules.URGENT), 0), else_=1), Letter.run_at, Letter.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    rows = session.execute(
        update(Letter)
        .where(Letter.id.in_(select(due.c.id)))
        .values(state="sending", locked_by=holder, locked_until=at + rules.LEASE)
        .returning(
            Letter.id,
            Letter.public_id,
            Letter.kind,
            Letter.person_id,
            Letter.channel,
            Letter.address,
            Letter.language,
            Letter.values,
            Letter.tries,
        )
        .execution_options(synchronize_session=False)
    ).all()
    order = {kind: number for number, kind in enumerate(rules.URGENT)}
    return tuple(sorted((Claimed(*row) for row in rows), key=lambda each: (order.get(each.kind, 99), each.id)))


def mark_sent(
    session: Session, letter_id: int, holder: str, *, channel: str, address: str, language: str, at: datetime
) -> bool:
    """Note that a letter left, and where to; return False when another sender holds it by now."""
    sent = {"state": "sent", "sent_at": at, "problem": None}
    return _settle(session, letter_id, holder, **sent, channel=channel, address=address, language=language)


def mark_dropped(session: Session, letter_id: int, holder: str, reason: str) -> bool:
    """Note why a letter need not leave any more; return False when another sender holds it by now."""
    return _settle(session, letter_id, holder, state="dropped", problem=rules.one_line(reason))


def mark_failed(session: Session, letter: Claimed, holder: str, problem: str, *, for_good: bool, at: datetime) -> bool:
    """Count a try that failed, and say why and when comes the next; after the last, or `for_good`, the letter failed.

    Returns False when another sender holds it by now.
    """
    tries = letter.tries + 1
    again = None if for_good else rules.retry_at(tries, at)
    outcome = {"state": "pending", "run_at": again} if again else {"state": "failed"}
    return _settle(session, letter.id, holder, **outcome, tries=tries, problem=rules.one_line(problem))


def put_off(session: Session, letter_id: int, holder: str, reason: str, *, run_at: datetime) -> bool:
    """Let a letter rest until `run_at`, without counting a try; return False when another sender holds it by now."""
    again = {"state": "pending", "run_at": run_at, "problem": rules.one_line(reason)}
    return _settle(session, letter_id, holder, **again)


def retry(session: Session, actor: Actor, public_id: str, *, at: datetime) -> None:
    """Send a letter that failed again, with as many tries as a new one; raise `NotFound`.

    Raises `RuleBroken("letter-not-failed")` for one that did not fail: it leaves by itself, or need not.
    """
    letter = session.execute(select(Letter).where(Letter.public_id == public_id).with_for_update()).scalar_one_or_none()
    if letter is None:
        raise NotFound
    if letter.state != "failed":
        raise RuleBroken("letter-not-failed")
    letter.state, letter.run_at, letter.tries = "pending", at, 0
    record(session, actor.account_id, "letter-retried", "letter", letter.id, at=at)


def give_back(session: Session, letters: Iterable[Claimed], holder: str) -> None:
    """Let go of claimed letters that were not tried, so that another sender may take them now."""
    for letter in letters:
        _settle(session, letter.id, holder, state="pending")


def _settle(session: Session, letter_id: int, holder: str, **values: Any) -> bool:
    """Change a letter that `holder` still holds, and let it go."""
    settled = session.execute(
        update(Letter)
        .where(Letter.id == letter_id, Letter.state == "sending", Letter.locked_by == holder)
        .values(**values, locked_by=None, locked_until=None)
        .returning(Letter.id)
        .execution_options(synchronize_session=False)
    )
    return settled.one_or_none() is not None
