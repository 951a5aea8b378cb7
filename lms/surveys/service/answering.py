"""Changes to surveys: one anonymous answer sheet and one receipt, which nothing ties together."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.clock import local_date
from lms.content.library import Library, current
from lms.errors import NotFound
from lms.people.service import lock
from lms.signals import announce
from lms.surveys import queries, rules
from lms.surveys.events import SurveyAnswered, SurveyDone, SurveyStarted, survey_answered, survey_started
from lms.surveys.models import SurveyAnswer, SurveyReceipt
from lms.surveys.specs import SurveySpec

_SHEETS = cast("Table", SurveyAnswer.__table__)


def begin_module_survey(
    session: Session, library: Library, actor: Actor, module_key: str, *, round_number: int = 1
) -> SurveySpec | None:
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
    return library.spec(SurveySpec, "survey", survey_key)


def answer_module_survey(
    session: Session,
    actor: Actor,
    module_key: str,
    typed: Mapping[str, str],
    *,
    language: str,
    at: datetime,
    round_number: int = 1,
) -> Mapping[str, str]:
    """Store the answers once, and return what is wrong with them as {question id: code}, empty when stored.

    A second time changes nothing. Nothing is written to the audit trail: it would tell when. Raises as
    `begin_module_survey` does, and `RuleBroken("foreign_answer")` for answers that do not belong to it.
    """
    lock(session, [actor.person_id])
    library = current(session)
    survey = begin_module_survey(session, library, actor, module_key, round_number=round_number)
    if survey is None:
        return {}
    checked = rules.check_answers(survey, typed)
    if checked.errors:
        return checked.errors
    subject_key = queries.subject_of(module_key)
    done = SurveyDone(actor.person_id, survey.key, subject_key, round_number)
    _write_receipt(session, done, at)
    sheet = {
        "id": secrets.token_hex(16),
        "survey_key": survey.key,
        "subject_key": subject_key,
        "revision_id": library.get("survey", survey.key).revision_id,
        "month": rules.first_of_month(local_date(at)),
        "language": language,
        "answers": dict(checked.answers),
    }
    session.execute(insert(_SHEETS), [sheet])
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
