"""A core class of the demonstration: eight workers do all of the core track in a winter, and most are certified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

from flask import Flask
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import queries
from lms.assessments.service import Scored, score_attempt
from lms.certificates.jobs import finish_issues
from lms.certificates.queries import list_own_applications
from lms.certificates.service import certify_many, confirm_name
from lms.clock import zone
from lms.content.library import Library, current
from lms.courses.service import Shown, finish_lesson
from lms.courses.specs import ModuleSpec
from lms.db import reading, write
from lms.demo.assessing import NOTE, levels_of
from lms.demo.learning import MODULES, answer_survey
from lms.demo.people import Cast, as_actor, morning
from lms.demo.plan import SEED, Plan, Worker
from lms.demo.quizzes import Clock, take_quiz
from lms.fieldwork.queries.sessions import any_session, get_session
from lms.fieldwork.rules.attendance import Stay
from lms.fieldwork.rules.hours import Sheet
from lms.fieldwork.rules.sessions import SessionPlan, instant_of
from lms.fieldwork.service import Observed, ObserveForm, countersign, enter, sign_observation
from lms.fieldwork.service.attendance import mark
from lms.fieldwork.service.closing import close_session, preview_closing
from lms.fieldwork.service.sessions import plan_session
from lms.fieldwork.specs import ChecklistSpec
from lms.ids import new_client_id
from lms.tracks.service import enrol_self
from lms.tracks.specs import TrackSpec

TRACK = "core"
#: How many take part, how many of them still wait for a certifier, and one who confirmed her name only yesterday.
MANY, WAITING = 8, 2
#: The days before today between which it all happens: what is taught has its last words since day 100.
BEGAN, ENDED = 92, 9
#: Who teaches the classes, so that the trainer can watch as somebody independent.
TEACHES = "seventh-street"
#: Of the certified the classes take every third, from the second on: others go on by themselves (`advancing`).
FIRST, EVERY = 1, 3
CLASSROOM = "Exposition Park Library, room 2, 3900 S Vermont Ave, Los Angeles"


def complete_core(app: Flask, cast: Cast, plan: Plan) -> None:
    """Let them enrol, learn, sit in class, practice, be watched, and be certified but for two."""
    people = _people(plan)
    write(lambda session: _enrol(session, cast, people, plan.today))
    write(lambda session: _teach(session, cast, people, plan.today))
    for worker in people:
        write(lambda session, worker=worker: _learn(session, cast, worker, plan.today))  # type: ignore[misc]
        write(lambda session, worker=worker: _practice(session, cast, worker, plan.today))  # type: ignore[misc]
    _certify(app, cast, people[:-WAITING], plan.today)


def _people(plan: Plan) -> list[Worker]:
    """Return who takes part: certified for the short track, at work all the time, and not on the teacher's team."""
    certified = [worker for worker in plan.workers if worker.ending == "certified"][FIRST::EVERY]
    begun = plan.today - timedelta(days=BEGAN + 60)
    fitting = [worker for worker in certified if worker.assigned_on < begun and _stayed(worker, begun)]
    return fitting[:MANY]


def _stayed(worker: Worker, since: date) -> bool:
    spell = worker.spells[-1]
    return spell.until is None and spell.since < since and spell.organization != TEACHES


def _enrol(session: Session, cast: Cast, people: Sequence[Worker], today: date) -> None:
    at = morning(today - timedelta(days=BEGAN))
    for worker in people:
        enrol_self(session, as_actor(cast.workers[worker.number], "worker", at.date()), TRACK, at=at)


