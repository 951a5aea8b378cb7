"""An entry becomes an attempt, graded by the form and version of its sheet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import queries, rules
from lms.assessments.models import Attempt, AttemptAnswer, ResultEntry
from lms.assessments.queries import PaperRow
from lms.assessments.service.correcting import correct_graded
from lms.assessments.service.outcomes import announce_pass, outcome_of
from lms.assessments.specs import QuizSpec
from lms.audit.service import record
from lms.content.library import source_of, spec_of, words_of


def count_entry(session: Session, actor: Actor, row: ResultEntry, paper: PaperRow, *, at: datetime) -> Attempt:
    """Write the attempt that an entry stands for, with its answers, and announce a pass.

    The caller has locked the person, and seen that there is room for an attempt.
    """
    quiz = spec_of(QuizSpec, source_of(session, paper.revision_id))
    chosen = {item_id: tuple(values) for item_id, values in row.chosen.items()}
    words = words_of(session, paper.locale_revision_id, paper.language)
    languages = queries.languages_shown(quiz, paper.form, words, both=False)
    result = rules.grade(quiz, paper.form, chosen)
    latest = queries.find_attempt(session, row.person_id, row.module_key, row.round)
    made = Attempt(
        person_id=row.person_id,
        module_key=row.module_key,
        round=row.round,
        number=latest.number + 1 if latest else 1,
        revision_id=paper.revision_id,
        locale_revision_id=paper.locale_revision_id,
        shown_language=rules.joined_language(paper.language, languages.values()),
        form=[{"item": entry.item_id, "options": list(entry.option_ids)} for entry in paper.form],
        started_at=row.entered_at,
        submitted_at=at,
        source=row.source,
        entered_by=row.entered_by,
        paper_form_id=paper.id,
        **outcome_of(result, at),
    )
    session.add(made)
    session.flush()
    made.body_hash = rules.digest(made.public_id, chosen)
    for item_id, answer in chosen.items():
        earned = result.grades.get(item_id)
        session.add(
            AttemptAnswer(
                attempt_id=made.id,
                item_id=item_id,
                chosen=list(answer),
                answered_at=row.entered_at,
                shown_language=languages[item_id],
                points=earned.points if earned else None,
                correct=earned.correct if earned else None,
            )
        )
    session.flush()
    if result.passed is not None and correct_graded(session, {made.id: made.module_key}, at=at):
        session.refresh(made)
    _tell(session, actor, made, at)
    return made


def _tell(session: Session, actor: Actor, made: Attempt, at: datetime) -> None:
    """Log the attempt, and announce a pass."""
    record(
        session,
        actor.account_id,
        "assessments.submitted",
        "attempt",
        made.public_id,
        at=at,
        module=made.module_key,
        number=made.number,
        passed=made.passed,
        source=made.source,
    )
    if made.passed:
        announce_pass(session, made, made.shown_language, at)
