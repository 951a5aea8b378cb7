"""Changes to surveys: one sealed answer sheet and one receipt, which nothing ties together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.clock import local_date
from lms.content.library import Library, current
from lms.errors import NotFound
from lms.people.service import lock
from lms.signals import announce
from lms.surveys import queries, rules
from lms.surveys.events import SurveyAnswered, SurveyDone, SurveyStarted, survey_answered, survey_started
from lms.surveys.models import SurveyReceipt
from lms.surveys.queries import WholeSurvey
from lms.surveys.service.sealing import put, sealed


def begin_module_survey(
    session: Session, library: Library, actor: Actor, module_key: str, *, round_number: int = 1
) -> WholeSurvey | None:
    """Return the questions about a module; None when the actor has answered them. Writes nothing.

    Raise `NotFound` for a module without a survey, `RuleBroken("earlier_steps")` while the module asks for
    something else first.
    """
    survey_key = queries.survey_key_of(library, module_key)
    if survey_key is None:
        raise NotFound(f"module {module_key} has no survey")
    subject = SurveyDone(actor.person_id, survey_key, queries.subject_of(module_key), round_number)
    if queries.has_answered(session, actor.person_id, survey_key, subject.subject_key, round_number):
        return None
    announce(survey_started, session, SurveyStarted(subject))
    return queries.whole_survey(library, survey_key)


def answer_module_survey(
    session: Session,
    actor: Actor,
    module_key: str,
    typed: rules.Typed,
    *,
    language: str,
    secret_key: str,
    at: datetime,
    round_number: int = 1,
) -> Mapping[str, str]:
    """Store the answers once, and return what is wrong with them as {question id: code}, empty when stored.

    They are sealed with the installation's `secret_key`. A second time changes nothing. Nothing is written to the audit
    trail: it would tell when. Raises as `begin_module_survey` does, and `RuleBroken("foreign_answer")` for answers that
    do not belong to it.
    """
    lock(session, [actor.person_id])
    library = current(session)
    survey = begin_module_survey(session, library, actor, module_key, round_number=round_number)
    if survey is None:
        return {}
    done = SurveyDone(actor.person_id, survey.spec.key, queries.subject_of(module_key), round_number)
    return store(session, library, survey, done, typed, language=language, secret_key=secret_key, at=at)


def store(
    session: Session,
    library: Library,
    survey: WholeSurvey,
    done: SurveyDone,
    typed: rules.Typed,
    *,
    language: str,
    secret_key: str,
    at: datetime,
) -> Mapping[str, str]:
    """Store answers and the receipt apart, or return what is wrong. Her row is locked, and no receipt is there."""
    checked = rules.check_answers(survey.specs, typed)
    if checked.errors:
        return checked.errors
    _write_receipt(session, done, at)
    texts = {each.id for each in survey.specs if each.type == "text"}
    content = {
        "subject": done.subject_key,
        "round": done.round,
        "revision": library.get("survey", survey.spec.key).revision_id,
        "subject_revision": queries.revision_of(library, done.subject_key),
        "language": language,
        "month": rules.first_of_month(local_date(at)).isoformat(),
        "group": survey.spec.group,
        "answers": {key: value for key, value in checked.answers.items() if key not in texts},
        "words": {key: value for key, value in checked.answers.items() if key in texts},
    }
    key = rules.key_of(secret_key)
    put(session, [sealed(key, survey.spec.key, "sheet", content, rules.room_for(survey.specs))])
    announce(survey_answered, session, SurveyAnswered((done,), at))
    return {}


def _write_receipt(session: Session, done: SurveyDone, at: datetime) -> None:
    """Write that she answered. Her row is locked and no receipt was there, so that none can be there now."""
    row = {
        "person_id": done.person_id,
        "survey_key": done.survey_key,
        "subject_key": done.subject_key,
        "round": done.round,
        "answered_on": local_date(at),
    }
    session.execute(insert(SurveyReceipt), [row])
