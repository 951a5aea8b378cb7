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
from lms.people.rules.sessions import GUESSES_KEPT, LETTER_WINDOW, WHOLE_STAFF, WHOLE_WORKER
from lms.people.service.locks import lock_guesses


def record_failure(session: Session, *guards: Guard, at: datetime) -> int:
    """Count one wrong guess under each name of `guards`, and return the most in a row under an own name."""
    session.add_all(SignInFailure(bucket=name, at=at) for name in {name for each in guards for name in each.buckets})
    session.flush()
    own = SignInFailure.bucket.in_([guard.own for guard in guards])
    counted = select(func.count()).where(own, SignInFailure.at > at - GUESSES_KEPT).group_by(SignInFailure.bucket)
    return max(session.scalars(counted))


def clear_guesses(session: Session, guard: Guard) -> None:
    """Begin a new count after a right guess. The address keeps its own, and so does everybody else's account."""
    session.execute(delete(SignInFailure).where(SignInFailure.bucket == guard.own))


def forget_guesses(session: Session, account: Account, secret_key: str) -> None:
    """Open again what too many wrong guesses had closed, for every contact of a person."""
    contacts = queries.list_contacts(session, account.person_id)
    names = [rules.guess_bucket(secret_key, contact.value, account.public_id) for contact in contacts]
    names += [rules.bucket(secret_key, "code", contact.value) for contact in contacts]
    names.append(rules.bucket(secret_key, "second", account.public_id))
    session.execute(delete(SignInFailure).where(SignInFailure.bucket.in_(names)))


def take_letter(session: Session, guard: Guard, *, at: datetime) -> None:
    """Count one code or link asked for; raise `RuleBroken` "too_many_letters" (`rules.may_send_letter`)."""
    lock_guesses(session, guard)
    since = SignInFailure.at > at - LETTER_WINDOW
    own, place = (
        session.execute(select(func.count()).where(since, SignInFailure.bucket == (name or ""))).scalar_one()
        for name in (guard.own, guard.address)
    )
    if not rules.may_send_letter(sent=own, from_address=place):
        raise RuleBroken("too_many_letters")
    session.add_all(SignInFailure(bucket=name, at=at) for name in guard.buckets)
    session.flush()


def forget_letters(session: Session, contact: str, secret_key: str) -> None:
    """Begin new counts for a contact after its code was used: the letters arrive, and the guesses were hers."""
    names = [rules.bucket(secret_key, kind, contact) for kind in ("letter", "code")]
    session.execute(delete(SignInFailure).where(SignInFailure.bucket.in_(names)))


def forget_old(session: Session, *, codes_before: datetime, at: datetime) -> int:
    """Delete guesses, ended sessions and codes that no longer guard anything; return how many rows."""
    old = (
        delete(SignInFailure).where(SignInFailure.at <= at - GUESSES_KEPT),
        delete(EndedSession).where(EndedSession.ended_at <= at - WHOLE_WORKER - WHOLE_STAFF),
        delete(OneTimeCode).where(OneTimeCode.created_at <= codes_before),
    )
    return sum(cast("CursorResult[Any]", session.execute(statement)).rowcount for statement in old)
