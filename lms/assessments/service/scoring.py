"""An assessor scores what waits in an attempt; when the scores count, the attempt is graded in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, insert, true, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import policy, queries, rules
from lms.assessments.events import NamedAttempt, ResultsReady, results_ready
from lms.assessments.models import Attempt, AttemptAnswer, ItemScore, Scoring
from lms.assessments.queries import AttemptRow, ScoringRow
from lms.assessments.rules import Grade, Next
from lms.assessments.service.correcting import correct_graded
from lms.assessments.service.outcomes import announce_pass, outcome_of
from lms.assessments.specs import QuizSpec
from lms.audit.service import record
from lms.content.library import source_of, spec_of
from lms.errors import NotFound, RuleBroken
from lms.organizations.queries import spans_of
from lms.people.queries.identity import holds_since
from lms.people.service import lock
from lms.signals import announce

_ANSWERS = cast("Table", AttemptAnswer.__table__)
_EARNED = update(_ANSWERS).where(
    _ANSWERS.c.attempt_id == bindparam("of_attempt"), _ANSWERS.c.item_id == bindparam("of_item")
)


@dataclass(frozen=True)
class Scored:
    """What an assessor gives, and how she listened or read. `seen` is how many had looked when her page was made."""

    levels: rules.Levels
    language: str
    interpreter: str
    has_consent: bool = False
    note: str = ""
    wants_second: bool = False
    seen: int = 0


def score_attempt(
    session: Session, actor: Actor, public_id: str, scored: Scored, *, client_id: str, at: datetime
) -> Next:
    """Keep the scores, and grade the attempt where they count; return who looks next, None when it is graded.

    The same `client_id` scores once. Raises `NotFound` where the actor may not assess it, and `RuleBroken`:
    "scored_before" by her with other scores, "scored_meanwhile" by somebody else, "consent_needed",
    and the codes of `rules.grades_of` and `rules.check_note`.
    """
    anyhow: ColumnElement[bool] = true()
    attempt = queries.get_attempt(session, anyhow, public_id)
    lock(session, [attempt.person_id, actor.person_id])
    attempt = queries.get_attempt(session, anyhow, public_id)
    looks = queries.scorings_of(session, [attempt.id]).get(attempt.id, [])
    quiz = spec_of(QuizSpec, source_of(session, attempt.revision_id))
    mine = [each for each in looks if each.scored_by == actor.account_id]
    if mine:
        return _first_outcome(quiz, mine[0], looks, scored, client_id)
    _require_assessor(session, actor, attempt, looks)
    if not attempt.is_waiting or len(looks) != scored.seen:
        raise RuleBroken("scored_meanwhile")
    chosen = _chosen(session, attempt)
    waiting = rules.grade(quiz, attempt.form, chosen).waiting
    grades = rules.grades_of(quiz, waiting, scored.levels)
    _write(session, actor, attempt, scored, grades, len(looks) + 1, client_id, at)
    now_looked = [*(each.look for each in looks), _look(actor, scored)]
    following = rules.next_look(quiz, now_looked)
    _log(session, actor, attempt, "assessments.scored", at, look=len(now_looked))
    if following is None:
        _grade(session, actor, attempt, rules.grade(quiz, attempt.form, chosen, grades), grades, at)
    return following


def _first_outcome(quiz: QuizSpec, mine: ScoringRow, looks: list[ScoringRow], scored: Scored, client_id: str) -> Next:
    """Return what the first sending of these scores led to; refuse others."""
    same = {item_id: dict(levels) for item_id, levels in scored.levels.items()} == mine.levels
    if mine.client_id != client_id or not same:
        raise RuleBroken("scored_before")
    return rules.next_look(quiz, [each.look for each in looks if each.number <= mine.number])


def _require_assessor(session: Session, actor: Actor, attempt: AttemptRow, looks: list[ScoringRow]) -> None:
    """Raise `NotFound` unless the actor may assess the attempt, as the rows stand now."""
    spans = spans_of(session, [attempt.person_id]).get(attempt.person_id, ())
    looked = [each.scored_by for each in looks] if attempt.is_waiting else []
    is_assessor = any(holds_since(session, actor.account_id, role) for role in policy.ASSESSORS if actor.has(role))
    if not is_assessor or not policy.can_assess(actor, attempt.person_id, spans, looked):
        raise NotFound("no such attempt")
    if attempt.submitted_at is None:
        raise NotFound("no such attempt")


def _chosen(session: Session, attempt: AttemptRow) -> dict[str, tuple[str, ...]]:
    saved = queries.saved_answers(session, attempt.id)
    return {item_id: answer.chosen for item_id, answer in saved.items() if answer.chosen}


def _look(actor: Actor, scored: Scored) -> rules.Look:
    return rules.Look(actor.account_id, scored.levels, scored.wants_second)


def _write(
    session: Session,
    actor: Actor,
    attempt: AttemptRow,
    scored: Scored,
    grades: Mapping[str, Grade],
    number: int,
    client_id: str,
    at: datetime,
) -> None:
    """Write one look with its scores."""
    if scored.interpreter == "professional" and not scored.has_consent:
        raise RuleBroken("consent_needed")
    made = Scoring(
        attempt_id=attempt.id,
        number=number,
        scored_by=actor.account_id,
        language=scored.language,
        interpreter=scored.interpreter,
        has_consent=scored.has_consent,
        note=rules.check_note(scored.note),
        wants_second=scored.wants_second,
        scored_at=at,
        client_id=client_id,
    )
    session.add(made)
    session.flush()
    rows = [
        {
            "scoring_id": made.id,
            "item_id": item_id,
            "levels": dict(scored.levels[item_id]),
            "points": grade.points,
            "correct": grade.correct,
        }
        for item_id, grade in grades.items()
    ]
    session.execute(insert(ItemScore), rows)


def _grade(
    session: Session,
    actor: Actor,
    attempt: AttemptRow,
    result: rules.Result,
    grades: Mapping[str, Grade],
    at: datetime,
) -> None:
    """Write what the attempt came to, with what was corrected before, and announce it, and a pass."""
    session.execute(update(Attempt).where(Attempt.id == attempt.id).values(**outcome_of(result, at)))
    earned = [
        {"of_attempt": attempt.id, "of_item": item_id, "points": grade.points, "correct": grade.correct}
        for item_id, grade in grades.items()
    ]
    session.execute(_EARNED, earned)
    _note_unwritten(session, attempt, grades, at)
    _log(session, actor, attempt, "assessments.graded", at, passed=result.passed)
    session.flush()
    corrected = correct_graded(session, {attempt.id: attempt.module_key}, at=at)
    named = NamedAttempt(attempt.person_id, attempt.public_id, attempt.module_key)
    announce(results_ready, session, ResultsReady((named,), at))
    if corrected.get(attempt.id, result.passed):
        announce_pass(session, attempt, attempt.shown_language, at)


def _note_unwritten(session: Session, attempt: AttemptRow, grades: Mapping[str, Grade], at: datetime) -> None:
    """Write a row for each question of which nothing was typed: what was shown or said earns points like any answer."""
    written = queries.saved_answers(session, attempt.id)
    session.add_all(
        AttemptAnswer(
            attempt_id=attempt.id,
            item_id=item_id,
            chosen=[],
            answered_at=at,
            shown_language=attempt.shown_language,
            points=grade.points,
            correct=grade.correct,
        )
        for item_id, grade in grades.items()
        if item_id not in written
    )


def _log(session: Session, actor: Actor, attempt: AttemptRow, action: str, at: datetime, **details: Any) -> None:
    who, module, number = actor.account_id, attempt.module_key, attempt.number
    record(session, who, action, "attempt", attempt.public_id, at=at, module=module, number=number, **details)
