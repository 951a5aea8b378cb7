"""What courses does when a lower feature announces a fact."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.assessments.events import (
    AttemptStarted,
    PretestBegun,
    QuizPassed,
    attempt_started,
    pretest_begun,
    quiz_passed,
)
from lms.content.library import current
from lms.courses import service
from lms.surveys.events import SurveyAnswered, SurveyStarted, survey_answered, survey_started
from lms.surveys.queries import subject_of


def connect() -> None:
    """Connect every handler of this feature to its signal."""
    attempt_started.connect(on_attempt_started)
    pretest_begun.connect(on_pretest_begun)
    quiz_passed.connect(on_quiz_passed)
    survey_started.connect(on_survey_started)
    survey_answered.connect(on_survey_answered)


def on_attempt_started(fact: AttemptStarted, *, session: Session) -> None:
    """Refuse a quiz whose module may not be begun yet: what is raised here undoes the start."""
    service.require_prerequisites(session, current(session), fact.person_id, fact.module_key)


def on_pretest_begun(fact: PretestBegun, *, session: Session) -> None:
    """Refuse the test before a module that may not be begun yet, or of which a lesson is finished."""
    service.require_prerequisites(session, current(session), fact.person_id, fact.module_key)
    service.require_nothing_finished(session, fact.person_id, fact.module_key, fact.round)


def on_quiz_passed(fact: QuizPassed, *, session: Session) -> None:
    """Complete the modules whose last open step was the quiz; when a pass came late, on the day of the last step."""
    candidates = [(each.person_id, each.module_key, each.round) for each in fact.subjects]
    latest = None if fact.is_late else max(each.passed_at for each in fact.subjects)
    service.complete_modules(session, current(session), candidates, at=latest)


def on_survey_started(fact: SurveyStarted, *, session: Session) -> None:
    """Refuse the survey of a module that asks for something else first."""
    each, prefix = fact.subject, subject_of("")
    if each.subject_key.startswith(prefix):
        module_key = each.subject_key.removeprefix(prefix)
        service.require_earlier_steps(session, current(session), each.person_id, module_key, each.round)


def on_survey_answered(fact: SurveyAnswered, *, session: Session) -> None:
    """Complete the modules whose last open step was the survey."""
    prefix = subject_of("")
    candidates = [
        (each.person_id, each.subject_key.removeprefix(prefix), each.round)
        for each in fact.subjects
        if each.subject_key.startswith(prefix)
    ]
    if candidates:
        service.complete_modules(session, current(session), candidates, at=fact.at)