def _teach(session: Session, cast: Cast, people: Sequence[Worker], today: date) -> None:
    """Hold two classes for each skill, as long as the track asks for, a few days apart."""
    track = current(session).spec(TrackSpec, "track", TRACK)
    asked = [hours for hours in track.hours if hours.competency]
    days = [today - timedelta(days=BEGAN - 1 - 3 * number) for number in range(2 * len(asked))]
    for number, day in enumerate(days):
        hours = asked[number // 2]
        _hold(session, cast, people, day, (hours.title, str(hours.competency), hours.minutes // 2))


def _hold(session: Session, cast: Cast, people: Sequence[Worker], day: date, what: tuple[str, str, int]) -> None:
    """Plan, hold and close one class of so many minutes from nine on; everybody is there."""
    title, competency, minutes = what
    trainer = as_actor(cast.actors["trainer@demo.example"], "trainer", day)
    ends = time(9 + minutes // 60, minutes % 60)
    planned = SessionPlan(
        title, day, starts=time(9), ends=ends, language="en", capacity=12, place=CLASSROOM, competencies=(competency,)
    )
    teacher = [cast.supervisors[TEACHES].person_id]
    at = morning(day - timedelta(days=7))
    public_id = plan_session(session, trainer, planned, teacher, client_id=new_client_id(), at=at)
    stays = (Stay(instant_of(day, time(9), zone()), instant_of(day, ends, zone())),)
    ids = [cast.workers[worker.number].person_id for worker in people]
    noon = instant_of(day, time(16), zone())
    mark(session, trainer, public_id, ids, stays, way="list", at=noon)
    number = get_session(session, any_session(), public_id).id
    seen = preview_closing(session, number, at=noon).fingerprint
    close_session(session, trainer, public_id, fingerprint=seen, at=noon)


def _learn(session: Session, cast: Cast, worker: Worker, today: date) -> None:
    """Let one of them do every module that the short track has not."""
    library, actor = current(session), cast.workers[worker.number]
    rng = Random(f"{SEED} core {worker.number}")  # noqa: S311 -- a story, no secret
    keys = [key for key in library.spec(TrackSpec, "track", TRACK).modules if key not in MODULES]
    clock = Clock(morning(today - timedelta(days=BEGAN)), timedelta(days=BEGAN - ENDED - 3) / (len(keys) * 9))
    for key in keys:
        module = library.spec(ModuleSpec, "module", key)
        for lesson in module.lessons:
            at = clock.tick()
            learner = as_actor(actor, "worker", at.date())
            finish_lesson(session, learner, key, lesson.key, shown=Shown(worker.language), at=at)
        take_quiz(session, library, actor, key, worker.language, clock, wrong=0)
        _score(session, cast, library, worker, key, clock.at + timedelta(hours=3))
        clock.at += timedelta(hours=4)
        answer_survey(session, library, actor, module, worker.language, rng, clock.at, secret_key=cast.secret_key)


def _score(session: Session, cast: Cast, library: Library, worker: Worker, key: str, at: datetime) -> None:
    """Let the trainer score what a quiz cannot grade by itself, if there is any."""
    attempt = queries.find_attempt(session, cast.workers[worker.number].person_id, key, 1)
    if attempt is None or attempt.passed is not None:
        return
    trainer = as_actor(cast.actors["trainer@demo.example"], "trainer", at.date())
    foreign = worker.language != trainer.language
    scored = Scored(
        levels_of(library, key, "all"),
        language=worker.language,
        interpreter="professional" if foreign else "none",
        has_consent=foreign,
        note=NOTE["all"],
        wants_second=False,
    )
    score_attempt(session, trainer, attempt.public_id, scored, client_id=new_client_id(), at=at)


def _practice(session: Session, cast: Cast, worker: Worker, today: date) -> None:
    """Let one of them write down forty hours in the field, and be watched by the trainer."""
    spell, actor = worker.spells[-1], cast.workers[worker.number]
    boss, entries = cast.supervisors[spell.organization], []
    for number in range(10):
        day = today - timedelta(days=BEGAN - 8 * number - 4)
        sheet = Sheet(
            organization_id=cast.organization_ids[spell.organization],
            done_on=day,
            site="Bus stop outreach",
            kind="practicum",
            minutes=240,
            competencies=("chw-core/outreach",),
            begins=None,
            ends=None,
            note="",
        )
        at = morning(day) + timedelta(hours=8)
        entries.append(enter(session, as_actor(actor, "worker", day), sheet, client_id=new_client_id(), at=at))
    at = morning(today - timedelta(days=ENDED + 2))
    countersign(session, replace(boss, today=at.date()), entries, client_id=new_client_id(), at=at)
    _observe(session, cast, worker, at)


def _observe(session: Session, cast: Cast, worker: Worker, at: datetime) -> None:
    library, key = current(session), "field-observation"
    items = library.spec(ChecklistSpec, "checklist", key).items
    observed = Observed(
        observed_on=at.date(),
        place="Outreach table at the market",
        language=worker.language,
        with_interpreter=False,
        levels={item.id: "alone" for item in items},
        comment="You let people finish, and you said when you did not know. Thank you.",
    )
    form = ObserveForm(key, library.get("checklist", key).revision_id, 0, new_client_id())
    trainer = as_actor(cast.actors["trainer@demo.example"], "trainer", at.date())
    person_id = cast.workers[worker.number].person_id
    sign_observation(session, trainer, person_id, form, observed, at=at + timedelta(hours=3))


def _certify(app: Flask, cast: Cast, people: Sequence[Worker], today: date) -> None:
    """Let them say that their names stand right, and a certifier certify them a week ago."""
    at, public_ids = morning(today - timedelta(days=ENDED - 3)), []
    for worker in people:
        actor = as_actor(cast.workers[worker.number], "worker", at.date())
        application = next(
            each for each in list_own_applications(reading(), actor.person_id) if each.track_key == TRACK
        )
        public_ids.append(application.public_id)
        write(lambda s, who=actor, of=application.public_id, name=worker.name: _confirm(s, who, of, name, at))  # type: ignore[misc]
    certifier = as_actor(cast.actors["certifier@demo.example"], "certifier", at.date())
    later = at + timedelta(hours=2)
    write(lambda session: certify_many(session, certifier, public_ids, client_id=new_client_id(), at=later))
    finish_issues(app, at=later + timedelta(minutes=1))


def _confirm(session: Session, actor: Actor, public_id: str, name: str, at: datetime) -> None:
    confirm_name(session, actor, public_id, name, client_id=new_client_id(), at=at)
