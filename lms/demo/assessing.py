"""Lets those who went on take a quiz that an assessor looks at: scored, waiting, failed, and with no try left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import queries
from lms.assessments.items.rubrics import rubric_of
from lms.assessments.rules import Levels
from lms.assessments.service import Scored, grant_attempt, score_attempt
from lms.assessments.specs import QuizSpec
from lms.content.library import Library, current
from lms.courses.service import Shown, finish_lesson
from lms.courses.specs import ModuleSpec
from lms.demo.advancing import ONE_IN, SPARED
from lms.demo.learning import answer_survey
from lms.demo.people import Cast, as_actor, morning
from lms.demo.plan import SEED, Plan, Worker
from lms.demo.quizzes import Clock, take_quiz
from lms.ids import new_client_id

MODULE = "public-health"
#: How good each attempt of a worker was, by the names of the rubrics' levels; "" waits for an assessor, "?" for a
#: second one. The last attempt of those who failed is of this morning.
STORIES: tuple[tuple[str, ...], ...] = (
    *(("all",), ("",), ("all",), ("some", "all"), ("?",), ("some",)),
    *(("",), ("some", "some", "some"), ("all",), ("",), ("some", "some", "some"), ("all",)),
)
#: Whose last try was given back a place, counted as `STORIES`.
GRANTED = 10
NOTE = {"all": "You let me finish, and you named a day. Keep that.", "some": "Next time say who can answer, and a day."}
REASON = "The internet was down on the day of your last try."


def assess(session: Session, cast: Cast, plan: Plan, at: datetime) -> None:
    """Let the stories happen in the four weeks before `at`."""
    certified = [worker for worker in plan.workers if worker.ending == "certified"][::ONE_IN]
    library = current(session)
    for number, (worker, story) in enumerate(zip(certified[len(SPARED) :], STORIES, strict=False)):
        _read(session, cast, library, worker, morning(plan.today) - timedelta(days=28))
        for place, quality in enumerate(story, 1):
            ago = timedelta(days=2 * (len(story) - place), hours=14 + number) + _earlier(story)
            _try(session, cast, library, worker, at - ago, quality)
        if number == GRANTED:
            _grant(session, cast, worker, at - timedelta(hours=2))


def _earlier(story: Sequence[str]) -> timedelta:
    """Return how much earlier a story was that ended well: it is two weeks old."""
    return timedelta(days=14) if story[-1] == "all" else timedelta(0)


def _read(session: Session, cast: Cast, library: Library, worker: Worker, begin: datetime) -> None:
    """Finish every lesson, one each two hours."""
    for number, lesson in enumerate(library.spec(ModuleSpec, "module", MODULE).lessons):
        at = begin + timedelta(hours=2 * number)
        learner = as_actor(cast.workers[worker.number], "worker", at.date())
        finish_lesson(session, learner, MODULE, lesson.key, shown=Shown(worker.language), at=at)


def _try(session: Session, cast: Cast, library: Library, worker: Worker, at: datetime, quality: str) -> None:
    """Take the quiz, have it scored three hours later, and answer the survey after passing."""
    actor = cast.workers[worker.number]
    clock = Clock(at, timedelta(hours=1))
    take_quiz(session, library, actor, MODULE, worker.language, clock, wrong=0)
    if not quality:
        return
    _score(session, cast, library, worker, quality, clock.at + timedelta(hours=3))
    if quality == "all":
        module, rng = library.spec(ModuleSpec, "module", MODULE), Random(f"{SEED} {worker.number}")  # noqa: S311
        at, secret_key = clock.at + timedelta(hours=9), cast.secret_key
        answer_survey(session, library, actor, module, worker.language, rng, at, secret_key=secret_key)


def _score(session: Session, cast: Cast, library: Library, worker: Worker, quality: str, at: datetime) -> None:
    """Let the trainer score what waits; "?" asks for a second look."""
    attempt = queries.find_attempt(session, cast.workers[worker.number].person_id, MODULE, 1)
    if attempt is None:
        raise RuntimeError("the attempt that was just handed in is not there")
    trainer = as_actor(cast.actors["trainer@demo.example"], "trainer", at.date())
    level = "all" if quality == "?" else quality
    scored = Scored(
        levels_of(library, MODULE, level),
        language=worker.language,
        interpreter="none" if worker.language == trainer.language else "professional",
        has_consent=worker.language != trainer.language,
        note=NOTE[level],
        wants_second=quality == "?",
    )
    score_attempt(session, trainer, attempt.public_id, scored, client_id=new_client_id(), at=at)


def levels_of(library: Library, module_key: str, level: str) -> Levels:
    """Return the same level for every criterion of a module's quiz."""
    quiz = library.spec(QuizSpec, "module", module_key)
    rubrics = {item.id: rubric_of(item) for item in quiz.questions}
    return {key: {each.id: level for each in rubric.criteria} for key, rubric in rubrics.items() if rubric}


def _grant(session: Session, cast: Cast, worker: Worker, at: datetime) -> None:
    """Give a worker without a try left one more."""
    certifier: Actor = as_actor(cast.actors["certifier@demo.example"], "certifier", at.date())
    person_id = cast.workers[worker.number].person_id
    grant_attempt(session, certifier, person_id, MODULE, 1, reason=REASON, client_id=new_client_id(), at=at)
