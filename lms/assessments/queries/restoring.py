"""Which attempts do not count as failed, because a wording in them was wrong."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.assessments.models import Attempt, AttemptAnswer, Restoration


@dataclass(frozen=True)
class Wording:
    """The exact words of a question: revisions of the source and of the language, and the attempt that showed them."""

    revision_id: int
    locale_revision_id: int | None
    attempt_id: int | None


@dataclass(frozen=True)
class Harmed:
    """A failed attempt in which a question with a wrong wording was answered."""

    attempt_id: int
    public_id: str
    person_id: int


def restored_numbers(session: Session, person_id: int, module_key: str, round_number: int) -> frozenset[int]:
    """Return the numbers of the attempts of a round that count neither against limits nor for waiting. One query."""
    rows = (
        select(Attempt.number)
        .join(Restoration, Restoration.attempt_id == Attempt.id)
        .where(Attempt.person_id == person_id, Attempt.module_key == module_key, Attempt.round == round_number)
    )
    return frozenset(session.execute(rows).scalars())


def list_harmed(session: Session, item_ids: Collection[str], wording: Wording) -> list[Harmed]:
    """Return the failed attempts in which one of these questions was answered in exactly this wording.

    The attempt from which the wording was reported is always looked at. One query.
    """
    same = Attempt.revision_id == wording.revision_id
    same &= Attempt.locale_revision_id.is_not_distinct_from(wording.locale_revision_id)
    answered = select(AttemptAnswer.attempt_id).where(AttemptAnswer.item_id.in_(item_ids))
    rows = (
        select(Attempt.id, Attempt.public_id, Attempt.person_id)
        .where(Attempt.passed.is_(False), or_(same, Attempt.id == wording.attempt_id), Attempt.id.in_(answered))
        .order_by(Attempt.id)
    )
    return [Harmed(*row) for row in session.execute(rows)]
