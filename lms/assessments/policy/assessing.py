"""Who assesses an attempt that waits; beside the check stands the same as a row filter.

An attempt that waits is handed in "for a trainer to look at": every trainer and certifier sees it, of whatever
organization, but her own and those of people for whose work she answers. It is gone from their sight once it is
graded.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, exists, false, func, select, true

from lms.actor import Actor, Span
from lms.assessments.models import Attempt, Scoring
from lms.assessments.policy.standing import ASSESSORS, STANDING
from lms.assessments.rules import place_of
from lms.organizations.queries import select_staff

#: So many have looked when two assessors differ, and a certifier decides.
_DIFFER = 2


def can_assess(actor: Actor, person_id: int, spans: Iterable[Span], looked: Iterable[int]) -> bool:
    """Return whether the actor may score a waiting attempt of a person with these spells.

    `looked` are the accounts that have scored it before.
    """
    looked = tuple(looked)
    if person_id == actor.person_id or place_of(actor, spans) is not None or actor.account_id in looked:
        return False
    return actor.has("certifier") or (actor.has("trainer") and len(looked) < _DIFFER)


def assessable(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the attempts that `can_assess` lets the actor score."""
    if not actor.has(*ASSESSORS):
        return false()
    looked = select(func.count()).where(Scoring.attempt_id == Attempt.id).correlate(Attempt).scalar_subquery()
    mine = exists().where(Scoring.attempt_id == Attempt.id, Scoring.scored_by == actor.account_id)
    return and_(
        Attempt.submitted_at.is_not(None),
        Attempt.passed.is_(None),
        Attempt.person_id != actor.person_id,
        Attempt.person_id.in_(STANDING),
        Attempt.person_id.not_in(select_staff(actor.supervises, actor.today)),
        ~mine,
        true() if actor.has("certifier") else looked < _DIFFER,
    )
