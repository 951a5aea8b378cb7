"""Loads what the demonstration's workers learned: lessons, quizzes, surveys, each through its own service."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.content.library import Library
from lms.courses.queries import round_of
from lms.courses.service import Shown as LessonShown
from lms.courses.service import finish_lesson
from lms.courses.specs import ModuleSpec
from lms.demo.feedback import kind_answers
from lms.demo.people import as_actor, morning
from lms.demo.plan import Worker
from lms.demo.quizzes import Clock, take_quiz
from lms.surveys.queries import whole_survey
from lms.surveys.service import answer_module_survey

TRACK = "first-steps"
MODULES = ("communication", "outreach")
#: How far each ending goes in each module: lessons only in part, all lessons, a failed quiz, or to the end.
REACH = {
    "invited": (),
    "enrolled": (),
    "reading": ("part",),
    "failed": ("fail",),
    "one-module": ("whole",),
    "nearly": ("whole", "lessons"),
    "waiting": ("whole", "whole"),
    "asked": ("whole", "whole"),
    "refused": ("whole", "whole"),
    "certified": ("whole", "whole"),
}


def clock_of(worker: Worker, until: datetime, *, since: datetime | None = None) -> Clock:
    """Return a clock by which at most forty steps lie between `since` (or her assignment) and `until`."""
    begin = morning(worker.assigned_on) + timedelta(hours=2)
    begin = max(begin, since or begin)
    room = min(until - timedelta(hours=3) - begin, timedelta(days=60))
    return Clock(begin, max(room, timedelta(minutes=40)) / 40)


def learn(
    session: Session, library: Library, worker: Worker, actor: Actor, rng: Random, clock: Clock, *, secret_key: str
) -> None:
    """Let one worker learn as far as her story goes."""
    for key, reach in zip(MODULES, REACH[worker.ending], strict=False):
        module = library.spec(ModuleSpec, "module", key)
        lessons = module.lessons[: rng.randint(1, len(module.lessons) - 1)] if reach == "part" else module.lessons
        for lesson in lessons:
            at = clock.tick()
            learner = as_actor(actor, "worker", at.date())
            finish_lesson(session, learner, key, lesson.key, shown=LessonShown(worker.language), at=at)
        if reach == "fail" or (reach == "whole" and rng.random() < 0.25):
            take_quiz(session, library, actor, key, worker.language, clock, wrong=5)
        if reach == "whole":
            wrong = rng.choice((0, 0, 1, 1, 2))
            take_quiz(session, library, actor, key, worker.language, clock, wrong=wrong)
            answer_survey(session, library, actor, module, worker.language, rng, clock.tick(), secret_key=secret_key)


def answer_survey(
    session: Session,
    library: Library,
    actor: Actor,
    module: ModuleSpec,
    language: str,
    rng: Random,
    at: datetime,
    *,
    secret_key: str,
) -> None:
    """Answer the survey at the end of a module, mostly kindly."""
    if module.survey is None:
        return
    typed = kind_answers(whole_survey(library, module.survey), language, rng)
    number, learner = round_of(session, actor.person_id, module.key), as_actor(actor, "worker", at.date())
    answer_module_survey(
        session,
        learner,
        module.key,
        typed,
        language=language,
        secret_key=secret_key,
        at=at,
        round_number=number,
    )
