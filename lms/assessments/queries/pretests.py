"""Reads of tests before the first lesson."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from lms.assessments.models import Pretest
from lms.assessments.queries.attempts import AttemptRow, answers_of
from lms.assessments.queries.firsts import first_grades
from lms.assessments.queries.gains import same_questions
from lms.assessments.rules import FormItem, Gain, gain_of, linked_form
from lms.assessments.specs import QuizSpec

_PRETESTS = cast("Table", Pretest.__table__).c


@dataclass(frozen=True)
class PretestRow:
    """A test before a module. `earned` is {question id: points} of every question asked."""

    revision_id: int
    taken_at: datetime
    answers: Mapping[str, tuple[str, ...]]
    earned: Mapping[str, int]


def find_pretest(session: Session, person_id: int, module_key: str, round_number: int) -> PretestRow | None:
    """Return the person's test before a module, or None."""
    query = select(_PRETESTS.revision_id, _PRETESTS.taken_at, _PRETESTS.answers, _PRETESTS.earned).where(
        _PRETESTS.person_id == person_id, _PRETESTS.module_key == module_key, _PRETESTS.round == round_number
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    answers = {item_id: tuple(answer) for item_id, answer in row.answers.items()}
    return PretestRow(row.revision_id, row.taken_at, answers, row.earned)


def pretest_form(quiz: QuizSpec, person_public_id: str) -> tuple[FormItem, ...]:
    """Return the linked questions as this person is shown them; the same however often she looks."""
    return linked_form(quiz, random.Random(person_public_id))  # noqa: S311 -- the order of options is no secret


def find_gain(session: Session, person_id: int, attempt: AttemptRow) -> Gain | None:
    """Return what somebody gained from before the module to this submitted attempt; None without both.

    Questions that are graded otherwise since are left out, and those of which her answer was corrected: the test
    before was graded by the key that was wrong.
    """
    before = find_pretest(session, person_id, attempt.module_key, attempt.round)
    if before is None:
        return None
    same, _about = same_questions(session, before.revision_id, attempt.revision_id)
    answers = answers_of(session, [attempt.id]).get(attempt.id, {})
    after = {entry.item_id: 0 for entry in attempt.form}
    after |= {item_id: answer.points for item_id, answer in answers.items() if answer.points is not None}
    mended = first_grades(session, [attempt.id]).get(attempt.id, {})
    return gain_of(before.earned, after, {key: points for key, points in same.items() if key not in mended})
