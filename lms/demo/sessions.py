"""The demonstration's group sessions: one that is closed, one that waits to be, some to come, and a cohort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from lms.actor import Actor, Span
from lms.clock import zone
from lms.demo.people import Cast, as_actor, morning
from lms.demo.plan import Plan
from lms.fieldwork.queries.cohorts import get_cohort
from lms.fieldwork.queries.sessions import any_session, get_session
from lms.fieldwork.rules.attendance import Stay
from lms.fieldwork.rules.sessions import SessionPlan, instant_of
from lms.fieldwork.service.attendance import mark
from lms.fieldwork.service.closing import close_session, preview_closing
from lms.fieldwork.service.cohorts import add_cohort, join_cohort
from lms.fieldwork.service.sessions import plan_session
from lms.fieldwork.service.sign_ups import sign_up
from lms.ids import new_client_id

HOST = "kainga-lelei"
OUTREACH = ("chw-core/outreach",)
TALKING = ("chw-core/communication",)


def load_sessions(session: Session, cast: Cast, plan: Plan) -> None:
    """Load all sessions of the story. The trainer teaches; one supervisor has a session of her own."""
    trainer = as_actor(cast.actors["trainer@demo.example"], "trainer", plan.today)
    saturday = plan.today + timedelta(days=(5 - plan.today.weekday()) % 7 or 7)
    _closed(session, cast, plan, trainer, saturday - timedelta(days=28))
    _not_closed(session, cast, plan, saturday - timedelta(days=14))
    _to_come(session, cast, plan, trainer, saturday)
    _cohort(session, cast, plan, trainer, saturday)


def _plan(
    session: Session, actor: Actor, day: date, title: str, at: datetime, teacher: Actor | None = None, **more: object
) -> str:
    """Plan a session of three hours in the morning, and return its public id."""
    known = {"starts": time(9), "ends": time(12), "language": "en", "capacity": 12, **more}
    plan = SessionPlan(title, day, **known)  # type: ignore[arg-type]
    teachers = [(teacher or actor).person_id]
    return plan_session(session, actor, plan, teachers, client_id=new_client_id(), at=at)


def _staff(cast: Cast, plan: Plan, key: str, count: int) -> list[Actor]:
    """Return some people who work at an organization today."""
    found = [
        cast.workers[worker.number]
        for worker in plan.workers
        if worker.spells[-1].organization == key and worker.spells[-1].until is None and worker.ending != "invited"
    ]
    return found[:count]


def _working(actor: Actor, organization_id: int, today: date) -> Actor:
    """Return somebody as the roof would build her: with where she works."""
    return replace(actor, employments=(Span(organization_id, today - timedelta(days=30)),))


def _number(session: Session, public_id: str) -> int:
    return get_session(session, any_session(), public_id).id


def _instant(day: date, hour: int, minute: int = 0) -> datetime:
    return instant_of(day, time(hour, minute), zone())


def _note(
    session: Session, actor: Actor, public_id: str, people: Sequence[Actor], day: date, came: time, left: time
) -> None:
    stays = (Stay(instant_of(day, came, zone()), instant_of(day, left, zone())),)
    ids = [each.person_id for each in people]
    mark(session, actor, public_id, ids, stays, way="list", at=_instant(day, 13))


def _closed(session: Session, cast: Cast, plan: Plan, trainer: Actor, day: date) -> None:
    """Load a session of four weeks ago: most were there the whole time, two were not."""
    public_id = _plan(
        session,
        trainer,
        day,
        "Outreach: the first conversation",
        morning(day - timedelta(days=20)),
        place="Exposition Park Library, room 2, 3900 S Vermont Ave, Los Angeles",
        module_key="outreach",
        competencies=OUTREACH,
    )
    people = [*_staff(cast, plan, "seventh-street", 4), *_staff(cast, plan, "puente-hills", 4)]
    for each in people:
        asked = {"language": each.language, "needs_interpreter": False, "at": morning(day - timedelta(days=9))}
        sign_up(session, each, public_id, [each.person_id], **asked)  # type: ignore[arg-type]
    _note(session, trainer, public_id, people[:5], day, time(9), time(12))
    _note(session, trainer, public_id, people[5:7], day, time(9, 25), time(11))
    number = _number(session, public_id)
    seen = preview_closing(session, number, at=_instant(day, 13, 30)).fingerprint
    close_session(session, trainer, public_id, fingerprint=seen, at=_instant(day, 13, 30))


def _not_closed(session: Session, cast: Cast, plan: Plan, day: date) -> None:
    """Load a session that a supervisor held for her own staff, in Tongan, and has not closed yet."""
    boss = cast.supervisors[HOST]
    public_id = _plan(
        session,
        boss,
        day,
        "Talanoa: listening well",
        morning(day - timedelta(days=10)),
        place="Kāinga Lelei, 1401 W 190th St, Gardena",
        organization_id=cast.organization_ids[HOST],
        is_open=False,
        language="to",
        module_key="communication",
        competencies=TALKING,
        finishes_lessons=True,
    )
    people = _staff(cast, plan, HOST, 6)
    ids = [each.person_id for each in people]
    at = morning(day - timedelta(days=3))
    sign_up(session, boss, public_id, ids, language="to", needs_interpreter=False, at=at)
    _note(session, boss, public_id, people[:4], day, time(9), time(12))


def _to_come(session: Session, cast: Cast, plan: Plan, trainer: Actor, saturday: date) -> None:
    """Load what people can sign up for: one with places, one that is full and has waiting lists."""
    at = morning(plan.today - timedelta(days=6))
    roomy = _plan(
        session,
        trainer,
        saturday + timedelta(days=4),
        "Staying safe in the field",
        at,
        starts=time(17, 30),
        ends=time(19, 30),
        link="https://meet.example/staying-safe",
        place="",
        capacity=40,
        competencies=OUTREACH,
        interpreters=("es",),
    )
    full = _plan(
        session,
        trainer,
        saturday,
        "Practice: knocking on doors",
        at,
        place="Watts Labor Community Action Committee, 10950 S Central Ave, Los Angeles",
        capacity=4,
        competencies=OUTREACH,
    )
    known = [cast.workers[number] for number in (1, 2)]
    for each in (*known, *_staff(cast, plan, "echo-stairs", 3)):
        needs = each.language != "en" and each not in known
        asked = {"language": each.language, "needs_interpreter": needs, "at": at}
        sign_up(session, each, full, [each.person_id], **asked)  # type: ignore[arg-type]
    for each in _staff(cast, plan, "seventh-street", 5):
        asked = {"language": each.language, "needs_interpreter": False, "at": at}
        sign_up(session, each, roomy, [each.person_id], **asked)  # type: ignore[arg-type]


def _cohort(session: Session, cast: Cast, plan: Plan, trainer: Actor, saturday: date) -> None:
    """Load a cohort of three sessions for the two Pacific organizations; two of the known workers belong to it."""
    at = morning(plan.today - timedelta(days=5))
    public_id = add_cohort(
        session,
        trainer,
        "Pacific Islander cohort",
        organization_id=None,
        invited=[cast.organization_ids[key] for key in (HOST, "fale-ola")],
        track_key="first-steps",
        client_id=new_client_id(),
        at=at,
    )
    number = get_cohort(session, public_id).id
    for week, title in enumerate(("Who we are", "Finding people", "Following up"), 1):
        day = saturday + timedelta(days=7 * week)
        place = "Carson Community Center, 801 E Carson St, Carson"
        _plan(session, trainer, day, title, at, place=place, cohort_id=number, interpreters=("to", "sm"))
    for worker, key in ((3, HOST), (4, "fale-ola")):
        person = _working(cast.workers[worker], cast.organization_ids[key], plan.today)
        join_cohort(session, person, public_id, language=person.language, needs_interpreter=False, at=at)
