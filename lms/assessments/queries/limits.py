"""Reads of limits: what staff gave beyond them, and whose attempts are used up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, literal, select, union_all
from sqlalchemy.orm import Session

from lms.assessments.models import Attempt, AttemptGrant, Restoration
from lms.assessments.queries.attempts import IN_FRONT, AttemptRow
from lms.assessments.rules import Leave, Tries, leave_of
from lms.assessments.specs import QuizSpec

_GRANTS, _ATTEMPTS = cast("Table", AttemptGrant.__table__).c, cast("Table", Attempt.__table__).c
_GIVEN = (
    select(_GRANTS.granted_at, _GRANTS.reason)
    .where(
        _GRANTS.person_id == bindparam("person_id"),
        _GRANTS.module_key == bindparam("module_key"),
        _GRANTS.round == bindparam("round_number"),
    )
    .order_by(_GRANTS.id)
)
#: The instant of each attempt that staff gave, and then of each that was given back, with its number there.
_MORE = union_all(
    _GIVEN.with_only_columns(literal(0).label("number"), _GRANTS.granted_at.label("at"), _GRANTS.id).order_by(None),
    select(_ATTEMPTS.number, _ATTEMPTS.submitted_at, literal(0))
    .join(Restoration, Restoration.attempt_id == _ATTEMPTS.id)
    .where(
        _ATTEMPTS.person_id == bindparam("person_id"),
        _ATTEMPTS.module_key == bindparam("module_key"),
        _ATTEMPTS.round == bindparam("round_number"),
    ),
).order_by("number", "id")


@dataclass(frozen=True)
class GrantRow:
    """An attempt that staff gave beyond the limit, with what they said why."""

    granted_at: datetime
    reason: str


@dataclass(frozen=True)
class Failed:
    """The last attempt of a person at a quiz that she has not passed, in the round where it was."""

    module_key: str
    round: int
    number: int
    closed_at: datetime
    granted: int
    granted_at: datetime | None


def list_given(session: Session, person_id: int, module_key: str, round_number: int) -> list[GrantRow]:
    """Return the attempts that staff gave a person in a round of a quiz, the oldest first. One query."""
    asked = {"person_id": person_id, "module_key": module_key, "round_number": round_number}
    return [GrantRow(*row) for row in session.execute(_GIVEN, asked)]


def was_given(session: Session, person_id: int, client_id: str) -> bool:
    """Return whether an attempt was given to a person with this key. One query."""
    same = (AttemptGrant.person_id == person_id) & (AttemptGrant.client_id == client_id)
    return session.execute(select(AttemptGrant.id).where(same)).first() is not None


def leave_after(session: Session, quiz: QuizSpec, latest: AttemptRow | None) -> Leave:
    """Return what a person may still do after her latest attempt in a round. One query, none without limits.

    An attempt that was given back, because a wording in it was wrong, counts as one that staff gave when it was closed.
    """
    limits = quiz.limits
    if latest is None or (limits.attempts is None and limits.wait_hours is None):
        return leave_of(limits, Tries())
    asked = {"person_id": latest.person_id, "module_key": latest.module_key, "round_number": latest.round}
    more = session.execute(_MORE, asked).all()
    given = [row.at for row in more if not row.number]
    granted_at = given[-1] if given else None
    if any(row.number == latest.number for row in more):
        granted_at = latest.submitted_at
    return leave_of(limits, Tries(latest.number, latest.submitted_at, len(more), granted_at))


def list_failed(session: Session, person_id: int) -> list[Failed]:
    """Return where a person's last attempt did not pass, and none passed, is open or waits, by module. Three queries.

    What was given back counts as `leave_after` says.
    """
    columns = (Attempt.module_key, Attempt.round, Attempt.number, Attempt.submitted_at, Attempt.passed)
    latest = {  # the last one that is read stands
        (row.module_key, row.round): row
        for row in session.execute(
            select(*columns)
            .where(Attempt.person_id == person_id)
            .order_by(Attempt.module_key, IN_FRONT.desc(), Attempt.number)
        )
    }
    granted: dict[tuple[str, int], list[datetime]] = {}
    query = select(AttemptGrant.module_key, AttemptGrant.round, AttemptGrant.granted_at)
    for module_key, number, at in session.execute(query.where(AttemptGrant.person_id == person_id)):
        granted.setdefault((module_key, number), []).append(at)
    back: Any = select(Attempt.module_key, Attempt.round, Attempt.submitted_at).join(Restoration)
    for row in session.execute(back.where(Attempt.person_id == person_id)):
        granted.setdefault((row.module_key, row.round), []).append(row.submitted_at)
    return [
        Failed(
            row.module_key,
            row.round,
            row.number,
            row.submitted_at,
            len(granted.get(key, ())),
            max(granted.get(key, ()), default=None),
        )
        for key, row in latest.items()
        if row.passed is False
    ]
