"""What the demonstration's workers say in surveys, at the end of modules and tracks and some time afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from sqlalchemy.orm import Session

from lms.certificates.queries.awarded import list_awarded
from lms.content.library import current
from lms.demo.people import Cast, morning
from lms.demo.plan import SEED, Plan
from lms.surveys.queries import WholeSurvey, after_certificate, after_track, list_between, whole_survey
from lms.surveys.rules import Typed
from lms.surveys.service import Asking, answer_follow_up, invite, release_answers
from lms.surveys.specs import QuestionSpec
from lms.tracks.queries.completed import list_completed
from lms.tracks.specs import TrackSpec

#: How many of those who were asked some time afterwards have answered.
ANSWERED = 0.7
#: What is written, by language; most write nothing.
WORDS = {
    "en": (
        "More practice with people.",
        "The stories helped me most.",
        "More time for the quiz.",
        "Nothing, thank you.",
    ),
    "es": ("Más práctica con la gente.", "Los ejemplos me ayudaron mucho.", "Más tiempo.", "Nada, gracias."),
    "to": ("Ke lahi ange ʻa e ako ngāue.", "Naʻe tokoni ʻa e ngaahi talanoa.", "Mālō ʻaupito."),
    "sm": ("Ia tele atu faʻataʻitaʻiga.", "Na fesoasoani tala.", "Faʻafetai lava."),
}


def kind_answers(survey: WholeSurvey, language: str, rng: Random) -> Typed:
    """Return what somebody says, mostly kindly, as a form would send it."""
    typed: dict[str, str | list[str]] = {}
    for question in survey.specs:
        typed |= _said(question, language, rng)
    return typed


def _said(question: QuestionSpec, language: str, rng: Random) -> dict[str, str | list[str]]:
    ids = [option.id for option in question.options]
    if question.type == "likert":
        return {question.id: _liked(rng)}
    if question.type == "choice":
        return {question.id: rng.choice(ids)}
    if question.type == "choices":
        return {question.id: rng.sample(ids, rng.randint(1, 2))}
    if question.type == "matrix":
        return {f"{question.id}.{row.id}": _liked(rng) for row in question.rows}
    if question.type == "number":
        return {question.id: str(rng.randint(question.least or 0, min(question.most or 0, 60)))}
    return {question.id: rng.choice(WORDS[language])} if rng.random() < 0.3 else {}


def _liked(rng: Random) -> str:
    return str(rng.choices((2, 3, 4, 5), (1, 2, 5, 6))[0])


def load_follow_ups(session: Session, cast: Cast, plan: Plan, track_key: str, *, secret_key: str) -> None:
    """Let those who finished a track have been asked afterwards, and most have answered."""
    library, today = current(session), plan.today
    track = library.spec(TrackSpec, "track", track_key)
    completed = list_completed(session, track_key, cast.founded, today)
    awarded = list_awarded(session, track_key, cast.founded, today)
    events = {"completion": (completed, after_track), "certification": (awarded, after_certificate)}
    for each in track.follow_ups:
        found, subject = events[each.after]
        due = timedelta(days=each.days)
        askings: list[Asking] = [(who, subject(track_key), n, day + due) for who, n, day in found if day + due <= today]
        invite(session, each.survey, askings)
    languages = {cast.workers[worker.number].person_id: worker.language for worker in plan.workers}
    for invitation in list_between(session, cast.founded, today - timedelta(days=7)):
        rng = Random(f"{SEED} {invitation.person_id} {invitation.survey_key}")  # noqa: S311 -- a story, no secret
        if rng.random() < ANSWERED and invitation.person_id in languages:
            language = languages[invitation.person_id]
            typed = kind_answers(whole_survey(library, invitation.survey_key), language, rng)
            at = morning(invitation.due_on + timedelta(days=rng.randint(0, 6)))
            answer_follow_up(session, invitation.public_id, typed, language=language, secret_key=secret_key, at=at)


def release(session: Session, today: date, *, secret_key: str) -> None:
    """Release what may be read by now, as the nightly job would have."""
    release_answers(session, secret_key=secret_key, at=morning(today))
