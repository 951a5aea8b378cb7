"""Plants one person who was entered twice, by two organizations, so that somebody can join her two records."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from lms.content.library import current
from lms.courses.service import Shown as LessonShown
from lms.courses.service import finish_lesson
from lms.courses.specs import ModuleSpec
from lms.demo.learning import MODULES, answer_survey, clock_of
from lms.demo.people import Cast, as_actor, load_worker
from lms.demo.plan import SEED, Plan, Spell
from lms.demo.quizzes import take_quiz

#: No worker of the plan has it.
NUMBER = 100_000
ADDRESS = "entered.twice@demo.example"


def load_twice(session: Session, cast: Cast, plan: Plan, today: datetime, *, secret_key: str) -> None:
    """Let a second organization have entered a worker anew, without accents; there she did the other module."""
    first = next(each for each in plan.workers if each.ending == "one-module" and each.named is None)
    place = next(each for each in cast.supervisors if each != first.spells[0].organization)
    name = "".join(each for each in unicodedata.normalize("NFKD", first.name) if not unicodedata.combining(each))
    spell = Spell(place, first.spells[0].title, first.assigned_on)
    again = replace(first, number=NUMBER, name=name, contact=("email", ADDRESS), spells=(spell,))
    load_worker(session, cast, again)
    person, library, clock = cast.workers.pop(NUMBER), current(session), clock_of(again, today)
    clock.at += timedelta(minutes=7)
    module = library.spec(ModuleSpec, "module", MODULES[1])
    for lesson in module.lessons:
        at = clock.tick()
        shown = LessonShown(again.language)
        finish_lesson(session, as_actor(person, "worker", at.date()), MODULES[1], lesson.key, shown=shown, at=at)
    take_quiz(session, library, person, MODULES[1], again.language, clock, wrong=0)
    rng = Random(SEED)  # noqa: S311 -- a story, no secret
    answer_survey(session, library, person, module, again.language, rng, clock.tick(), secret_key=secret_key)
