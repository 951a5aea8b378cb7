"""Reads what people gained from before a module to its quiz, in parts, and what is kept of groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from lms.assessments.items import Grade
from lms.assessments.models import Attempt, Pretest, QuizGain
from lms.assessments.queries.attempts import Answer, answers_of
from lms.assessments.queries.firsts import first_grades
from lms.assessments.rules import GroupGain, Learner, gains_by_competency, own_language
from lms.assessments.specs import QuizSpec
from lms.content.library import source_of, spec_of

_PRETESTS, _ATTEMPTS = cast("Table", Pretest.__table__).c, cast("Table", Attempt.__table__).c
#: People read at once.
AT_ONCE = 500
_FIRST = (
    select(
        _PRETESTS.id,
        _PRETESTS.module_key,
        _PRETESTS.earned,
        _PRETESTS.revision_id.label("old"),
        _ATTEMPTS.id.label("attempt_id"),
        _ATTEMPTS.revision_id.label("new"),
        _ATTEMPTS.shown_language,
        _ATTEMPTS.submitted_at,
    )
    .join_from(
        Pretest,
        Attempt,
        (_ATTEMPTS.person_id == _PRETESTS.person_id)
        & (_ATTEMPTS.module_key == _PRETESTS.module_key)
        & (_ATTEMPTS.round == _PRETESTS.round),
    )
    .where(_ATTEMPTS.number == 1, _ATTEMPTS.passed.is_not(None))
    .order_by(_PRETESTS.id)
)


@dataclass(frozen=True)
class Came:
    """When somebody handed in her first attempt at a module's quiz, and what she gained."""

    module_key: str
    at: datetime
    learner: Learner


def list_learners(session: Session, *, after: int = 0, limit: int = AT_ONCE) -> tuple[list[Came], int | None]:
    """Return the next people who took both, by the test's id after `after`, and the last id (None: nobody is left).

    The first attempt of each round counts: later ones are practised. Both are graded by the key that was shown, since
    nothing corrects the test before. Three statements, and one for each revision.
    """
    rows = session.execute(_FIRST.where(_PRETESTS.id > after).limit(limit)).all()
    ids = [row.attempt_id for row in rows]
    answers, firsts = answers_of(session, ids), first_grades(session, ids)
    found = [_came(session, row, answers.get(row.attempt_id, {}), firsts.get(row.attempt_id, {})) for row in rows]
    return [each for each in found if each.learner.gains], rows[-1].id if rows else None


def _came(session: Session, row: Any, answers: Mapping[str, Answer], firsts: Mapping[str, Grade]) -> Came:
    worth, about = same_questions(session, row.old, row.new)
    earned = {item_id: answers[item_id].points or 0 if item_id in answers else 0 for item_id in worth}
    earned |= {item_id: grade.points for item_id, grade in firsts.items() if item_id in worth}
    gains = gains_by_competency(row.earned, earned, worth, about)
    return Came(row.module_key, row.submitted_at, Learner(own_language(row.shown_language), gains))


def same_questions(session: Session, old_id: int, new_id: int) -> tuple[dict[str, int], dict[str, str]]:
    """Return {question id: points} and {question id: competency} of linked questions graded alike in both revisions."""
    old, new = (spec_of(QuizSpec, source_of(session, each)) for each in (old_id, new_id))
    same = [
        item
        for item in new.questions
        if item.id in new.linked and (former := old.item(item.id)) is not None and former.scheme == item.scheme
    ]
    return {item.id: item.points for item in same}, {item.id: item.competency for item in same}


def list_gains(session: Session, module_key: str) -> list[GroupGain]:
    """Return what groups gained in a module, as of last night. One query."""
    rows = session.scalars(
        select(QuizGain).where(QuizGain.module_key == module_key).order_by(QuizGain.language, QuizGain.competency)
    )
    return [GroupGain(row.language, row.competency, row.people, row.before, row.after) for row in rows]
