"""Loads what the demonstration's workers learned: lessons, attempts, surveys, each through its own service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import queries as assessments
from lms.assessments import rules as grading
from lms.assessments.items import rules_of
from lms.assessments.service import Sheet, Shown, start_attempt, submit_attempt
from lms.assessments.specs import ItemSpec, QuizSpec
from lms.content.library import Library
from lms.courses.queries import round_of
from lms.courses.service import Shown as LessonShown
from lms.courses.service import finish_lesson
from lms.courses.specs import ModuleSpec
from lms.demo.feedback import kind_answers
from lms.demo.people import as_actor, morning
from lms.demo.plan import Worker
from lms.ids import new_client_id
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


@dataclass
class Clock:
    """Hands out instants that grow evenly from the day of assignment, and never pass the end."""

    at: datetime
    step: timedelta

    def tick(self) -> datetime:
        """Return the next instant."""
        self.at += self.step
        return self.at


def clock_of(worker: Worker, today: datetime) -> Clock:
    """Return a clock by which at most forty steps end before today."""
    begin = morning(worker.assigned_on) + timedelta(hours=2)
    room = min(today - timedelta(hours=3) - begin, timedelta(days=60))
    return Clock(begin, max(room, timedelta(minutes=40)) / 40)


def learn(
    session: Session, library: Library, worker: Worker, actor: Actor, rng: Random, today: datetime, *, secret_key: str
) -> None:
    """Let one worker learn as far as her story goes."""
    clock = clock_of(worker, today)
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
            take_quiz(session, library, actor, key, worker.language, clock, wrong=rng.choice((0, 0, 1)))
            answer_survey(session, library, actor, module, worker.language, rng, clock.tick(), secret_key=secret_key)


#: Types of which one choice that is not right is a whole answer.
CHOOSING = {"single", "multiple", "true-false"}


def take_quiz(
    session: Session, library: Library, actor: Actor, key: str, language: str, clock: Clock, *, wrong: int
) -> None:
    """Take one attempt with `wrong` wrong answers; critical questions are answered right while there are others."""
    quiz = library.spec(QuizSpec, "module", key)
    learner = as_actor(actor, "worker", clock.at.date())
    shown = Shown(language, both=language != "en")
    number = round_of(session, actor.person_id, key)
    public_id = start_attempt(session, learner, key, shown=shown, at=clock.tick(), round_number=number)
    attempt = assessments.find_attempt(session, actor.person_id, key, number)
    if attempt is None:
        raise RuntimeError("the attempt that was just opened is not there")
    drawn = {entry.item_id for entry in attempt.form}
    items = [item for item in quiz.questions if item.id in drawn]
    choosing = [item for item in sorted(items, key=lambda item: item.critical) if item.type in CHOOSING]
    missed = {item.id for item in choosing[:wrong]}
    chosen = {item.id: _wrong(item) if item.id in missed else rules_of(item).perfect(item, language) for item in items}
    sheet = Sheet(key, public_id, chosen, grading.digest(public_id, {}))
    submit_attempt(session, learner, sheet, client_id=new_client_id(), shown=shown, at=clock.tick())


def _wrong(item: ItemSpec) -> tuple[str, ...]:
    """Return one choice that is not right."""
    right = rules_of(item).perfect(item, "en")
    return (next(choice for choice in item.choices if choice not in right),)


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
