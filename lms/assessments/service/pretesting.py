"""Taking the test before the first lesson: once, as one sheet, and it counts for nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import queries, rules
from lms.assessments.events import PretestBegun, pretest_begun
from lms.assessments.models import Pretest
from lms.assessments.service.starting import Shown
from lms.assessments.specs import QuizSpec
from lms.content.library import Library, Source, current, spec_of
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id
from lms.people.service import lock
from lms.signals import announce


def open_pretest(session: Session, library: Library, actor: Actor, module_key: str, *, round_number: int) -> QuizSpec:
    """Return the quiz whose linked questions may be asked now. Writes nothing.

    Raise `NotFound` where there is no such test, `RuleBroken("pretest_taken")` after it, `RuleBroken("quiz_begun")`
    after the quiz was begun, and what who listens to `pretest_begun` raises: a lesson was finished, or another
    module comes first.
    """
    quiz = _linked(library.get("module", module_key))
    if queries.find_pretest(session, actor.person_id, module_key, round_number):
        raise RuleBroken("pretest_taken")
    if queries.find_attempt(session, actor.person_id, module_key, round_number):
        raise RuleBroken("quiz_begun")
    announce(pretest_begun, session, PretestBegun(actor.person_id, module_key, round_number))
    return quiz


def take_pretest(
    session: Session,
    actor: Actor,
    module_key: str,
    sent: Mapping[str, Sequence[str]],
    *,
    revision_id: int,
    shown: Shown,
    at: datetime,
    round_number: int,
) -> None:
    """Keep and grade what was answered; questions may stay open. A second time changes nothing.

    Raises as `open_pretest` does, `RuleBroken("foreign_answer")` for what this test could not have sent, and
    `RuleBroken("pretest_changed")` when other questions were published since her page (of `revision_id`) was made.
    """
    lock(session, [actor.person_id])
    library = current(session)
    quiz = open_pretest(session, library, actor, module_key, round_number=round_number)
    source = library.get("module", module_key)
    if source.revision_id != revision_id:
        raise RuleBroken("pretest_changed")
    form = queries.pretest_form(quiz, actor.public_id)
    answers = rules.check_chosen(quiz, form, sent)
    result = rules.grade(quiz, form, answers)
    languages = queries.languages_shown(quiz, form, library.words("module", module_key, shown.locale), both=shown.both)
    row = {
        "public_id": new_public_id(),
        "person_id": actor.person_id,
        "module_key": module_key,
        "round": round_number,
        "revision_id": revision_id,
        "shown_language": rules.joined_language(shown.locale, languages.values()),
        "taken_at": at,
        "answers": {item_id: list(answer) for item_id, answer in answers.items()},
        "earned": {item_id: grade.points for item_id, grade in result.grades.items()},
        "points": result.points,
        "max_points": result.max_points,
    }
    insert_once(session, Pretest, [row], "person_id", "module_key", "round")


def _linked(source: Source) -> QuizSpec:
    """Return the quiz of a module with linked questions; raise `NotFound` for any other."""
    quiz = spec_of(QuizSpec, source)
    if not quiz.linked:
        raise NotFound("no test before this module")
    return quiz
