"""Counting wrong guesses and letters asked for, under names that tell nobody whose they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.orm import Session

from lms.errors import RuleBroken
from lms.people import queries, rules
from lms.people.models import Account, EndedSession, OneTimeCode, SignInFailure
from lms.people.rules import Guard
from lms.people.rules.sessions import GUESSES_KEPT, LETTER_WINDOW, LETTERS_PER_CONTACT, WHOLE_STAFF, WHOLE_WORKER
from lms.people.service.locks import lock_guesses


def record_failure(session: Session, guard: Guard, *, at: datetime) -> int:
    """Count one wrong guess and return how many there were in a row under the guard's own name."""
    session.add_all(SignInFailure(bucket=name, at=at) for name in guard.buckets)
    session.flush()
    counted = select(func.count()).where(SignInFailure.bucket == guard.own, SignInFailure.at > at - GUESSES_KEPT)
    return session.execute(counted).scalar_one()


def clear_guesses(session: Session, guard: Guard) -> None:
    """Begin a new count after a right guess. The address keeps its own: others may be guessing there."""
    session.execute(delete(SignInFailure).where(SignInFailure.bucket == guard.own))


def forget_guesses(session: Session, account: Account, secret_key: str) -> None:
    """Open again what too many wrong guesses had closed, for every contact of a person."""
    contacts = queries.list_contacts(session, account.person_id)
    names = [rules.bucket(secret_key, "identifier", contact.value) for contact in contacts]
    names.append(rules.bucket(secret_key, "second", account.public_id))
    session.execute(delete(SignInFailure).where(SignInFailure.bucket.in_(names)))


def take_letter(session: Session, guard: Guard, *, at: datetime) -> None:
    """Count one code or link asked for; raise `RuleBroken` "too_many_letters" beyond five in fifteen minutes."""
    lock_guesses(session, guard)
    counted = select(func.count()).where(SignInFailure.at > at - LETTER_WINDOW)
    own = session.execute(counted.where(SignInFailure.bucket == guard.own)).scalar_one()
    if own >= LETTERS_PER_CONTACT or not queries.may_guess(session, guard, at):
        raise RuleBroken("too_many_letters")
    session.add_all(SignInFailure(bucket=name, at=at) for name in guard.buckets)
    session.flush()


def forget_old(session: Session, *, codes_before: datetime, at: datetime) -> int:
    """Delete guesses, ended sessions and codes that no longer guard anything; return how many rows."""
    old = (
        delete(SignInFailure).where(SignInFailure.at <= at - GUESSES_KEPT),
        delete(EndedSession).where(EndedSession.ended_at <= at - WHOLE_WORKER - WHOLE_STAFF),
        delete(OneTimeCode).where(OneTimeCode.created_at <= codes_before),
    )
    return sum(cast("CursorResult[Any]", session.execute(statement)).rowcount for statement in old)
