"""Comments: kept at once, with a name only where she wants it."""

from __future__ import annotations

import random
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.clock import local_date
from lms.content.library import current
from lms.db import insert_once, is_postgresql
from lms.errors import NotFound, RuleBroken
from lms.people.service import lock
from lms.surveys.models import SurveyComment
from lms.surveys.policy import can_read_words
from lms.surveys.queries.results.asked import title_of_subject
from lms.surveys.queries.results.comments import get_comment
from lms.surveys.rules.comments import check_comment, day_of

_COMMENTS = cast("Table", SurveyComment.__table__)
_CHANCE = random.SystemRandom()


def add_comment(
    session: Session,
    actor: Actor,
    text: str,
    *,
    is_signed: bool,
    subject_key: str,
    language: str,
    client_id: str,
    at: datetime,
) -> None:
    """Keep a comment once; what it is about is left out where there is no such thing. Nothing is audited.

    Raise `RuleBroken("no_words")` or `RuleBroken("too_many_letters")`. An unsigned one locks no row of hers: the lock
    would be a trace of who wrote it.
    """
    if is_signed:
        lock(session, [actor.person_id])
    is_known = title_of_subject(current(session), subject_key, "en") is not None
    row = {
        "client_id": client_id,
        "person_id": actor.person_id if is_signed else None,
        "subject_key": subject_key if is_known else "",
        "language": language,
        "text": check_comment(text),
        "given_on": day_of(local_date(at), is_signed=is_signed),
    }
    known = select(SurveyComment.id).where(SurveyComment.client_id == client_id)
    while not insert_once(session, SurveyComment, [row]) and session.scalar(known) is None:
        pass  # the random key was taken: another one


def see_comment(session: Session, actor: Actor, public_id: str, *, at: datetime) -> None:
    """Note that somebody saw a comment, so that others need not begin with it."""
    if not can_read_words(actor):
        raise NotFound
    if get_comment(session, public_id).state == "new":
        _change(session, public_id, {"state": "seen"})
        record(session, actor.account_id, "survey_comment_seen", "survey_comment", public_id, at=at)


def answer_comment(session: Session, actor: Actor, public_id: str, answer: str, *, at: datetime) -> None:
    """Answer a signed comment, or write the answer anew; she reads it in her record.

    Raise `NotFound`, `RuleBroken("unsigned")`, `RuleBroken("no_words")` or `RuleBroken("too_many_letters")`.
    """
    if not can_read_words(actor):
        raise NotFound
    if get_comment(session, public_id).person_id is None:
        raise RuleBroken("unsigned")
    values = {"state": "answered", "answer": check_comment(answer), "answered_on": local_date(at)}
    _change(session, public_id, values | {"answered_by": actor.account_id})
    record(session, actor.account_id, "survey_comment_answered", "survey_comment", public_id, at=at)


def mix_comments(session: Session, *, at: datetime, chance: random.Random = _CHANCE) -> int:
    """Write the unsigned comments of this month anew, in a random order, and return how many.

    PostgreSQL keeps rows in the order in which they came, and with each the number of the transaction that wrote it.
    SQLite keeps them by their random key and needs nothing.
    """
    if not is_postgresql(session):
        return 0
    month = day_of(local_date(at), is_signed=False)
    unsigned = _COMMENTS.c.person_id.is_(None) & (_COMMENTS.c.given_on >= month)
    rows = [dict(row) for row in session.execute(delete(_COMMENTS).where(unsigned).returning(_COMMENTS)).mappings()]
    chance.shuffle(rows)
    if rows:
        session.execute(insert(_COMMENTS), rows)
    return len(rows)


def _change(session: Session, public_id: str, values: dict[str, object]) -> None:
    session.execute(update(_COMMENTS).where(_COMMENTS.c.public_id == public_id).values(values))
