"""Changes to quizzes: saving answers, asking for more time, and submitting once.

`at` is when the request arrived, by the server's clock: what arrives after the deadline and the grace changes no
answer any more, and closes the attempt with what was saved before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import queries, rules
from lms.assessments.models import AttemptAnswer
from lms.assessments.queries import AttemptRow, Saved
from lms.assessments.service.closing import BY_ID, Closed, Outcome, close_by_time, write_outcomes
from lms.assessments.service.starting import Shown
from lms.assessments.specs import QuizSpec
from lms.audit.service import record
from lms.clock import local_date
from lms.content.library import Words, source_of, spec_of
from lms.errors import NotFound, RuleBroken
from lms.people.service import lock

_NEW_ANSWERS = insert(AttemptAnswer)


@dataclass(frozen=True)
class Sheet:
    """What a reader sends: her choices, and the digest of the answers that stood on her page."""

    module_key: str
    attempt_public_id: str
    chosen: Mapping[str, Sequence[str]]
    seen: str


def save_answers(session: Session, actor: Actor, sheet: Sheet, *, shown: Shown, at: datetime) -> Outcome:
    """Keep what was chosen so far; with the time up, nothing is kept and the outcome says so.

    Raise `NotFound` for an attempt that is not the actor's, `RuleBroken("foreign_answer")` for answers that
    do not belong to it, `RuleBroken("changed_elsewhere")` when another window saved other answers meanwhile,
    `RuleBroken("already_handed_in")` when the attempt was submitted: nothing can be kept any more.
    """
    lock(session, [actor.person_id])
    attempt = _own_attempt(session, actor, sheet)
    quiz, chosen = _checked(session, attempt, sheet)
    if late := _late_outcome(session, attempt, at):
        return late
    if attempt.submitted_at is not None:
        raise RuleBroken("already_handed_in")
    _keep(session, _take_up(session, attempt, quiz, chosen, sheet, shown), at)
    return Outcome(seen=rules.digest(attempt.public_id, chosen), deadline_at=attempt.deadline_at)


def more_time(session: Session, actor: Actor, sheet: Sheet, *, had: int, shown: Shown, at: datetime) -> Outcome:
    """Keep what was chosen so far, and give half as much time again, as a reader may ask once without saying why.

    `had` is how often she had got more when her page was made: the same tap twice gives once. Raises as
    `save_answers` does, and `RuleBroken("no_more_time")` when she got it before and no accommodation gives it again.
    """
    outcome = save_answers(session, actor, sheet, shown=shown, at=at)
    attempt = _own_attempt(session, actor, sheet)
    if outcome.is_late or attempt.deadline_at is None or attempt.extensions != had:
        return outcome
    fair = queries.fair_for(session, actor.person_id, local_date(at))
    if not rules.may_extend(attempt.extensions, often=fair.often):
        raise RuleBroken("no_more_time")
    minutes = spec_of(QuizSpec, source_of(session, attempt.revision_id)).limits.minutes
    wanted = rules.deadline_of(attempt.started_at, minutes, fair.percent, had + 1)
    change = {"deadline_at": rules.moved(attempt.deadline_at, wanted), "extensions": had + 1}
    session.execute(BY_ID["attempts"], [{"row_id": attempt.id, **change}])
    account_id, times = actor.account_id, had + 1
    record(session, account_id, "assessments.extended", "attempt", attempt.public_id, at=at, times=times)
    return outcome


def submit_attempt(
    session: Session, actor: Actor, sheet: Sheet, *, client_id: str, shown: Shown, at: datetime
) -> Outcome:
    """Save and grade the answers, once, and return the outcome; the same answers again get the first's.

    With questions left open the answers are saved and nothing is graded. With the time up, what was saved before
    is graded. Raises as `save_answers` does ("already_handed_in" only for other answers than the first), and
    `RuleBroken("same_key_other_answers")` when `client_id` came before with other answers.
    """
    lock(session, [actor.person_id])
    attempt = _own_attempt(session, actor, sheet, client_id)
    quiz, chosen = _checked(session, attempt, sheet)
    if late := _late_outcome(session, attempt, at):
        return late
    if attempt.submitted_at is not None:
        return _first_outcome(attempt, client_id, rules.digest(attempt.public_id, chosen))
    work = _take_up(session, attempt, quiz, chosen, sheet, shown)
    if missing := rules.unanswered(quiz, attempt.form, chosen):
        _keep(session, work, at)
        return Outcome(missing=missing)
    result = rules.grade(quiz, attempt.form, chosen)
    _keep(session, work, at, result.grades)
    done = Closed(attempt, chosen, result, at, actor.account_id, client_id, work.language, work.words.revision_id)
    return Outcome(passed=write_outcomes(session, [done], at=at)[0])


def _late_outcome(session: Session, attempt: AttemptRow, at: datetime) -> Outcome | None:
    """Return the outcome of an attempt that its time closed, closing it if nobody has; None while it is in time."""
    if attempt.closed_by == "time":
        return Outcome(passed=attempt.passed, is_late=True)
    if attempt.submitted_at is None and rules.is_late(attempt.deadline_at, at):
        return close_by_time(session, [attempt], at=at)[0]
    return None


@dataclass(frozen=True)
class _Work:
    """An open attempt with what the reader sends, and how she was shown each question."""

    attempt: AttemptRow
    chosen: rules.Chosen
    saved: Mapping[str, Saved]
    words: Words
    languages: Mapping[str, str]

    @property
    def language(self) -> str:
        """Return how the whole quiz was shown."""
        return rules.joined_language(self.words.locale, self.languages.values())


def _own_attempt(session: Session, actor: Actor, sheet: Sheet, client_id: str = "") -> AttemptRow:
    """Return the actor's attempt; raise when it is not hers, or when another one used the form's key."""
    found = queries.list_named(session, actor.person_id, sheet.attempt_public_id, client_id)
    named = [row for row in found if row.public_id == sheet.attempt_public_id]
    if not named or named[0].module_key != sheet.module_key:
        raise NotFound("no such attempt")
    if len(found) > 1:
        raise RuleBroken("same_key_other_answers")
    return named[0]


def _checked(session: Session, attempt: AttemptRow, sheet: Sheet) -> tuple[QuizSpec, rules.Chosen]:
    """Return the quiz as it was when the attempt began, and the answers, checked against it."""
    quiz = spec_of(QuizSpec, source_of(session, attempt.revision_id))
    return quiz, rules.check_chosen(quiz, attempt.form, sheet.chosen)


def _first_outcome(attempt: AttemptRow, client_id: str, body_hash: str) -> Outcome:
    """Return what the first submission led to; refuse other answers, which would count for nothing."""
    if attempt.body_hash != body_hash:
        raise RuleBroken("same_key_other_answers" if attempt.client_id == client_id else "already_handed_in")
    return Outcome(passed=attempt.passed)


def _take_up(
    session: Session, attempt: AttemptRow, quiz: QuizSpec, chosen: rules.Chosen, sheet: Sheet, shown: Shown
) -> _Work:
    """Return the open attempt with its saved answers; raise when another window changed them."""
    saved = queries.saved_answers(session, attempt.id)
    before = {item_id: answer.chosen for item_id, answer in saved.items() if answer.chosen}
    if rules.is_overtaken(attempt.public_id, before, chosen, sheet.seen):
        raise RuleBroken("changed_elsewhere")
    words = queries.words_for(session, attempt, shown.locale)
    languages = queries.languages_shown(quiz, attempt.form, words, both=shown.both)
    return _Work(attempt, chosen, saved, words, languages)


def _keep(session: Session, work: _Work, at: datetime, grades: Mapping[str, rules.Grade] | None = None) -> None:
    """Write what differs from what is saved, and the points once graded, in at most three statements.

    An answer that did not change keeps its time and the language in which it was chosen.
    """
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    graded: list[dict[str, Any]] = []
    for item_id in (entry.item_id for entry in work.attempt.form):
        chosen, before = work.chosen.get(item_id, ()), work.saved.get(item_id)
        answer = {"chosen": list(chosen), "answered_at": at, "shown_language": work.languages[item_id]}
        earned = {} if grades is None else _earned(grades.get(item_id))
        if before is None and chosen:
            new.append({"attempt_id": work.attempt.id, "item_id": item_id, **answer, **earned})
        if before is not None and before.chosen != chosen:
            changed.append({"row_id": before.id, **answer})
        if before is not None and earned:
            graded.append({"row_id": before.id, **earned})
    if new:
        session.execute(_NEW_ANSWERS, new)
    for rows in (changed, graded):
        if rows:
            session.execute(BY_ID["attempt_answers"], rows)


def _earned(grade: rules.Grade | None) -> dict[str, Any]:
    """Return the columns of what an answer earned; None while an assessor must look at it."""
    return {"points": grade.points, "correct": grade.correct} if grade else {"points": None, "correct": None}
